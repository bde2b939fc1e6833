"""Imports meet orders that are suspended because their customers are late with paying."""

from datetime import date

import pytest

from makegood.imports.records import CustomerRecord, OrderRecord
from makegood.imports.services import save_records
from makegood.orders.models import Order
from makegood.providers.models import Provider
from tests.support import records

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

DAY = date(2026, 2, 14)


@pytest.fixture
def north() -> Provider:
    """C1-1 is suspended for late payment since February 14."""
    provider = records.add_provider()
    bring(provider, "active")
    Order.objects.update(status="suspended", suspended_late_on=DAY)
    return provider


def bring(provider: Provider, status: str, closed_on: date | None = None) -> None:
    order = OrderRecord(
        number="C1-1", service="DSL", area="Springfield", price_minor=2000, from_date=records.FIRST_DAY, status=status
    )
    customer = CustomerRecord(
        number="C1",
        name="One",
        email="",
        status="closed" if closed_on else "active",
        closed_on=closed_on,
        orders=() if closed_on else (order,),
    )
    save_records(provider=provider, records=[customer])


def stands() -> tuple[str, date | None]:
    order = Order.objects.get()
    return order.status, order.suspended_late_on


def test_a_file_that_says_active_does_not_resume_it(north: Provider) -> None:
    bring(north, "active")
    assert stands() == ("suspended", DAY)


def test_a_file_that_ends_it_ends_the_suspension(north: Provider) -> None:
    bring(north, "active", closed_on=date(2026, 3, 1))
    assert stands() == ("terminated", None)
