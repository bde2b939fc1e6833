"""Charges at the same moment: asked for twice, cancelled twice, and cancelled while an invoice is issued."""

from collections.abc import Callable
from functools import partial

from makegood.audit.models import AuditEntry
from makegood.invoices.models import Charge, Invoice
from makegood.invoices.services.cancel_charge import cancel_charge, prepare_cancellation
from makegood.invoices.services.invoice_run import bill_now
from makegood.kit.refusal import Refused
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.runs.services.start_run import start_run
from tests.support import charges, records
from tests.support.billing import set_up_billing
from tests.support.together import at_once


def test_a_charge_asked_for_twice_at_once_with_the_same_key(
    manager: Membership, assert_verified: Callable[[], None]
) -> None:
    records.add_customers(manager.provider, 100)

    def ask() -> Run:
        draft = charges.draft_charge(manager, key="visits")
        return records.finish(start_run(run=draft, membership=manager))

    runs = at_once(*[ask] * 4)
    assert len({run.pk for run in runs if isinstance(run, Run)}) == 1
    assert Charge.objects.count() == 100
    assert_verified()


def test_a_draft_started_twice_at_once(manager: Membership, assert_verified: Callable[[], None]) -> None:
    records.add_customers(manager.provider, 100)
    draft = charges.draft_charge(manager)
    at_once(*[partial(start_run, run=draft, membership=manager)] * 4)
    assert AuditEntry.objects.filter(action="run.started").count() == 1
    assert records.finish(draft).rows_done == 100
    assert Charge.objects.count() == 100
    assert_verified()


def test_one_charge_cancelled_twice_at_once(manager: Membership, assert_verified: Callable[[], None]) -> None:
    records.add_customers(manager.provider, 1)
    charges.charge(manager)
    charge = charges.charge_of(manager.provider)
    answers = at_once(*[partial(cancel_charge, membership=manager, charge=charge)] * 4)
    assert {answer.state for answer in answers if isinstance(answer, Charge)} == {"cancelled"}
    assert AuditEntry.objects.filter(action="charge.cancelled").count() == 1
    assert_verified()


def test_two_cancellations_of_one_run_at_once(manager: Membership, assert_verified: Callable[[], None]) -> None:
    records.add_customers(manager.provider, 300, orders_each=2)
    run = charges.charge(manager, list_name="orders", per="order")
    drafts = [prepare_cancellation(membership=manager, run=run)[0] for _ in range(2)]
    started = [start_run(run=draft, membership=manager) for draft in drafts]
    at_once(*[partial(records.finish, one) for one in started])
    done = [records.reload(one) for one in started]
    assert [one.state for one in done] == [State.FINISHED] * 2
    assert sum(one.rows_done for one in done) == sum(one.rows_skipped for one in done) == 600
    assert sum(one.booked_minor for one in done) == run.booked_minor
    codes = {code for one in done for code in records.outcomes(one).values()}
    assert codes == {"cancelled", "already_cancelled"}
    assert_verified()


def test_customers_close_while_they_are_charged(manager: Membership, assert_verified: Callable[[], None]) -> None:
    customers = records.add_customers(manager.provider, 200)
    run = records.start(charges.draft_charge(manager), manager)

    def close() -> None:
        for customer in customers[::-10]:
            close_customer(customer=customer, staff_id=None)

    at_once(partial(records.finish, run), close)
    run = records.reload(run)
    assert run.state == State.FINISHED
    assert run.rows_done + run.rows_skipped == 200
    assert Charge.objects.count() == run.rows_done
    assert_verified()


def test_a_charge_is_either_cancelled_or_on_the_invoice(
    manager: Membership, assert_verified: Callable[[], None]
) -> None:
    set_up_billing(manager.provider, invoices_from=records.FIRST_DAY)
    customers = records.add_customers(manager.provider, 12)
    charges.charge(manager)
    for number, customer in enumerate(customers):
        charge = charges.charge_of(manager.provider, customer.number)
        run = bill_now(membership=manager, customer=customer, key=f"bill {number}")
        _, cancelled = at_once(partial(records.finish, run), partial(cancel_charge, membership=manager, charge=charge))
        charge.refresh_from_db()
        issued = Invoice.objects.filter(customer=customer, number__isnull=False).count()
        if isinstance(cancelled, Refused):
            assert (cancelled.code, charge.state, issued) == ("charge_invoiced", "invoiced", 1)
        else:
            assert (charge.state, issued) == ("cancelled", 0)
    assert_verified()
