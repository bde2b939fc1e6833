"""Addresses: the dashboard and its slower panels."""

from django.urls import path

from makegood.web.dashboard import pages

urlpatterns = [
    path("dashboard", pages.show, name="dashboard"),
    path("dashboard/funds-by-age", pages.show_ages, name="dashboard-ages"),
    path("dashboard/invoices-by-state", pages.show_invoices, name="dashboard-invoices"),
]
