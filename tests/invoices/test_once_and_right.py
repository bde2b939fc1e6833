"""Each day is billed once at most, and what goes back is what was billed: ways in which it could go wrong."""

from datetime import date
from decimal import Decimal

import pytest

from makegood.credits.services.void_invoice import void_invoice
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.customers.services import edit_customer
from makegood.invoices.invoice_run_kind import InvoiceRunKind
from makegood.invoices.models import Invoice
from makegood.invoices.selectors import list_taxes
from makegood.invoices.services.adjustments import add_adjustment, fill_adjustment_values
from makegood.invoices.services.billing_cycle import set_billing_cycle
from makegood.invoices.services.pass_over import pass_over_periods
from makegood.kit.refusal import Refused
from makegood.kit.sql import run_sql
from makegood.orders.models import Order
from makegood.orders.services.change_service import change_service
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.figures import refresh_customer_figures
from makegood.orders.services.order_status import set_order_status, terminate_order
from makegood.providers.models import Membership, Provider
from makegood.runs.kinds import Booked, Chunk
from makegood.runs.models import Run
from tests.support import records
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    add_taxed_service,
    draft_invoices,
    invoice_of,
    invoices_of,
    issue_drafts,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
    receivable,
    set_up_billing,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def provider() -> Provider:
    return add_billing_provider()


@pytest.fixture
def clerk(provider: Provider) -> Membership:
    return records.add_person(provider)


def change_in_file(provider: Provider, **fields: object) -> None:
    """What an import writes into the customer's order, whatever was billed of it."""
    Order.objects.filter(provider=provider).update(**fields)
    refresh_customer_figures(provider_id=provider.pk, customer_ids=None)


def refuse(customer: Customer, patch: pytest.MonkeyPatch) -> None:
    """From now on the database refuses to issue an invoice for the customer."""
    book = InvoiceRunKind.book

    def refuse_some(self: InvoiceRunKind, run: Run, chunk: Chunk) -> Booked:
        if chunk.after < customer.pk <= chunk.upto:
            run_sql("SELECT 1 / 0")
        return book(self, run, chunk)

    patch.setattr(InvoiceRunKind, "book", refuse_some)


def make_pending(provider: Provider, from_date: date, number: str = "C1-1") -> Order:
    Order.objects.filter(provider=provider, number=number).update(status="pending", from_date=from_date)
    return order_of(provider, number)


@pytest.mark.parametrize("from_date", [date(2026, 1, 5), MARCH])
@pytest.mark.parametrize("how", ["terminated", "by its end", "closed"])
def test_an_order_that_ends_before_it_began_is_never_billed(
    provider: Provider, how: str, from_date: date, assert_verified: Verified
) -> None:
    customer = add_billed_customer(provider)
    order = make_pending(provider, from_date)
    with on_day(date(2026, 1, 20)):
        if how == "terminated":
            set_order_status(order=order, status="terminated", staff_id=None)
        elif how == "by its end":
            terminate_order(order=order, to_date=max(from_date, date(2026, 1, 20)), staff_id=None)
        else:
            close_customer(customer=customer, staff_id=None)

    with pytest.raises(Refused, match="Nobody has anything to be billed"):
        draft_invoices(provider, date(2026, 4, 1))
    assert order_of(provider).never_began
    assert_verified()


def test_unused_days_come_back_with_the_tax_that_was_paid_for_them(
    provider: Provider, assert_verified: Verified
) -> None:
    fiber = add_taxed_service(provider, price_minor=3100, tax_rate="20")
    add_billed_customer(provider, service="Fiber")
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 1, 5)):
        change_service(
            service=fiber,
            name="Fiber",
            price_minor=3100,
            tax_rate=Decimal(10),
            gl_code=fiber.gl_code,
            staff_id=None,
        )
        terminate_order(order=order_of(provider), to_date=date(2026, 1, 5), staff_id=None)

    issue_invoices(provider, date(2026, 1, 6))

    final = invoice_of(provider)
    assert lines_of(final) == [("unused_time", -2600, date(2026, 1, 6), date(2026, 1, 31))]
    assert [(tax.tax_rate, tax.net_minor, tax.tax_minor) for tax in list_taxes(final)] == [(Decimal(20), -2600, -520)]
    assert receivable(provider) == 600
    assert_verified()


def test_only_days_that_were_billed_are_given_back(provider: Provider, assert_verified: Verified) -> None:
    """A file can say another first day of an order than the one that it was billed from."""
    add_billed_customer(provider, price_minor=3100, from_date=MARCH)
    issue_invoices(provider, MARCH)
    change_in_file(provider, from_date=FEBRUARY, to_date=date(2026, 2, 10), status="terminated")

    issue_invoices(provider, date(2026, 3, 2))

    assert lines_of(invoice_of(provider)) == [("unused_time", -3100, MARCH, date(2026, 3, 31))]
    assert receivable(provider) == 0
    assert_verified()


def test_what_is_given_back_is_what_was_billed_though_the_cycle_has_changed(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    customer = add_billed_customer(provider, price_minor=3100, from_date=date(2026, 1, 15))
    issue_invoices(provider, date(2026, 1, 15))
    issue_invoices(provider, FEBRUARY)
    with on_day(date(2026, 2, 5)):
        set_billing_cycle(membership=clerk, customer=customer, cycle="anniversary")
    with on_day(date(2026, 2, 10)):
        terminate_order(order=order_of(provider), to_date=date(2026, 2, 10), staff_id=None)

    issue_invoices(provider, date(2026, 2, 11))

    # 18 of 28 days of February, although a day of the present cycle would cost less.
    assert lines_of(invoice_of(provider)) == [("unused_time", -1993, date(2026, 2, 11), date(2026, 2, 28))]
    assert receivable(provider) == 2807
    assert_verified()


def test_the_first_price_holds_for_days_before_it(provider: Provider, assert_verified: Verified) -> None:
    add_billed_customer(provider, price_minor=3100, from_date=FEBRUARY)
    change_in_file(provider, from_date=FIRST)
    issue_invoices(provider, FIRST)
    change_in_file(provider, to_date=date(2026, 1, 21), status="terminated")

    issue_invoices(provider, date(2026, 1, 22))

    assert lines_of(invoice_of(provider)) == [("unused_time", -1000, date(2026, 1, 22), date(2026, 1, 31))]
    assert_verified()


def test_a_surcharge_is_given_back_once(provider: Provider, clerk: Membership, assert_verified: Verified) -> None:
    add_billed_customer(provider, price_minor=3100, orders=2)
    with on_day(FIRST):
        surcharge = fill_adjustment_values(
            provider=provider,
            template=None,
            direction="charge",
            amount_minor=280,
            description="Rush",
            gl_code=None,
            from_on=FIRST,
            until_on=None,
        )
        add_adjustment(membership=clerk, order=order_of(provider), values=surcharge)
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 1, 10)):
        void_invoice(membership=clerk, invoice=invoice_of(provider), reason="Goodwill")
    issue_invoices(provider, FEBRUARY)
    with on_day(date(2026, 2, 10)):
        # The end lies in what was voided: billed, and to be given back, is what comes after that.
        terminate_order(order=order_of(provider), to_date=date(2026, 1, 20), staff_id=None)

    issue_invoices(provider, MARCH)
    assert [line[:2] for line in lines_of(invoice_of(provider))] == [
        ("unused_time", -3100),
        ("adjustment", -280),
        ("service", 3100),
    ]
    issue_invoices(provider, date(2026, 4, 1))
    assert [line[:2] for line in lines_of(invoice_of(provider))] == [("service", 3100)]
    assert_verified()


def test_what_has_passed_is_not_billed_by_billing_again_what_was_before(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider)
    customer = get_customer(provider, "C1")
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 2, 9)):
        edit_customer(customer=customer, billing_enabled=False, staff_id=None)
        pass_over_periods(provider=provider, day=date(2026, 2, 9))
        edit_customer(customer=customer, billing_enabled=True, staff_id=None)
        with pytest.raises(Refused) as refused:
            void_invoice(membership=clerk, invoice=invoice_of(provider), reason="Wrong", bill_again=True)

    assert refused.value.code == "days_have_passed"
    assert_verified()


@pytest.mark.parametrize("change", [{"prices_include_tax": True}, {"invoices_from": date(2026, 1, 2)}])
def test_a_draft_of_other_settings_is_not_issued(
    provider: Provider, change: dict[str, object], assert_verified: Verified
) -> None:
    add_billed_customer(provider)
    run = draft_invoices(provider, date(2026, 1, 2))
    set_up_billing(provider, **change)

    assert records.outcomes(issue_drafts(run, date(2026, 1, 2))) == {"C1": "changed_since_draft"}
    assert_verified()


def test_whose_issue_failed_is_billed_by_the_next_run(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, assert_verified: Verified
) -> None:
    unlucky = add_billed_customer(provider)
    add_billed_customer(provider, "C2")
    with monkeypatch.context() as patch:
        refuse(unlucky, patch)
        run = issue_invoices(provider, FIRST)
    assert records.outcomes(run) == {"C1": "refused_by_database", "C2": "invoiced"}

    assert records.outcomes(issue_invoices(provider, date(2026, 1, 2))) == {"C1": "invoiced"}
    assert [invoice.number for invoice in invoices_of(provider)] == [2]
    assert Invoice.objects.filter(provider=provider, state="draft").count() == 0
    assert_verified()
