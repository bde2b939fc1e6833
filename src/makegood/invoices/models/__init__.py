"""Tables of invoices."""

from makegood.invoices.models.charge import Charge, ChargeRun, OrderAdjustment
from makegood.invoices.models.invoice import (
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    InvoiceRun,
    InvoiceTax,
    ReceivableEntry,
)
from makegood.invoices.models.settings import BillingAccount, BillingSettings, OrderBilling

__all__ = [
    "BillingAccount",
    "BillingSettings",
    "Charge",
    "ChargeRun",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLine",
    "InvoiceRun",
    "InvoiceTax",
    "OrderAdjustment",
    "OrderBilling",
    "ReceivableEntry",
]
