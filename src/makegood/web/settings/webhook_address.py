"""The address that a processor sends its webhooks to, and why it cannot reach it."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from makegood.gateways.models import Gateway
from makegood.web.frame.staff_request import StaffRequest

_ONLY_INSIDE = (".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".test", ".invalid", ".home.arpa")


def address_of(request: StaffRequest, gateway: Gateway) -> str:
    """The gateway's address, under the name by which the person has called this page."""
    address = request.build_absolute_uri(reverse("webhook", args=[gateway.token]))
    # Under a name of its own there is a proxy in front that speaks HTTPS, and plain HTTP behind it.
    return address.replace("http://", "https://", 1) if settings.SESSION_COOKIE_SECURE else address


def find_why_unreachable(address: str) -> str:
    """Why nobody outside can send anything there, in a sentence; empty if nothing speaks against it.

    No name is looked up: a public one may still lead to this network alone.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    if _is_inside(host):
        return f"{host} is known on this machine or in this network only, so Stripe cannot reach this address."
    if parts.scheme != "https":
        return "Stripe sends webhooks over HTTPS only, and this address begins with http."
    return ""


def _is_inside(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_ONLY_INSIDE)
