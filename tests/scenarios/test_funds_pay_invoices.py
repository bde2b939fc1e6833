"""Credits that pay invoices, on real days: the clock is moved, and what must have happened is said to the cent."""

from datetime import date

import pytest

from makegood.credits.models import CreditUse
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_limits
from makegood.runs.models import Run
from makegood.runs.services.start_run import retry_failed
from tests.support import records
from tests.support.answers import Verified
from tests.support.billing import add_billed_customer, add_billing_provider, invoice_of, invoices_of, set_up_billing
from tests.support.living import amounts, at, give, live

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

NEW_YEAR = date(2026, 1, 1)
DUE = date(2026, 1, 15)


@pytest.fixture
def north() -> Provider:
    """A provider that bills from January 1, due after 14 days; Fiber costs 60.00."""
    provider = add_billing_provider()
    with at(date(2025, 12, 20)):
        records.add_service(provider, "Fiber", 6000)
        records.add_service(provider, "Phone", 3000)
    return provider


@pytest.fixture
def manager(north: Provider) -> Membership:
    return records.add_person(north, "manager")


def test_a_credit_smaller_than_the_invoice(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    add_billed_customer(north, "Ann", service="Fiber")
    live(north, NEW_YEAR, date(2026, 1, 4))
    give(manager, "Ann", 2000, date(2026, 1, 5))
    live(north, date(2026, 1, 5), date(2026, 1, 14))
    assert amounts(north, "Ann") == (2000, 6000)
    live(north, DUE)
    invoice = invoice_of(north, "Ann")
    assert (invoice.total_minor, invoice.used_minor, invoice.due_minor, invoice.state) == (6000, 2000, 4000, "open")
    assert amounts(north, "Ann") == (0, 4000)
    live(north, date(2026, 1, 16))
    assert invoice_of(north, "Ann").state == "late"
    assert_verified()


def test_a_credit_larger_than_the_invoice(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    add_billed_customer(north, "Bob", service="Fiber", autopay=True)
    give(manager, "Bob", 7500, NEW_YEAR)
    live(north, NEW_YEAR, date(2026, 1, 5))
    assert invoice_of(north, "Bob").collect_on == date(2026, 1, 6)
    live(north, date(2026, 1, 6))
    invoice = invoice_of(north, "Bob")
    assert (invoice.state, invoice.used_minor, invoice.paid_minor, invoice.due_minor) == ("paid", 6000, 0, 0)
    assert amounts(north, "Bob") == (1500, 0)
    live(north, date(2026, 1, 7), date(2026, 2, 6))
    assert [each.used_minor for each in invoices_of(north, "Bob")] == [6000, 1500]
    assert amounts(north, "Bob") == (0, 4500)
    assert_verified()


def test_two_credits_pay_one_after_the_other(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    add_billed_customer(north, "Cat", service="Phone")
    small, large = give(manager, "Cat", 500, NEW_YEAR), give(manager, "Cat", 2000, NEW_YEAR)
    live(north, NEW_YEAR, DUE)
    uses = CreditUse.objects.order_by("id").values_list("credit_id", "amount_minor")
    assert list(uses) == [(small.pk, 500), (large.pk, 2000)]
    assert invoice_of(north, "Cat").due_minor == 500
    assert_verified()


def test_a_late_invoice_is_paid_when_the_credit_arrives(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(north, "Dan", service="Phone")
    live(north, NEW_YEAR, date(2026, 1, 16))
    assert invoice_of(north, "Dan").state == "late"
    give(manager, "Dan", 3000, date(2026, 1, 16))
    invoice = invoice_of(north, "Dan")
    assert (invoice.state, invoice.used_minor, invoice.settled_on) == ("paid", 3000, date(2026, 1, 16))
    assert amounts(north, "Dan") == (0, 0)
    assert_verified()


def test_while_billing_is_disabled_a_credit_waits(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    eve = add_billed_customer(north, "Eve", service="Fiber")
    Customer.objects.filter(pk=eve.pk).update(billing_enabled=False)
    give(manager, "Eve", 2500, NEW_YEAR)
    live(north, NEW_YEAR, date(2026, 1, 20))
    assert invoices_of(north, "Eve") == []
    assert amounts(north, "Eve") == (2500, 0)
    Customer.objects.filter(pk=eve.pk).update(billing_enabled=True)
    live(north, date(2026, 1, 21), date(2026, 2, 15))
    # January passed unbilled; February is billed, and the credit pays a part of it when it falls due.
    assert [(each.period_from, each.total_minor) for each in invoices_of(north, "Eve")] == [(date(2026, 2, 1), 6000)]
    assert amounts(north, "Eve") == (0, 3500)
    assert_verified()


def test_two_orders_are_selected_and_one_customer_is_credited_once(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(north, "Fay", service="Phone", orders=2)
    with at(NEW_YEAR):
        run = records.finish(
            records.start(
                records.draft_credit(manager, list_name="orders", area=records.AREA, amount_minor=1000), manager
            )
        )
    assert (run.records_selected, run.rows_selected, run.booked_minor) == (2, 1, 1000)
    live(north, NEW_YEAR, DUE)
    invoice = invoice_of(north, "Fay")
    assert (invoice.total_minor, invoice.used_minor, invoice.due_minor) == (6000, 1000, 5000)
    assert_verified()


def test_of_three_selected_one_fails_and_gets_it_when_retried(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    for number in ("Gil", "Hal", "Ida"):
        add_billed_customer(north, number, service="Phone")
    give(manager, "Hal", 9500, NEW_YEAR)
    set_limits(provider=north, staff_id=None, largest_funds_minor=10_000)
    with at(NEW_YEAR):
        run = records.credit(manager, amount_minor=1000)
    assert records.outcomes(run) == {"Gil": "credited", "Hal": "over_funds_limit", "Ida": "credited"}
    live(north, NEW_YEAR, DUE)
    assert {number: amounts(north, number) for number in ("Gil", "Hal", "Ida")} == {
        "Gil": (0, 2000),
        "Hal": (6500, 0),
        "Ida": (0, 2000),
    }
    with at(DUE):
        records.finish(retry_failed(run=Run.objects.get(pk=run.pk), membership=manager))
    assert amounts(north, "Hal") == (7500, 0)
    assert_verified()


def test_a_credit_that_arrives_while_invoices_are_made(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    from tests.support.billing import draft_invoices, issue_drafts

    add_billed_customer(north, "Jim", service="Fiber")
    drafts = draft_invoices(north, NEW_YEAR)
    give(manager, "Jim", 2000, NEW_YEAR)
    issue_drafts(drafts, NEW_YEAR)
    # The credit changes nothing of what is billed; it waits for the due date.
    assert (invoice_of(north, "Jim").total_minor, amounts(north, "Jim")) == (6000, (2000, 6000))
    live(north, NEW_YEAR, DUE)
    assert amounts(north, "Jim") == (0, 4000)
    assert Invoice.objects.filter(customer__number="Jim").count() == 1
    assert_verified()


def test_who_leaves_gets_the_unused_days_back_and_they_pay_what_is_open(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    set_up_billing(north, due_days=28)
    kim = add_billed_customer(north, "Kim", service="Fiber")
    live(north, NEW_YEAR, date(2026, 1, 10))
    with at(date(2026, 1, 10)):
        close_customer(customer=kim, staff_id=None)
    live(north, date(2026, 1, 11), date(2026, 1, 12))
    first, final = invoices_of(north, "Kim")
    # Of 31 days 21 were not used: 60.00 x 21 / 31 = 40.65.
    assert (final.kind, final.total_minor, final.to_funds_minor, final.state) == ("final", -4065, 4065, "paid")
    assert (first.used_minor, first.due_minor) == (4065, 1935)
    assert amounts(north, "Kim") == (0, 1935)
    assert_verified()
