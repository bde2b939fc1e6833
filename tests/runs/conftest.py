"""What the tests of runs start from."""

from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from makegood.providers.models import Membership


@pytest.fixture
def clerk(db: None, settings: Settings) -> "Membership":
    """A billing clerk of a provider with ten customers whose runs go in chunks of two."""
    from tests.support import records

    settings.MAKEGOOD_CHUNK_ROWS = 2
    north = records.add_provider()
    records.add_customers(north, 10)
    return records.add_person(north)
