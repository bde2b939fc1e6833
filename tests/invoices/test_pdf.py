"""An invoice as a PDF: read as a customer reads it."""

from datetime import date
from typing import Any

import pytest

from makegood.customers.services import edit_customer
from makegood.invoices.models import Invoice
from makegood.invoices.pdf import make_invoice_pdf
from makegood.invoices.selectors import get_invoice_by_id
from makegood.providers.models import Provider
from tests.support import billing
from tests.support.documents import read_document

pytestmark = pytest.mark.django_db

FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def north() -> Provider:
    return billing.add_billing_provider()


def text_of(invoice: Invoice, day: date = FEBRUARY) -> str:
    """The words of the document as it is made on that day, line by line."""
    with billing.on_day(day):
        return read_document(make_invoice_pdf(get_invoice_by_id(invoice.provider, invoice.pk)))


def bill(north: Provider, **fields: Any) -> Invoice:
    """The invoice of C1, issued on February 1."""
    billing.add_billed_customer(north, from_date=FEBRUARY, **fields)
    billing.issue_invoices(north, FEBRUARY)
    return billing.invoice_of(north)


def test_it_says_whose_it_is_what_is_billed_and_until_when_it_is_due(north: Provider) -> None:
    text = text_of(bill(north, name="Ann Archer", street="12 Mill Lane", postal_code="97477", city="Springfield"))
    for words in ("North", "Ann Archer", "12 Mill Lane", "97477 Springfield", "C1", "Invoice 1"):
        assert words in text
    for words in ("Feb 1, 2026", "Feb 15, 2026", "Feb 28, 2026", "DSL", "$20.00"):
        assert words in text
    assert "Available Funds" not in text


def test_taxes_stand_by_rate_and_add_up(north: Provider) -> None:
    billing.add_taxed_service(north, "Fiber", price_minor=5000, tax_rate="8.875")
    text = text_of(bill(north, service="Fiber"))
    assert "8.875 %" in text
    for amount in ("$50.00", "$4.44", "$54.44"):
        assert amount in text


def test_it_says_what_available_funds_will_pay_and_what_is_left(north: Provider) -> None:
    invoice = bill(north)
    billing.give_credit(north, amount_minor=1500, day=FEBRUARY)
    sentence = "Available Funds of $15.00 will be used on Feb 15, 2026; left to pay $5.00."
    assert sentence in " ".join(text_of(invoice).split())


def test_a_draft_is_marked_and_has_no_number(north: Provider) -> None:
    billing.add_billed_customer(north, from_date=FEBRUARY)
    billing.draft_invoices(north, FEBRUARY)
    text = text_of(Invoice.objects.get(provider=north))
    assert "DRAFT" in text
    assert "A draft is no invoice" in text
    assert "Due" not in text


def test_what_customers_are_called_is_never_markup(north: Provider) -> None:
    invoice = bill(north)
    odd = '*Ann* #panic("x") $y$ <z> \\'
    edit_customer(customer=invoice.customer, staff_id=None, name=odd)
    assert odd in text_of(invoice)
