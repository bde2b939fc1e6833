"""Fixtures of the pages' tests. Imports stand inside: this file is read before Django is set up."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from makegood.providers.models import Membership, Provider
    from tests.web.people import Browser


@pytest.fixture
def north(db: None) -> "Provider":
    """See `add_north`."""
    from tests.web.people import add_north

    return add_north()


@pytest.fixture
def viewer(north: "Provider") -> "Membership":
    """Vera, who may read at North Fiber."""
    from tests.web.people import add_vera

    return add_vera(north)


@pytest.fixture
def browser() -> "Browser":
    """Opens the browser of a person who is logged in."""
    from tests.web.people import open_browser

    return open_browser


@pytest.fixture
def vera(viewer: "Membership", browser: "Browser") -> "Client":
    """Vera's browser."""
    return browser(viewer)
