"""Addresses: the list of refunds and pay-outs, and one of them."""

from django.urls import path

from makegood.web.refunds import list_pages, refund_page

urlpatterns = [
    path("refunds", list_pages.show, name="refunds"),
    path("refunds/count", list_pages.count, name="refunds-count"),
    path("refunds.csv", list_pages.export, name="refunds-csv"),
    path("refunds/<int:pk>", refund_page.show, name="refund"),
]
