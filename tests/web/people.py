"""A provider with three customers, and people who look at them in a browser."""

from collections.abc import Callable
from typing import TypeAlias

from django.test import Client

from makegood.providers.models import Membership, Provider, Staff
from makegood.providers.services import add_staff
from tests.support import records

PASSWORD = "correct horse battery"
Browser: TypeAlias = Callable[[Membership], Client]


def add_north() -> Provider:
    """Ann (Springfield, $20.00), Bob & Sons (Springfield and Shelbyville, business, $40.00), Cleo (nothing ordered)."""
    provider = records.add_provider("north", name="North Fiber")
    records.add_customer(provider, "N-1", name="Ann Archer", areas=["Springfield"], autopay=True)
    records.add_customer(
        provider, "N-2", name="Bob & Sons", areas=["Springfield", "Shelbyville"], customer_type="business", email=""
    )
    records.add_customer(provider, "N-3", name="Cleo Cole", areas=[], phone="555-0100")
    return provider


def add_vera(provider: Provider) -> Membership:
    """A viewer with a password."""
    return add_staff(
        provider=provider, email="vera@north.example", role="viewer", password=PASSWORD, name="Vera Viewer"
    )


def open_browser(membership: Membership) -> Client:
    """The browser of a person who is logged in."""
    client = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(Staff.objects.get(pk=membership.staff_id), backend=backend)
    return client
