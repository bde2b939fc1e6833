"""Addresses: the Customer List and customers."""

from django.urls import path

from makegood.web.customers import customer_pages, edit_pages, pages

urlpatterns = [
    path("customers", pages.show, name="customers"),
    path("customers/count", pages.count, name="customers-count"),
    path("customers/areas", pages.suggest_areas, name="customers-areas"),
    path("customers.csv", pages.export, name="customers-csv"),
    path("customers/new", edit_pages.add, name="customer-new"),
    path("customers/<int:pk>", customer_pages.show, name="customer"),
    path("customers/<int:pk>/orders", customer_pages.show_orders, name="customer-orders"),
    path("customers/<int:pk>/invoices", customer_pages.show_invoices, name="customer-invoices"),
    path("customers/<int:pk>/credits", customer_pages.show_credits, name="customer-credits"),
    path("customers/<int:pk>/payments", customer_pages.show_payments, name="customer-payments"),
    path("customers/<int:pk>/payment-methods", customer_pages.show_methods, name="customer-methods"),
    path("customers/<int:pk>/entries", customer_pages.show_entries, name="customer-entries"),
    path("customers/<int:pk>/emails", customer_pages.show_emails, name="customer-emails"),
    path("customers/<int:pk>/history", customer_pages.show_history, name="customer-history"),
    path("customers/<int:pk>/edit", edit_pages.edit, name="customer-edit"),
    path("customers/<int:pk>/close", edit_pages.close, name="customer-close"),
    path("customers/<int:pk>/reopen", edit_pages.reopen, name="customer-reopen"),
]
