"""Addresses of the pages."""

from django.urls import path
from django.views.generic import RedirectView

from makegood.web.access import pages as access
from makegood.web.customers import pages as customers
from makegood.web.frame.appearance import set_appearance

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="customers"), name="start"),
    path("login", access.LogIn.as_view(), name="login"),
    path("logout", access.LogOut.as_view(), name="logout"),
    path("password", access.ChangePassword.as_view(), name="password"),
    path("provider", access.switch_provider, name="switch-provider"),
    path("appearance", set_appearance, name="appearance"),
    path("customers", customers.show, name="customers"),
    path("customers/count", customers.count, name="customers-count"),
    path("customers/areas", customers.suggest_areas, name="customers-areas"),
    path("customers.csv", customers.export, name="customers-csv"),
]
