"""A customer's statement: everything that happened, with balances that come out."""

from datetime import date

import pytest

from makegood.credits.services.apply_funds import apply_due_funds
from makegood.customers.models import Customer
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from makegood.providers.models import Provider
from makegood.statements.explain import with_reasons
from makegood.statements.range import Range, months_before, read_range
from makegood.statements.selectors import get_statement
from makegood.statements.statement import Statement, What
from tests.support import records
from tests.support.answers import Verified
from tests.support.billing import add_billed_customer, add_billing_provider, give_credit, issue_invoices, on_day

pytestmark = pytest.mark.sql

LAST_DAY = date(2026, 3, 31)


@pytest.fixture
def north(db: None) -> Provider:
    return add_billing_provider()


@pytest.fixture
def ann(north: Provider) -> Customer:
    """20.00 a month since January. A credit of 5.00 paid a part of it, one of 25.00 the rest and half of February."""
    customer = add_billed_customer(north, "C1", name="Ann Archer")
    issue_invoices(north, date(2026, 1, 1))
    give_credit(north, amount_minor=500, day=date(2026, 1, 10))
    use_due_funds(north, date(2026, 1, 15))
    issue_invoices(north, date(2026, 2, 1))
    give_credit(north, amount_minor=2500, day=date(2026, 2, 10))
    use_due_funds(north, date(2026, 2, 15))
    issue_invoices(north, date(2026, 3, 1))
    return customer


def use_due_funds(provider: Provider, day: date) -> None:
    with on_day(day):
        apply_due_funds(provider=provider, day=day)


def statement_of(customer: Customer, from_on: date = date(2026, 1, 1), upto_on: date = LAST_DAY) -> Statement:
    return get_statement(customer, Range(from_on, upto_on))


def told(statement: Statement) -> list[tuple[str, int, int, int]]:
    """What each row says: what, change of the balance, and what is owed and available after it."""
    return [(row.what.value, row.change_minor, row.after.owed_minor, row.after.funds_minor) for row in statement.rows]


def test_everything_stands_in_the_order_in_which_it_happened(ann: Customer, assert_verified: Verified) -> None:
    assert told(statement_of(ann)) == [
        ("invoice_issued", 2000, 2000, 0),
        ("credit_given", -500, 2000, 500),
        ("funds_used", 0, 1500, 0),
        ("invoice_issued", 2000, 3500, 0),
        ("credit_given", -2500, 3500, 2500),
        ("funds_used", 0, 2000, 1000),
        ("funds_used", 0, 1000, 0),
        ("invoice_issued", 2000, 3000, 0),
    ]
    assert_verified()


def test_the_closing_balance_is_the_customers_balance(ann: Customer) -> None:
    closing, balance = statement_of(ann).closing, get_balance(ann.provider_id, ann.pk)
    assert (closing.owed_minor, closing.funds_minor) == (balance.receivable_minor, balance.funds_minor)


def test_where_one_statement_ends_the_next_one_begins(ann: Customer) -> None:
    day = date(2026, 1, 1)
    whole = statement_of(ann)
    for cut in (date(2026, 1, 10), date(2026, 1, 31), date(2026, 2, 15)):
        first, second = statement_of(ann, day, cut), statement_of(ann, date.fromordinal(cut.toordinal() + 1))
        assert first.closing == second.opening
        assert first.rows + second.rows == whole.rows


def test_what_happened_sums_up_to_what_changed(ann: Customer) -> None:
    statement = statement_of(ann, date(2026, 2, 1))
    changes = statement.billed_minor + statement.paid_minor + statement.credited_minor
    assert statement.closing.balance_minor - statement.opening.balance_minor == changes == 2000 + 2000 - 2500
    assert statement.used_minor == 2500


def test_a_row_names_invoice_credit_run_and_person(ann: Customer) -> None:
    credit = records.credit_of(ann.provider, "C1")
    given = next(row for row in statement_of(ann).rows if row.credit_id == credit.pk and row.what is What.CREDITED)
    used = next(row for row in statement_of(ann).rows if row.credit_id == credit.pk and row.what is What.USED)
    assert credit.run_row is not None
    assert (given.run_id, given.staff, given.credit_name) == (
        credit.run_row.run_id,
        "manager@north.example",
        "Goodwill",
    )
    assert (used.invoice_number, used.moved_minor, used.staff) == (1, 1500, "")


def test_a_credit_that_was_changed_and_voided_has_a_row_for_each(north: Provider, assert_verified: Verified) -> None:
    customer = add_billed_customer(north, "C1")
    give_credit(north, amount_minor=500)
    credit = records.credit_of(north, "C1")
    assert credit.run_row is not None
    manager = next(iter(north.membership_set.filter(role="manager")))
    with on_day(date(2026, 1, 2)):
        records.edit(manager, credit, amount_minor=800)
    with on_day(date(2026, 1, 3)):
        records.void(manager, records.credit_of(north, "C1"))
    assert told(statement_of(customer)) == [
        ("credit_given", -500, 0, 500),
        ("credit_changed", -300, 0, 800),
        ("credit_taken_back", 800, 0, 0),
    ]
    changed, taken = statement_of(customer).rows[1:]
    assert (changed.staff, taken.staff) == ("manager@north.example", "manager@north.example")
    assert_verified()


def test_another_customers_records_are_not_there(ann: Customer) -> None:
    other = add_billed_customer(ann.provider, "C2")
    assert statement_of(other).rows == ()
    stranger = Customer(pk=ann.pk, provider=add_billing_provider("south"))
    assert statement_of(stranger).rows == ()


def test_invoices_say_why_they_are_what_they_are(ann: Customer) -> None:
    issued = [row for row in with_reasons(ann, statement_of(ann)).rows if row.what is What.INVOICED]
    assert [row.why for row in issued] == [
        "The first regular invoice, $20.00: DSL began on Jan 1 ($20.00); Available Funds of $20.00 paid all of it.",
        "As much as last month; Available Funds of $10.00 paid part of it.",
        "As much as last month.",
    ]


def test_without_days_it_is_about_three_months_up_to_today() -> None:
    today = date(2026, 5, 31)
    assert read_range(None, "", today) == Range(date(2026, 2, 28), today)
    assert read_range("2026-05-01", None, today) == Range(date(2026, 5, 1), today)
    assert months_before(date(1, 2, 1), 5) == date.min


@pytest.mark.parametrize(
    ("from_text", "upto_text", "code", "field"),
    [
        ("2026-06-01", "2026-05-01", "range_turned_round", "from"),
        ("yesterday", None, "day_malformed", "from"),
        (None, "2026-02-30", "day_malformed", "to"),
    ],
)
def test_days_that_cannot_be_are_refused_beside_their_field(
    from_text: str | None, upto_text: str | None, code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_range(from_text, upto_text, date(2026, 5, 31))
    assert (refused.value.code, refused.value.field) == (code, field)
