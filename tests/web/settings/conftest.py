"""An administrator's browser. Imports stand inside: this file is read before Django is set up."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from makegood.providers.models import Membership, Provider
    from tests.web.people import Browser


@pytest.fixture
def admin(north: "Provider") -> "Membership":
    """Ada, an admin of North Fiber."""
    from makegood.providers.services import add_staff
    from tests.web.people import PASSWORD

    return add_staff(provider=north, email="ada@north.example", role="admin", password=PASSWORD, name="Ada Admin")


@pytest.fixture
def ada(admin: "Membership", browser: "Browser") -> "Client":
    """Ada's browser."""
    return browser(admin)


@pytest.fixture
def south(db: None) -> "Provider":
    """Another provider with a template."""
    from makegood.transaction_templates.services import add_template
    from tests.support import records

    provider = records.add_provider("south")
    records.add_person(provider, "admin")
    add_template(provider=provider, name="Secret", direction="credit", staff_id=None)
    return provider
