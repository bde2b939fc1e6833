"""Addresses: the Invoice List, invoices and what is done with them, making invoices."""

from django.urls import path

from makegood.web.invoices import (
    by_hand_pages,
    credit_pages,
    cycle_pages,
    end_pages,
    invoice_pages,
    list_pages,
    make_pages,
)

urlpatterns = [
    path("invoices", list_pages.show, name="invoices"),
    path("invoices/count", list_pages.count, name="invoices-count"),
    path("invoices.csv", list_pages.export, name="invoices-csv"),
    path("invoices/new", make_pages.make, name="invoice-run-new"),
    path("invoices/<int:pk>", invoice_pages.show, name="invoice"),
    path("invoices/<int:pk>/look-again", invoice_pages.look_again, name="invoice-look-again"),
    path("invoices/<int:pk>.pdf", invoice_pages.show_pdf, name="invoice-pdf"),
    path("invoices/<int:pk>/apply", end_pages.apply, name="invoice-apply"),
    path("invoices/<int:pk>/credit", credit_pages.credit, name="invoice-credit"),
    path("invoices/<int:pk>/credit/preview", credit_pages.preview, name="invoice-credit-preview"),
    path("invoices/<int:pk>/by-hand", by_hand_pages.leave_to_people, name="invoice-by-hand"),
    path("invoices/<int:pk>/turn-back", by_hand_pages.turn_invoice_back, name="invoice-turn-back"),
    path("customers/<int:pk>/apply", end_pages.apply_for_customer, name="customer-apply"),
    path("customers/<int:pk>/billing-cycle", cycle_pages.change, name="customer-billing-cycle"),
    path("invoices/<int:pk>/void", end_pages.void, name="invoice-void"),
    path("invoices/<int:pk>/uncollectible", end_pages.write_off, name="invoice-write-off"),
]
