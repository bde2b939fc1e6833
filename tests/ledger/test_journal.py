"""The journal and the balances: what the database itself holds together."""

from collections.abc import Sequence
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from makegood.kit.refusal import Refused
from makegood.ledger.locks import hold_books, lock_customers
from makegood.ledger.models import CustomerBalance, JournalEntry
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import book, next_journal_entry_id
from makegood.providers.models import Provider
from makegood.providers.services import set_limits
from tests.support import movements, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def book_and_commit(provider: Provider, lines: Sequence[Line], entry_id: int | None = None) -> int:
    """Books an entry and checks what a commit would check."""
    with transaction.atomic(), connection.cursor() as cursor:
        hold_books(provider)
        booked = book(
            entry_id=entry_id,
            provider_id=provider.pk,
            booked_on=date(2026, 1, 1),
            event="test",
            cause_type="test",
            cause_id=1,
            lines=lines,
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return booked


def test_an_entry_balances(assert_verified: Verified) -> None:
    north = records.add_provider()
    cash, fees, tax = (get_gl_code(north, code).pk for code in ("1000", "4100", "2200"))
    entry_id = next_journal_entry_id()
    lines = [Line(cash, debit_minor=110), Line(fees, credit_minor=100), Line(tax, credit_minor=10)]
    assert book_and_commit(north, lines, entry_id) == entry_id
    assert JournalEntry.objects.get().lines.count() == 3
    assert_verified()


@pytest.mark.parametrize(("debit", "credit"), [(100, 99), (1, 100)])
def test_an_entry_that_does_not_balance_is_refused_at_commit(debit: int, credit: int) -> None:
    north = records.add_provider()
    cash, fees = (get_gl_code(north, code).pk for code in ("1000", "4100"))
    with pytest.raises(DatabaseError, match="does not balance"):
        book_and_commit(north, [Line(cash, debit_minor=debit), Line(fees, credit_minor=credit)])


def test_an_entry_without_lines_is_refused_at_commit() -> None:
    with pytest.raises(DatabaseError, match="does not balance"):
        book_and_commit(records.add_provider(), [])


def test_a_line_has_one_side() -> None:
    north = records.add_provider()
    cash = get_gl_code(north, "1000").pk
    with pytest.raises(DatabaseError, match="journal_line_one_side"):
        book_and_commit(north, [Line(cash, debit_minor=1, credit_minor=1)])
    with pytest.raises(DatabaseError, match="journal_line_one_side"):
        book_and_commit(north, [Line(cash, debit_minor=-1), Line(cash, credit_minor=-1)])


def test_another_providers_gl_code_cannot_be_named() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    cash, fees = get_gl_code(north, "1000").pk, get_gl_code(south, "4100").pk
    with pytest.raises(DatabaseError, match="same_provider"):
        book_and_commit(north, [Line(cash, debit_minor=1), Line(fees, credit_minor=1)])


def test_the_currency_is_fixed_at_the_first_entry() -> None:
    north = records.add_provider()
    Provider.objects.update(currency="EUR")
    cash, fees = (get_gl_code(north, code).pk for code in ("1000", "4100"))
    book_and_commit(north, [Line(cash, debit_minor=1), Line(fees, credit_minor=1)])
    for change in ({"currency": "USD"}, {"currency_digits": 3}):
        with pytest.raises(DatabaseError, match="fixed since its first entry"), transaction.atomic():
            Provider.objects.update(**change)
    Provider.objects.update(name="North Fiber", currency="EUR")


def test_available_funds_are_never_negative() -> None:
    records.add_customer(records.add_provider())
    with pytest.raises(DatabaseError, match="customer_balance_funds"), transaction.atomic():
        CustomerBalance.objects.update(funds_minor=-1)


def test_funds_do_not_grow_beyond_the_providers_limit_but_may_shrink() -> None:
    north = records.add_provider()
    records.add_customer(north)
    set_limits(provider=north, staff_id=None, largest_funds_minor=1000)
    CustomerBalance.objects.update(funds_minor=1000)
    with pytest.raises(DatabaseError, match="more Available Funds than the provider allows"), transaction.atomic():
        CustomerBalance.objects.update(funds_minor=1001)
    set_limits(provider=north, staff_id=None, largest_funds_minor=500)
    CustomerBalance.objects.update(funds_minor=F("funds_minor") - 100)
    CustomerBalance.objects.update(receivable_minor=5)
    with pytest.raises(DatabaseError, match="more Available Funds than the provider allows"), transaction.atomic():
        CustomerBalance.objects.update(funds_minor=901)


def test_a_lowered_limit_does_not_slow_what_many_customers_use() -> None:
    north = records.add_provider()
    records.add_customers(north, 5000)
    CustomerBalance.objects.update(funds_minor=1000)
    set_limits(provider=north, staff_id=None, largest_funds_minor=500)
    # The plan for one is kept for all that follow.
    first = CustomerBalance.objects.order_by("customer_id").values_list("customer_id", flat=True)[0]
    CustomerBalance.objects.filter(customer_id=first).update(funds_minor=F("funds_minor") - 1)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) UPDATE customer_balance SET funds_minor = funds_minor - 1")
        [explained] = cursor.fetchone()[0]
    [took] = [each["Time"] for each in explained["Triggers"] if each["Trigger Name"] == "customer_balance_within_limit"]
    # Milliseconds. Comparing each with each, as the planner would by itself, takes several seconds.
    assert took < 500


def test_a_customer_who_owes_is_in_the_receivable_account(assert_verified: Verified) -> None:
    customer = records.add_customer(records.add_provider())
    movements.owe(customer, 700)
    movements.pay(movements.owe(customer, 200))
    assert CustomerBalance.objects.get().receivable_minor == 700
    assert_verified()


def test_customers_are_locked_in_ascending_order() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    customers = records.add_customers(north, 3)
    stranger = records.add_customer(south)
    ids = [customer.pk for customer in customers]
    locked = lock_customers(north.pk, [*reversed(ids), stranger.pk])
    assert [balance.customer_id for balance in locked] == ids


def test_a_refusal_is_no_error_of_the_ledger() -> None:
    with pytest.raises(Refused, match="North has no GL code “9999”"):
        get_gl_code(records.add_provider(), "9999")
