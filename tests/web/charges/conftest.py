"""Fixtures of the tests of charges' pages. Imports stand inside: read before Django is set up."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from makegood.providers.models import Membership, Provider


@pytest.fixture
def bea(north: "Provider") -> "Membership":
    """A billing clerk of North Fiber."""
    from tests.web.runs.people import add_bea

    return add_bea(north)


@pytest.fixture
def clerk(bea: "Membership") -> "Client":
    """Bea's browser."""
    from tests.web.runs.people import browse

    return browse(bea)
