"""Addresses of the pages."""

from django.urls import include, path
from django.views.generic import RedirectView

from makegood.web.access import pages as access
from makegood.web.access.choose_password import ChoosePassword
from makegood.web.frame.appearance import set_appearance

FOLDERS = (
    "customers",
    "methods",
    "statements",
    "orders",
    "selection",
    "saved_views",
    "runs",
    "credits",
    "charges",
    "invoices",
    "payments",
    "refunds",
    "gateway_events",
    "notifications",
    "search",
    "emails",
    "imports",
    "accounting",
    "days",
    "dashboard",
    "settings",
)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="customers"), name="start"),
    path("login", access.LogIn.as_view(), name="login"),
    path("logout", access.LogOut.as_view(), name="logout"),
    path("choose-password/<uidb64>/<token>", ChoosePassword.as_view(), name="choose-password"),
    path("password", access.ChangePassword.as_view(), name="password"),
    path("provider", access.switch_provider, name="switch-provider"),
    path("appearance", set_appearance, name="appearance"),
    *(path("", include(f"makegood.web.{folder}.urls")) for folder in FOLDERS),
]
