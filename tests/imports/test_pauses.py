"""A file suspends orders and makes them active: since when they are not used, and until when."""

from datetime import date, timedelta

import pytest

from makegood.imports.records import CustomerRecord, OrderRecord
from makegood.imports.services import save_records
from makegood.orders.models import OrderPause
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from tests.support import records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

BEGAN = records.FIRST_DAY


@pytest.fixture
def north() -> Provider:
    return records.add_provider()


def bring(provider: Provider, status: str, to_date: date | None = None) -> None:
    order = OrderRecord(
        number="C1-1",
        service="DSL",
        area="Springfield",
        price_minor=2000,
        from_date=BEGAN,
        status=status,
        to_date=to_date,
    )
    customer = CustomerRecord(number="C1", name="One", email="", orders=(order,))
    save_records(provider=provider, records=[customer])


def pauses() -> list[tuple[date, date | None]]:
    return list(OrderPause.objects.order_by("from_on").values_list("from_on", "until"))


def test_what_comes_suspended_has_not_been_used(north: Provider, assert_verified: Verified) -> None:
    bring(north, "suspended")
    assert pauses() == [(BEGAN, None)]
    bring(north, "active")
    assert pauses() == [(BEGAN, today_of(north))]
    assert_verified()


def test_the_day_on_which_a_file_suspends_was_used(north: Provider, assert_verified: Verified) -> None:
    tomorrow = today_of(north) + timedelta(days=1)
    bring(north, "active")
    for _ in range(2):
        bring(north, "suspended")
        assert pauses() == [(tomorrow, None)]
        bring(north, "active")
        assert pauses() == [(tomorrow, tomorrow)]
    assert_verified()


def test_what_was_pending_has_not_been_used(north: Provider, assert_verified: Verified) -> None:
    bring(north, "pending")
    assert pauses() == []
    bring(north, "suspended")
    bring(north, "pending")
    assert pauses() == [(BEGAN, None)]
    assert_verified()


def test_what_had_ended_was_used_up_to_its_last_day(north: Provider, assert_verified: Verified) -> None:
    bring(north, "terminated", to_date=BEGAN + timedelta(days=2))
    bring(north, "suspended")
    assert pauses() == [(BEGAN + timedelta(days=3), None)]
    assert_verified()
