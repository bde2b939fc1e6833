"""A clerk's browser, and a short way to the page of a file. Imports stand inside: read before Django is set up."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from makegood.providers.models import Membership, Provider
    from tests.web.people import Browser


@pytest.fixture
def clerk(north: "Provider") -> "Membership":
    """Carl, who does the billing of North Fiber."""
    from tests.support import records

    return records.add_person(north, "billing", "carl@north.example")


@pytest.fixture
def carl(clerk: "Membership", browser: "Browser") -> "Client":
    """Carl's browser."""
    return browser(clerk)
