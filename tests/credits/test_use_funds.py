"""Available Funds pay invoices: the oldest due first, from the credits that should go first, and exactly once."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection

from makegood.credits.models import Credit, CreditUse
from makegood.credits.services.apply_funds import apply_due_funds, apply_now
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.runs.chunked import work_through
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.billing import on_day

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with on_day(TODAY):
        yield


@pytest.fixture
def manager() -> Membership:
    return records.add_person(records.add_provider(), "manager")


@pytest.fixture
def ann(manager: Membership) -> Customer:
    return records.add_customer(manager.provider, "Ann")


def give(manager: Membership, customer: Customer, amount_minor: int, **wanted: object) -> Credit:
    run = records.credit(manager, customers=[customer], amount_minor=amount_minor, **wanted)
    return Credit.objects.get(run_row__run=run)


def expire_on(credit: Credit, day: date) -> None:
    Credit.objects.filter(pk=credit.pk).update(expires_on=day)


def funds(customer: Customer) -> tuple[int, int]:
    balance = get_balance(customer.provider_id, customer.pk)
    return balance.funds_minor, balance.receivable_minor


def collect(provider: Provider, day: date = TODAY) -> int:
    return work_through(lambda after: apply_due_funds(provider=provider, day=day, after=after, limit=2)).amount_minor


def uses() -> list[tuple[int, int, int]]:
    return list(CreditUse.objects.order_by("id").values_list("credit_id", "invoice_id", "amount_minor"))


def test_nothing_is_used_before_the_day(manager: Membership, ann: Customer, assert_verified: Verified) -> None:
    movements.owe(ann, 6000, due_on=TODAY + timedelta(days=1))
    give(manager, ann, 2000)
    assert collect(manager.provider) == 0
    assert funds(ann) == (2000, 6000)
    assert_verified()


def test_on_the_day_a_smaller_credit_pays_a_part(manager: Membership, ann: Customer, assert_verified: Verified) -> None:
    invoice = movements.owe(ann, 6000, due_on=TODAY)
    credit = give(manager, ann, 2000)
    assert collect(manager.provider) == 2000
    invoice.refresh_from_db()
    credit.refresh_from_db()
    assert (invoice.state, invoice.due_minor, invoice.used_minor, invoice.settled_on) == ("open", 4000, 2000, None)
    assert (credit.used_minor, credit.remaining_minor) == (2000, 0)
    assert funds(ann) == (0, 4000)
    assert_verified()


def test_a_larger_credit_keeps_the_rest(manager: Membership, ann: Customer, assert_verified: Verified) -> None:
    invoice = movements.owe(ann, 6000, due_on=TODAY)
    credit = give(manager, ann, 7500)
    assert collect(manager.provider) == 6000
    invoice.refresh_from_db()
    credit.refresh_from_db()
    assert (invoice.state, invoice.due_minor, invoice.settled_on) == ("paid", 0, TODAY)
    assert credit.remaining_minor == 1500
    assert funds(ann) == (1500, 0)
    assert collect(manager.provider) == 0
    assert_verified()


def test_the_oldest_due_is_paid_first_and_the_last_in_part(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    newer = movements.owe(ann, 3000, due_on=TODAY)
    older = movements.owe(ann, 3000, due_on=TODAY - timedelta(days=20))
    oldest = movements.owe(ann, 3000, due_on=TODAY - timedelta(days=40))
    first = give(manager, ann, 4000)
    # What is late is paid when the credit arrives.
    assert uses() == [(first.pk, oldest.pk, 3000), (first.pk, older.pk, 1000)]
    second = give(manager, ann, 3000)
    assert uses()[2:] == [(second.pk, older.pk, 2000)]
    assert collect(manager.provider) == 1000
    assert uses()[3:] == [(second.pk, newer.pk, 1000)]
    assert funds(ann) == (0, 2000)
    assert_verified()


def test_of_the_credits_what_expires_goes_first_then_given_ones_then_paid_money(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    plain, later, soon = (give(manager, ann, 1000) for _ in range(3))
    expire_on(later, TODAY + timedelta(days=90))
    expire_on(soon, TODAY)
    movements.owe(ann, 2500, due_on=TODAY)
    assert collect(manager.provider) == 2500
    assert [(credit, amount) for credit, _, amount in uses()] == [(soon.pk, 1000), (later.pk, 1000), (plain.pk, 500)]


def test_an_expired_credit_pays_nothing(manager: Membership, ann: Customer) -> None:
    expire_on(give(manager, ann, 1000), TODAY - timedelta(days=1))
    movements.owe(ann, 500, due_on=TODAY)
    assert collect(manager.provider) == 0


def test_who_has_billing_disabled_is_left_alone_until_somebody_applies_by_hand(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    Customer.objects.filter(pk=ann.pk).update(billing_enabled=False)
    movements.owe(ann, 3000, due_on=TODAY - timedelta(days=1))
    give(manager, ann, 1000)
    assert collect(manager.provider) == 0
    assert funds(ann) == (1000, 3000)
    assert apply_now(membership=manager, customer=ann).amount_minor == 1000
    assert CreditUse.objects.get().created_by_id == manager.staff_id
    assert_verified()


def test_everybody_is_worked_through_in_chunks(manager: Membership, assert_verified: Verified) -> None:
    customers = records.add_customers(manager.provider, 7, prefix="M")
    for customer in customers:
        movements.owe(customer, 900, due_on=TODAY)
    records.credit(manager, customers=customers, amount_minor=1000)
    assert collect(manager.provider) == 7 * 900
    assert Invoice.objects.filter(state="paid").count() == 7
    assert_verified()


def test_a_day_that_is_made_up_for_is_booked_today_and_says_which_day_it_concerns(
    manager: Membership, ann: Customer
) -> None:
    movements.owe(ann, 500, due_on=TODAY)
    give(manager, ann, 500)
    with on_day(TODAY + timedelta(days=9)):
        collect(manager.provider, TODAY)
        assert today_of(manager.provider) == TODAY + timedelta(days=9)
    with connection.cursor() as cursor:
        cursor.execute("SELECT booked_on, effective_on FROM journal_entry WHERE event = 'funds_used'")
        assert cursor.fetchall() == [(TODAY + timedelta(days=9), TODAY)]


def test_apply_now_pays_one_invoice_before_its_day(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    first = movements.owe(ann, 500, due_on=TODAY + timedelta(days=3))
    second = movements.owe(ann, 700, due_on=TODAY + timedelta(days=9))
    give(manager, ann, 1000)
    assert apply_now(membership=manager, customer=ann, invoice=second).amount_minor == 700
    first.refresh_from_db()
    assert first.used_minor == 0
    assert apply_now(membership=manager, customer=ann).amount_minor == 300
    with pytest.raises(Refused, match="no Available Funds"):
        apply_now(membership=manager, customer=ann)
    assert_verified()


def test_apply_now_says_why_not(manager: Membership, ann: Customer) -> None:
    with pytest.raises(Refused, match="Nothing is due"):
        apply_now(membership=manager, customer=ann)
    agent = records.add_person(manager.provider, "agent")
    with pytest.raises(Refused, match="billing or manager can"):
        apply_now(membership=agent, customer=ann)
    stranger = records.add_customer(records.add_provider("south"), "S1")
    with pytest.raises(Refused, match="no customer"):
        apply_now(membership=manager, customer=stranger)


def test_on_a_day_that_is_made_up_for_a_credit_counts_that_was_good_on_it(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    credit = give(manager, ann, 1000)
    movements.owe(ann, 400, due_on=TODAY)
    with on_day(TODAY + timedelta(days=9)):
        expire_on(credit, TODAY)
        assert collect(manager.provider, TODAY) == 400
        assert collect(manager.provider, TODAY + timedelta(days=1)) == 0
