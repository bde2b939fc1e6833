"""Addresses: payments, those that failed, a payment, and the windows that move money: record, charge, give back."""

from django.urls import path

from makegood.web.payments import (
    charge_pages,
    ending_pages,
    failed_pages,
    list_pages,
    pay_out_pages,
    payment_pages,
    record_pages,
    refund_ending_pages,
    refund_pages,
    reversal_pages,
)

urlpatterns = [
    path("payments", list_pages.show, name="payments"),
    path("payments/count", list_pages.count, name="payments-count"),
    path("payments.csv", list_pages.export, name="payments-csv"),
    path("payments/failed", failed_pages.show, name="failed-payments"),
    path("payments/failed/count", failed_pages.count, name="failed-payments-count"),
    path("payments/failed.csv", failed_pages.export, name="failed-payments-csv"),
    path("payments/<int:pk>", payment_pages.show, name="payment"),
    path("payments/<int:pk>/look-again", payment_pages.look_again, name="payment-look-again"),
    path("payments/<int:pk>/ask", payment_pages.ask, name="payment-ask"),
    path("payments/<int:pk>/withdraw", ending_pages.withdraw, name="payment-withdraw"),
    path("payments/<int:pk>/settle", ending_pages.settle, name="payment-settle"),
    path("refund-parts/<int:pk>/settle", refund_ending_pages.settle, name="refund-part-settle"),
    path("payments/<int:pk>/reverse", reversal_pages.reverse_one, name="payment-reverse"),
    path("customers/<int:pk>/payments/new", record_pages.record, name="customer-payment-new"),
    path("customers/<int:pk>/payments/preview", record_pages.preview, name="customer-payment-preview"),
    path("customers/<int:pk>/charge-now", charge_pages.charge, name="customer-charge-now"),
    path("customers/<int:pk>/charge-now/preview", charge_pages.preview, name="customer-charge-preview"),
    path("customers/<int:pk>/pay-out", pay_out_pages.pay_funds_out, name="customer-pay-out"),
    path("customers/<int:pk>/pay-out/preview", pay_out_pages.preview, name="customer-pay-out-preview"),
    path("invoices/<int:pk>/refund", refund_pages.refund, name="invoice-refund"),
    path("invoices/<int:pk>/refund/preview", refund_pages.preview, name="invoice-refund-preview"),
]
