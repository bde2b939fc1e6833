"""Addresses: the list of payments, a payment, and the windows that record and reverse one."""

from django.urls import path

from makegood.web.payments import list_pages, payment_pages, record_pages

urlpatterns = [
    path("payments", list_pages.show, name="payments"),
    path("payments/count", list_pages.count, name="payments-count"),
    path("payments.csv", list_pages.export, name="payments-csv"),
    path("payments/<int:pk>", payment_pages.show, name="payment"),
    path("payments/<int:pk>/reverse", payment_pages.reverse_one, name="payment-reverse"),
    path("customers/<int:pk>/payments/new", record_pages.record, name="customer-payment-new"),
    path("customers/<int:pk>/payments/preview", record_pages.preview, name="customer-payment-preview"),
]
