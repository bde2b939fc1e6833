"""Addresses: the list of credits, a credit, and its windows."""

from django.urls import path

from makegood.web.credits import change_pages, credit_pages, list_pages

urlpatterns = [
    path("credits", list_pages.show, name="credits"),
    path("credits/count", list_pages.count, name="credits-count"),
    path("credits.csv", list_pages.export, name="credits-csv"),
    path("credits/<int:pk>", credit_pages.show, name="credit"),
    path("credits/<int:pk>/edit", change_pages.edit, name="credit-edit"),
    path("credits/<int:pk>/edit/preview", change_pages.preview, name="credit-edit-preview"),
    path("credits/<int:pk>/void", change_pages.void, name="credit-void"),
]
