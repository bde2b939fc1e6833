"""Addresses: what a customer pays with, and the windows that change it."""

from django.urls import path

from makegood.web.methods import card_pages, change_pages, hold_pages

urlpatterns = [
    path("customers/<int:pk>/payment-methods/new", change_pages.add, name="customer-method-new"),
    path("customers/<int:pk>/payment-methods/card", card_pages.enter, name="customer-card-new"),
    path("customers/<int:pk>/payment-methods/card/begin", card_pages.begin, name="customer-card-begin"),
    path("customers/<int:pk>/autopay", change_pages.switch_autopay, name="customer-autopay"),
    path("payment-methods/<int:pk>/default", change_pages.make_default_one, name="method-default"),
    path("payment-methods/<int:pk>/release", hold_pages.release, name="method-release"),
    path("payment-methods/<int:pk>/remove", change_pages.remove_one, name="method-remove"),
]
