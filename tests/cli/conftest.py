"""What the commands are tried on: one provider with its staff, two areas, and somebody who has left."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from makegood.providers.models import Provider


@pytest.fixture
def north(db: None) -> "Provider":
    """North: C1 to C3 in Springfield, of whom C3 is closed; C4 in Shelbyville with two orders; staff of each role."""
    from makegood.orders.services.close_customer import close_customer
    from makegood.providers.models import Role
    from tests.support import records

    north = records.add_provider()
    for role in Role.values:
        records.add_person(north, role)
    for number in ("C1", "C2", "C3"):
        customer = records.add_customer(north, number)
    close_customer(customer=customer, staff_id=None)
    records.add_customer(north, "C4", areas=["Shelbyville", "Shelbyville"])
    return north
