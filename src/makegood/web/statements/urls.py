"""Addresses: a customer's statement."""

from django.urls import path

from makegood.web.statements import pages

urlpatterns = [
    path("customers/<int:pk>/statement", pages.show, name="customer-statement"),
    path("customers/<int:pk>/statement.csv", pages.export, name="customer-statement-csv"),
    path("customers/<int:pk>/statement.pdf", pages.typeset, name="customer-statement-pdf"),
]
