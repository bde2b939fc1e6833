"""Reads of invoices, of what stands on them, and of how a provider bills."""

from decimal import Decimal

from django.db.models import QuerySet

from makegood.customers.models import Customer
from makegood.invoices.models import (
    BillingAccount,
    BillingSettings,
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    InvoiceTax,
    ReceivableEntry,
)
from makegood.invoices.rules import OWED, State
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.providers.models import Provider


def get_billing_settings(provider: Provider) -> BillingSettings:
    """How the provider bills; unsaved defaults, which make no invoices, where nobody has said."""
    saved = BillingSettings.objects.filter(provider=provider).first()
    return saved or BillingSettings(provider=provider, charge_tax_rate=Decimal("0.000"), updated_at=now())


def get_billing_account(customer: Customer) -> BillingAccount:
    """How the customer is billed, and how far."""
    return BillingAccount.objects.get(provider_id=customer.provider_id, customer=customer)


def get_tax_gl_code(provider: Provider) -> GLCode:
    """The GL code of taxes: that of the settings, else the first active one of type tax. Refused if there is none."""
    return _gl_code(provider, get_billing_settings(provider).tax_gl_code, GLCode.Type.TAX)


def get_late_fee_gl_code(provider: Provider) -> GLCode:
    """The GL code of late fees: that of the settings, else the first active one of type fee. Refused likewise."""
    return _gl_code(provider, get_billing_settings(provider).late_fee_gl_code, GLCode.Type.FEE)


def get_charge_gl_code(provider: Provider) -> GLCode:
    """The GL code of charges that name none: that of the settings, else the first active one of type fee.

    Refused likewise.
    """
    return _gl_code(provider, get_billing_settings(provider).charge_gl_code, GLCode.Type.FEE)


def get_write_off_gl_code(provider: Provider) -> GLCode:
    """The GL code of write-offs: that of the settings, else the first active one of its type. Refused likewise."""
    return _gl_code(provider, get_billing_settings(provider).write_off_gl_code, GLCode.Type.WRITE_OFF)


def get_next_number(provider: Provider) -> int:
    """The number of the invoice that the provider issues next."""
    counter = InvoiceCounter.objects.filter(provider=provider).first()
    return 1 if counter is None else counter.last_number + 1


def has_issued(provider: Provider) -> bool:
    """Whether the provider has ever issued an invoice."""
    return Invoice.objects.filter(provider=provider, number__isnull=False).exists()


def list_invoices(provider: Provider) -> QuerySet[Invoice]:
    """The provider's invoices with their customers, newest first; drafts and discarded drafts as well."""
    return Invoice.objects.select_related("customer", "provider").filter(provider=provider).order_by("-id")


def list_issued(provider: Provider) -> QuerySet[Invoice]:
    """The provider's invoices that have a number, newest first."""
    return list_invoices(provider).filter(number__isnull=False)


def list_invoices_of(customer: Customer) -> QuerySet[Invoice]:
    """The customer's invoices, newest first; without drafts that were discarded."""
    invoices = list_invoices(customer.provider).filter(customer=customer)
    return invoices.exclude(state=State.VOID, number=None)


def list_owed(customer: Customer) -> QuerySet[Invoice]:
    """The customer's invoices with something due, in the order in which money goes to them: oldest due first."""
    return list_invoices(customer.provider).filter(customer=customer, state__in=OWED).order_by("due_on", "id")


def list_invoices_of_run(provider: Provider, run_id: int) -> QuerySet[Invoice]:
    """The invoices of an invoice run, in the order of its rows."""
    return list_invoices(provider).filter(run_row__run_id=run_id).order_by("id")


def get_invoice(provider: Provider, number: int) -> Invoice:
    """The provider's invoice of that number; Refused if there is none."""
    return _found(list_invoices(provider).filter(number=number).first(), number)


def get_invoice_by_id(provider: Provider, pk: int) -> Invoice:
    """The provider's invoice, or draft, of that id; Refused if there is none."""
    return _found(list_invoices(provider).filter(pk=pk).first(), pk)


def find_latest_invoice(customer: Customer) -> Invoice | None:
    """The customer's newest issued invoice, or None."""
    return list_invoices_of(customer).filter(number__isnull=False).first()


def list_lines(invoice: Invoice) -> QuerySet[InvoiceLine]:
    """The lines of an invoice, in their order, with their orders and services."""
    lines = InvoiceLine.objects.select_related("gl_code", "order__service", "charge", "adjustment")
    return lines.filter(provider_id=invoice.provider_id, invoice=invoice).order_by("position")


def list_taxes(invoice: Invoice) -> QuerySet[InvoiceTax]:
    """The taxes of an invoice, by rate."""
    return InvoiceTax.objects.filter(provider_id=invoice.provider_id, invoice=invoice).order_by("tax_rate")


def list_entries(invoice: Invoice) -> QuerySet[ReceivableEntry]:
    """The movements of what is due of an invoice, in their order."""
    return ReceivableEntry.objects.filter(provider_id=invoice.provider_id, invoice=invoice).order_by("number")


def count_drafts(provider: Provider) -> int:
    """How many invoices of the provider are drafts."""
    return Invoice.objects.filter(provider=provider, state=State.DRAFT).count()


def _gl_code(provider: Provider, chosen: GLCode | None, type_: str) -> GLCode:
    if chosen is not None:
        return chosen
    found = GLCode.objects.filter(provider=provider, type=type_, active=True).order_by("code").first()
    if found is None:
        raise Refused(
            "gl_code_missing",
            f"{provider.name} has no active GL code of type {type_.replace('_', '-')}. Add one under GL Codes.",
            "gl_code",
        )
    return found


def _found(invoice: Invoice | None, number: int) -> Invoice:
    if invoice is None:
        raise Refused("invoice_unknown", f"There is no invoice {number}.", "invoice")
    return invoice
