"""Autopay, refund, credit and dispute of one customer at the same moment, through a processor over HTTP."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import psycopg
import pytest

from makegood.credits.services.credit_invoice import credit_invoice
from makegood.credits.services.give_credit import CreditValues
from makegood.customers.models import Customer
from makegood.gateways.models import GatewayEvent
from makegood.gateways.selectors import get_active_gateway
from makegood.gateways.services.events import handle_events
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import run_sql
from makegood.ledger.selectors import get_balance, get_gl_code
from makegood.payments.models import Payment, Refund
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.make_charges import make_charges
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from tests.races.stripe_payers import add_payer, pay_by_card, require_as_processor, settle
from tests.support import movements, records, stripe_recorded
from tests.support.answers import Verified
from tests.support.collecting import connect_processor
from tests.support.paying import pay
from tests.support.processes import await_that
from tests.support.refunding import transfers_of
from tests.support.stripe_events import post
from tests.support.stripe_proxy import Processor, stripe
from tests.support.together import at_once, in_background

pytestmark = pytest.mark.sql

ROUNDS = 10
WAITING_FOR_LOCKS = """
SELECT count(DISTINCT pid) AS waiting
FROM pg_locks
WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
"""


@pytest.fixture
def processor(committed_db: dict[str, str]) -> Iterator[Processor]:
    with stripe() as processor:
        yield processor


@pytest.fixture
def north(manager: Membership, processor: Processor) -> Provider:
    connect_processor(manager.provider, at_once=2)
    return manager.provider


def autopay(provider: Provider) -> None:
    """A worker at the day's collection."""
    make_charges(provider=Provider.objects.get(pk=provider.pk), day=today_of(provider))
    collect_now(provider=provider)


def refund(manager: Membership, invoice: Invoice, amount_minor: int, follow: str) -> Refund:
    """To the card, or what was paid in cash in cash."""
    return refund_invoice(
        membership=manager,
        invoice=invoice,
        amount_minor=amount_minor,
        follow=follow,
        reason="At the same moment",
        key=secrets.token_hex(8),
    )


def credit(manager: Membership, invoice: Invoice, amount_minor: int) -> Run:
    values = CreditValues(amount_minor, get_gl_code(manager.provider, "4900"))
    key = secrets.token_hex(8)
    return records.finish(credit_invoice(membership=manager, invoice=invoice, values=values, use_at_once=True, key=key))


def charged_to(customer: Customer) -> int:
    charged = Payment.objects.filter(customer=customer, state="succeeded", gateway__isnull=False)
    return sum(charged.values_list("amount_minor", flat=True))


def owes_less_funds(customer: Customer) -> int:
    balance = get_balance(customer.provider_id, customer.pk)
    return balance.receivable_minor - balance.funds_minor


@pytest.mark.parametrize("follow", ["settle", "leave_open"])
def test_autopay_refund_and_credit_of_one_customer(
    follow: str, manager: Membership, north: Provider, processor: Processor, assert_verified: Verified
) -> None:
    for number in range(ROUNDS):
        customer = add_payer(north, f"C{number}")
        paid, _ = pay_by_card(manager, customer, 6000)
        owed = movements.owe(customer, 4000, due_on=today_of(north))
        pay(manager, customer, 1200, method="cash", allocations={owed: 1200})
        _, from_card, in_cash, credited, _ = at_once(
            partial(autopay, north),
            partial(refund, manager, paid, 2500, follow),
            partial(refund, manager, owed, 1200, follow),
            partial(credit, manager, owed, 1500),
            partial(autopay, north),
        )
        settle(north)
        assert isinstance(from_card, Refund)
        assert transfers_of(from_card) == [("gateway", 2500, "succeeded")]
        # Where the payment was on its way already, nothing goes back of its invoice, nor can the credit be used for it.
        refusals = {answer.code for answer in (in_cash, credited) if isinstance(answer, Refused)}
        assert refusals <= {"payment_pending", "invoice_in_flight", "changed_meanwhile"}
        given = 1500 if isinstance(credited, Run) and records.outcomes(credited) == {customer.number: "credited"} else 0
        refunded = 2500 + (0 if isinstance(in_cash, Refused) else 1200)
        settled = refunded if follow == "settle" else 0
        assert owes_less_funds(customer) == 10000 - given - settled - 1200 - charged_to(customer) + refunded
        owed.refresh_from_db()
        assert owed.in_flight_minor == 0
        assert owed.by_hand or owed.state == "paid"
        assert Payment.objects.filter(customer=customer, purpose="autopay").count() <= 1
    require_as_processor(north, processor)
    assert_verified()


def test_a_refund_twice_at_once_through_two_workers(
    manager: Membership, north: Provider, processor: Processor, assert_verified: Verified
) -> None:
    for number in range(ROUNDS):
        paid, _ = pay_by_card(manager, add_payer(north, f"C{number}"), 6000)

        def give_back(invoice: Invoice = paid) -> Refund:
            made = refund(manager, invoice, 4000, "settle")
            collect_now(provider=north)
            return made

        answers = at_once(give_back, give_back)
        settle(north)
        refusals = [answer.code for answer in answers if isinstance(answer, Refused)]
        # Who comes second finds the first one under way, or done, and then more asked for than there is.
        assert len(refusals) == 1
        assert refusals[0] in ("refund_pending", "amount_over_refundable")
        paid.refresh_from_db()
        assert (paid.state, paid.paid_minor, paid.due_minor) == ("paid", 2000, 0)
    assert [amount for *_, amount, _ in processor.refunds()] == [4000] * ROUNDS
    require_as_processor(north, processor)
    assert_verified()


@dataclass(frozen=True)
class Deeds:
    """What is done to one payment of 60.00 at the same moment: 25.00 are to go back of it, and its bank takes it."""

    payment: Payment
    give_back: Callable[[], object]
    dispute: Callable[[], object]


def add_disputed(manager: Membership, processor: Processor, number: int) -> Deeds:
    """A paid invoice, whose payment the bank takes back as soon as that is told."""
    provider = manager.provider
    gateway = get_active_gateway(provider)
    paid, payment = pay_by_card(manager, add_payer(provider, f"C{number}"), 6000)
    disputed = stripe_recorded.dispute(f"dp_{number}", payment.gateway_reference, "needs_response", 6000)
    processor.overlay(f"/v1/disputes/dp_{number}", disputed)

    def give_back() -> Refund:
        made = refund(manager, paid, 2500, "leave_open")
        collect_now(provider=provider)
        return made

    def dispute() -> int:
        assert post(gateway, stripe_recorded.event("charge.dispute.created", disputed)) == 200
        return handle_events(gateway=gateway)

    return Deeds(payment, give_back, dispute)


def require_both_right(deeds: Deeds, given: object) -> int:
    """What was given back the bank does not take; gives what it took, once all has settled, in minor units."""
    payment, gateway = deeds.payment, get_active_gateway(deeds.payment.provider)
    settle(payment.provider)
    GatewayEvent.objects.filter(state="received").update(next_try_at=now())
    handle_events(gateway=gateway)
    payment.refresh_from_db()
    given_minor = 2500 if isinstance(given, Refund) else 0
    # Who comes after the bank finds that it has taken all that was paid.
    assert given_minor or (isinstance(given, Refused) and given.code in ("payment_disputed", "nothing_paid"))
    stands = (payment.state, payment.refunded_minor, payment.returned_minor)
    assert stands == ("disputed", given_minor, 6000 - given_minor)
    assert owes_less_funds(payment.customer) == 6000
    # Waiting for a refund is no attempt in vain: whatever happens at once, the first one succeeds.
    assert set(GatewayEvent.objects.values_list("state", "attempts")) == {("handled", 1)}
    return payment.returned_minor


def one_behind_the_other(somebody: psycopg.Connection, payment: Payment, *deeds: Callable[[], object]) -> list[object]:
    """The first deed stands before the payment itself when the next begins, and goes on when that waits as well.

    Gives what each returned, or its refusal.
    """
    somebody.execute("SELECT FROM payment WHERE id = %s FOR NO KEY UPDATE", [payment.pk])
    with ExitStack() as stack:
        begun: list[Future[object]] = []
        try:
            for deed in deeds:
                begun.append(stack.enter_context(in_background(deed)))
                await_that(lambda: run_sql(WAITING_FOR_LOCKS)[0]["waiting"] == len(begun), "it waits for a lock")
        finally:
            somebody.rollback()
    return [one.exception() or one.result() for one in begun]


def test_a_refund_while_a_dispute_comes_in(
    manager: Membership,
    north: Provider,
    processor: Processor,
    somebody: psycopg.Connection,
    assert_verified: Verified,
) -> None:
    first = add_disputed(manager, processor, 1)
    given, looked_at = one_behind_the_other(somebody, first.payment, first.give_back, first.dispute)
    assert (type(given), looked_at) == (Refund, 1)
    taken = require_both_right(first, given)
    second = add_disputed(manager, processor, 2)
    looked_at, given = one_behind_the_other(somebody, second.payment, second.dispute, second.give_back)
    assert (looked_at, type(given)) == (1, Refused)
    taken += require_both_right(second, given)
    require_as_processor(north, processor, taken_by_banks_minor=taken)
    assert_verified()


def test_a_refund_and_a_dispute_in_any_order(
    manager: Membership, north: Provider, processor: Processor, assert_verified: Verified
) -> None:
    taken = 0
    for number in range(ROUNDS):
        deeds = add_disputed(manager, processor, number)
        given, _ = at_once(deeds.give_back, deeds.dispute)
        taken += require_both_right(deeds, given)
    require_as_processor(north, processor, taken_by_banks_minor=taken)
    assert_verified()
