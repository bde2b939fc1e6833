"""The rehearsal of a credit run says whose payment is on its way, and whom autopay charges before the credits help."""

from datetime import date

import pytest

from makegood.credits.bills_of_draft import BillsOfDraft, Group, Stands, get_bills_of_draft
from makegood.credits.models import CreditUse
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.days.services.work_day import work_days
from makegood.invoices.models import Invoice
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from tests.support import movements, records
from tests.support.answers import CommandLine, Verified, read_json
from tests.support.autopay import add_card, add_gateway, charge_on
from tests.support.billing import (
    add_billed_customer,
    add_billing_provider,
    give_credit,
    issue_invoices,
    on_day,
)

pytestmark = pytest.mark.sql

COLLECTED = date(2026, 1, 6)


@pytest.fixture
def north(db: None) -> Provider:
    """AUTO and FUND pay 20.00 by autopay on January 6, FUND has 5.00; BILL pays the same without autopay."""
    provider = add_billing_provider(autopay_days=5)
    add_gateway(provider, kind="stripe")
    for number in ("AUTO", "FUND"):
        add_card(add_billed_customer(provider, number, autopay=True))
    add_billed_customer(provider, "BILL")
    give_credit(provider, "FUND", 500)
    issue_invoices(provider, date(2026, 1, 1))
    return provider


@pytest.fixture
def ben(north: Provider) -> Membership:
    return records.add_person(north, "manager", "ben@north.example")


def draft(ben: Membership, day: date, amount_minor: int = 1000) -> Run:
    with on_day(day):
        return records.draft_credit(ben, amount_minor=amount_minor)


def bills_of(run: Run, day: date) -> BillsOfDraft:
    with on_day(day):
        return get_bills_of_draft(run)


def test_before_the_autopay_date_nobody_is_charged(ben: Membership) -> None:
    bills = bills_of(draft(ben, date(2026, 1, 5)), date(2026, 1, 5))
    assert (bills.in_flight, bills.charged_before) == (Group(), Group())


def test_on_the_autopay_date_it_says_who_is_charged_and_how_much(ben: Membership) -> None:
    bills = bills_of(draft(ben, COLLECTED), COLLECTED)
    assert (bills.in_flight, bills.charged_before) == (Group(), Group(2, 2000 + 1500))


def test_a_credit_that_is_booked_before_lowers_the_charge(
    north: Provider, ben: Membership, assert_verified: Verified
) -> None:
    run = draft(ben, COLLECTED)
    with on_day(COLLECTED):
        records.finish(records.start(run, ben))
    assert charge_on(north, COLLECTED).amount_minor == 1000 + 500
    assert_verified()


def test_who_is_covered_by_funds_is_not_charged(north: Provider, ben: Membership) -> None:
    give_credit(north, "FUND", 1500)
    assert bills_of(draft(ben, COLLECTED), COLLECTED).charged_before == Group(1, 2000)


def test_once_charged_they_are_on_their_way_and_take_no_funds(
    north: Provider, ben: Membership, assert_verified: Verified
) -> None:
    charge_on(north, COLLECTED)
    run = draft(ben, COLLECTED)
    bills = bills_of(run, COLLECTED)
    assert (bills.in_flight, bills.charged_before) == (Group(2, 3500), Group())
    # BILL alone: what is on its way needs no funds.
    assert (bills.open, bills.neither, bills.left_unbilled) == (Group(1, 1000), Group(), Group())
    assert bills.left == Group(2, 2000)
    before = CreditUse.objects.count()
    with on_day(COLLECTED):
        records.finish(records.start(run, ben))
    assert CreditUse.objects.count() == before
    assert_verified()


def test_what_people_collect_takes_no_funds(north: Provider, ben: Membership) -> None:
    Invoice.objects.filter(customer__number="BILL").update(by_hand=True)
    bills = bills_of(draft(ben, date(2026, 1, 5)), date(2026, 1, 5))
    assert (bills.open, bills.neither) == (Group(2, 2500), Group())


def test_after_the_day_has_charged_nobody_is_charged_today(north: Provider, ben: Membership) -> None:
    Customer.objects.filter(number="AUTO").update(autopay=False)
    with on_day(COLLECTED):
        work_days(provider=north)
    Customer.objects.filter(number="AUTO").update(autopay=True)
    assert bills_of(draft(ben, COLLECTED), COLLECTED).charged_before == Group()
    assert get_customer(north, "AUTO").autopay


def test_the_command_line_says_it(north: Provider, ben: Membership, makegood_cli: CommandLine) -> None:
    charge_on(north, COLLECTED)
    asked = ("credit", "--customer", "AUTO", "--amount", "10", "--rehearse", "--as", "ben@north.example")
    with on_day(COLLECTED):
        shown = makegood_cli(*asked)
        data = read_json(makegood_cli(*asked, "--json"))
    assert "Payment on its way" in shown.stdout
    assert data["rehearsal"]["bills"]["payment_in_flight"] == {"customers": 1, "amount": "20.00"}


def test_each_customer_stands_in_one_line_and_the_lines_add_up(north: Provider, ben: Membership) -> None:
    """Late and Open, Open alone, in flight alone, by hand alone, none, disabled; whatever else they owe besides."""
    due = date(2026, 1, 30)
    for number, state in {"BOTH": "late", "LATE": "late", "HAND": "open", "NONE": "none", "OFF": "open"}.items():
        customer = add_billed_customer(north, number)
        if state != "none":
            movements.owe(customer, 700, due_on=due)
    movements.owe(get_customer(north, "BOTH"), 300, due_on=due)
    Invoice.objects.filter(customer__number="HAND").update(by_hand=True)
    late = Invoice.objects.filter(customer__number__in=("BOTH", "LATE"), total_minor=700)
    late.update(state="late", late_on=date(2026, 1, 31))
    Customer.objects.filter(number="OFF").update(billing_enabled=False)
    charge_on(north, COLLECTED)
    run = draft(ben, COLLECTED)
    bills = bills_of(run, COLLECTED)
    assert bills.stands == Stands(disabled=1, late=2, open=1, in_flight=2, by_hand=1, neither=1)
    assert bills.stands.customers == run.customers_selected == 8
