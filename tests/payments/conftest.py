"""A provider with somebody who may record payments, and a customer."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from makegood.customers.models import Customer
    from makegood.providers.models import Membership, Provider


@pytest.fixture
def north(db: None) -> "Provider":
    from tests.support.records import add_provider

    return add_provider()


@pytest.fixture
def clerk(north: "Provider") -> "Membership":
    from tests.support.records import add_person

    return add_person(north)


@pytest.fixture
def customer(north: "Provider") -> "Customer":
    from tests.support.records import add_customer

    return add_customer(north, "C1")
