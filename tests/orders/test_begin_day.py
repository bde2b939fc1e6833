"""What a day brings to many orders at once: batch by batch, and each order looked over once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer, CustomerFigures
from makegood.kit.clock import frozen_clock
from makegood.kit.sql import run_sql
from makegood.orders.models import Order, OrderPrice
from makegood.orders.services import order_status
from makegood.orders.services.order_status import begin_day
from makegood.providers.models import Provider
from tests.support import records
from tests.support.answers import Verified
from tests.support.ownership import as_owner

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 10)
TOMORROW = TODAY + timedelta(days=1)
ANALYZED_WHILE_EMPTY = """
UPDATE pg_class
SET relpages = greatest(relpages, 1), reltuples = 0
WHERE oid IN ('customer_order'::regclass, 'order_price'::regclass)
"""
PRICES_READ = """
SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS rows
FROM pg_stat_xact_user_tables
WHERE relname = 'order_price'
"""


def at_noon(day: date) -> Any:
    """The clock stands at noon of that day, for a provider in UTC."""
    return frozen_clock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


@pytest.fixture
def north(db: None) -> Provider:
    return records.add_provider(timezone="UTC")


@pytest.fixture
def batches_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_status, "ORDERS_AT_ONCE", 10)


def change_all_prices(provider: Provider, minor: int, day: date) -> None:
    """Every order of the provider has this price from that day on."""
    orders = Order.objects.filter(provider=provider)
    OrderPrice.objects.bulk_create(
        OrderPrice(provider=provider, order=order, effective_from=day, price_minor=minor) for order in orders
    )


def prices_read_on_a_day_with_changes(provider: Provider, customers: int) -> int:
    """How many rows of prices are read when the prices of so many customers' orders change on one day."""
    records.add_customers(provider, customers)
    change_all_prices(provider, 3000, TODAY)
    before = prices_read()
    with at_noon(TODAY):
        assert begin_day(provider) == customers
    return prices_read() - before


def prices_read() -> int:
    return int(run_sql(PRICES_READ)[0]["rows"])


def prices(provider: Provider) -> set[int]:
    return set(Order.objects.filter(provider=provider).values_list("price_minor", flat=True))


@pytest.fixture
def written_after_analyzed_empty(db: None) -> None:
    """The server takes both tables for empty, as where it analyzed them while only undone rows were in them.

    It then plans as if reading all of a table were reading one row.
    """
    with as_owner():
        run_sql(ANALYZED_WHILE_EMPTY)
    # So few prices would be read as a whole for each batch; what counts is what can be done when they are many.
    for way in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
        run_sql(f"SET LOCAL {way} = off")


@pytest.mark.sql
@pytest.mark.usefixtures("batches_of_ten", "written_after_analyzed_empty")
def test_four_times_as_many_changes_are_not_much_more_than_four_times_the_work(north: Provider) -> None:
    south = records.add_provider("south", timezone="UTC")
    few, many = prices_read_on_a_day_with_changes(north, 50), prices_read_on_a_day_with_changes(south, 200)
    assert few >= 50
    assert many <= 5 * few


@pytest.mark.sql
@pytest.mark.usefixtures("batches_of_ten")
def test_all_prices_that_change_on_one_day_are_taken_up(north: Provider, assert_verified: Verified) -> None:
    customers = records.add_customers(north, 35)
    change_all_prices(north, 3000, TODAY)
    with at_noon(TODAY):
        assert begin_day(north) == 35
        assert begin_day(north) == 0
    assert prices(north) == {3000}
    figures = CustomerFigures.objects.filter(customer__in=customers)
    assert set(figures.values_list("monthly_price_minor", flat=True)) == {3000}
    assert AuditEntry.objects.filter(action="orders.day_begun").count() == 4
    assert_verified()


@pytest.mark.sql
@pytest.mark.usefixtures("batches_of_ten")
def test_the_many_orders_of_one_customer_stay_in_one_batch(north: Provider, assert_verified: Verified) -> None:
    records.add_customers(north, 3, orders_each=25)
    change_all_prices(north, 3000, TODAY)
    with at_noon(TODAY):
        assert begin_day(north) == 75
    assert prices(north) == {3000}
    assert AuditEntry.objects.filter(action="orders.day_begun").count() == 3
    assert_verified()


@pytest.mark.sql
@pytest.mark.usefixtures("batches_of_ten")
def test_a_day_that_broke_off_goes_on_where_it_was(north: Provider, assert_verified: Verified) -> None:
    records.add_customers(north, 30)
    change_all_prices(north, 3000, TODAY)
    work = order_status._begin_for
    with at_noon(TODAY):
        with mock.patch.object(order_status, "_begin_for", side_effect=_once(work)), pytest.raises(ConnectionError):
            begin_day(north)
        assert prices(north) == {2000, 3000}
        assert begin_day(north) == 20
    assert prices(north) == {3000}
    assert_verified()


@pytest.mark.sql
@pytest.mark.usefixtures("batches_of_ten")
def test_a_day_that_ends_meanwhile_is_followed_by_the_next(north: Provider, assert_verified: Verified) -> None:
    customers = records.add_customers(north, 30)
    change_all_prices(north, 3000, TODAY)
    first, last = customers[0], customers[-1]
    end_with(first, TODAY)
    end_with(last, TODAY)
    days = iter([TODAY, TODAY])
    with mock.patch.object(order_status, "today_of", side_effect=lambda provider: next(days, TOMORROW)):
        # The second batch is worked after midnight; the first customer's order was in the batch before it.
        assert begin_day(north) == 31
    assert [order.status for order in Order.objects.filter(customer__in=[first, last])] == ["terminated"] * 2
    assert prices(north) == {3000}
    assert_verified()


def end_with(customer: Customer, day: date) -> None:
    """The customer's order has this as its last day."""
    Order.objects.filter(customer=customer).update(to_date=day)


def _once(work: Any) -> Any:
    """Does the work the first time; then the database is away."""
    worked: list[int] = []

    def begin(*which: Any) -> int:
        if worked:
            raise ConnectionError
        worked.append(1)
        return int(work(*which))

    return begin
