"""A pending order begins when it is made active: today, or on the day that a person names."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.orders.selectors import list_prices
from makegood.orders.services.change_order import change_price
from makegood.orders.services.order_status import resume_order, set_order_status, suspend_order
from tests.support.answers import Verified
from tests.support.records import add_customer, add_order, add_provider

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

PLANNED, TODAY = date(2026, 5, 5), date(2026, 5, 10)


def at_noon(day: date) -> Any:
    """The clock stands at noon of that day, for a provider in UTC."""
    return frozen_clock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


@pytest.fixture
def customer(db: None) -> Customer:
    return add_customer(add_provider(timezone="UTC"), areas=())


@pytest.fixture
def order(customer: Customer) -> Order:
    """Planned for May 5, at 20.00, and pending."""
    return add_order(customer, "O1", from_date=PLANNED, status="pending")


def activate(order: Order, from_date: date | None = None, today: date = TODAY) -> Order:
    with at_noon(today):
        resume_order(order=order, from_date=from_date, staff_id=None)
    order.refresh_from_db()
    return order


def refused(order: Order, from_date: date | None = None, today: date = TODAY) -> str:
    with pytest.raises(Refused) as refusal:
        activate(order, from_date, today)
    order.refresh_from_db()
    return refusal.value.code


@pytest.mark.parametrize(
    ("named", "first_day"), [(None, TODAY), (PLANNED, PLANNED), (date(2026, 5, 2), date(2026, 5, 2))]
)
def test_it_begins_today_or_on_the_day_that_is_named(
    order: Order, named: date | None, first_day: date, assert_verified: Verified
) -> None:
    assert activate(order, named).status == "active"
    assert order.from_date == first_day
    [entry] = AuditEntry.objects.filter(action="order.active")
    assert entry.detail == {
        "number": "O1",
        "before": "pending",
        "from_date": first_day.isoformat(),
        "planned_from": PLANNED.isoformat(),
    }
    # Done again it changes nothing.
    assert activate(order, named, TODAY + timedelta(days=3)).from_date == first_day
    with at_noon(TODAY):
        assert_verified()


def test_one_that_is_planned_for_later_begins_before_only_if_the_day_is_named(
    order: Order, assert_verified: Verified
) -> None:
    earlier = PLANNED - timedelta(days=3)
    assert refused(order, today=earlier) == "begins_later"
    assert activate(order, earlier, earlier).from_date == earlier
    with at_noon(earlier):
        assert [price.price_minor for price in list_prices(order)] == [2000, 2000]
        assert_verified()


def test_from_an_earlier_day_the_first_price_holds(order: Order, assert_verified: Verified) -> None:
    with at_noon(TODAY):
        change_price(order=order, price_minor=3000, effective_from=date(2026, 5, 8), staff_id=None)
    activate(order, date(2026, 5, 1))
    assert order.price_minor == 3000
    with at_noon(TODAY):
        prices = {price.effective_from: price.price_minor for price in list_prices(order)}
        assert prices == {date(2026, 5, 1): 2000, PLANNED: 2000, date(2026, 5, 8): 3000}
        assert_verified()


def test_it_does_not_begin_later_than_today_or_after_its_end(order: Order) -> None:
    assert refused(order, TODAY + timedelta(days=1)) == "begins_later"
    assert refused(order, date(1026, 5, 10)) == "date_malformed"
    Order.objects.filter(pk=order.pk).update(to_date=TODAY - timedelta(days=1))
    assert refused(order) == "ends_before_beginning"
    assert (order.status, order.from_date) == ("pending", PLANNED)


def test_an_order_that_has_been_in_use_keeps_its_first_day(order: Order, assert_verified: Verified) -> None:
    activate(order)
    for status in ("suspended", "pending"):
        with at_noon(TODAY + timedelta(days=2)):
            set_order_status(order=order, status=status, staff_id=None)
        assert refused(order, TODAY - timedelta(days=1), TODAY + timedelta(days=4)) == "begun_already"
        assert activate(order, None, TODAY + timedelta(days=4)).from_date == TODAY
    with at_noon(TODAY + timedelta(days=4)):
        assert_verified()


def test_only_what_is_made_active_gets_a_first_day(order: Order) -> None:
    with at_noon(TODAY), pytest.raises(Refused, match="Only an order that is made active"):
        set_order_status(order=order, status="suspended", from_date=TODAY, staff_id=None)
    with at_noon(TODAY), pytest.raises(Refused, match="pending; only an active order can be suspended"):
        suspend_order(order=order, staff_id=None)
