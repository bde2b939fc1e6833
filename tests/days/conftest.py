"""What tests of days share."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from makegood.providers.models import Provider


@pytest.fixture
def north(db: None) -> "Provider":
    """Bills from January 1; a late fee of 7.00, reminders after 3 and 10 days, suspension after 30; C1 and C2."""
    from tests.days.living import add_north

    return add_north()
