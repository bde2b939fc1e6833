"""What becomes of an order after it was sold: price, address, suspension, end, successor; and what a day brings."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer, CustomerFigures
from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.orders.selectors import (
    find_same_order,
    get_account,
    get_order,
    get_order_by_id,
    list_open_orders_of,
    list_other_orders,
    list_prices,
    list_replaced_orders,
    suggest_order_number,
)
from makegood.orders.services.add_order import ServiceAddress
from makegood.orders.services.change_order import change_address, change_price
from makegood.orders.services.close_customer import close_customer, reopen_customer
from makegood.orders.services.order_status import (
    begin_day,
    keep_order,
    resume_order,
    set_order_status,
    set_replaced_by,
    suspend_order,
    terminate_order,
)
from makegood.providers.models import Provider
from makegood.providers.selectors import list_providers
from tests.support import movements, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

TODAY = date(2026, 5, 10)


def at_noon(day: date) -> Any:
    """The clock stands at noon of that day, for a provider in UTC."""
    return frozen_clock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


@pytest.fixture
def north(db: None) -> Provider:
    return records.add_provider(timezone="UTC")


@pytest.fixture
def customer(north: Provider) -> Customer:
    """Orders C1-1 in Springfield and C1-2 in Shelbyville, 20.00 each, since the first of January."""
    return records.add_customer(north, areas=["Springfield", "Shelbyville"])


@pytest.fixture
def order(north: Provider, customer: Customer) -> Order:
    return get_order(north, "C1-1")


def begin_days() -> None:
    """What a day brings to orders, for every provider."""
    for provider in list_providers():
        begin_day(provider)


def figures(customer: Customer) -> tuple[int, int]:
    stored = CustomerFigures.objects.get(customer=customer)
    return stored.active_orders, stored.monthly_price_minor


def price(order: Order, minor: int, day: date, **named: Any) -> None:
    change_price(order=order, price_minor=minor, effective_from=day, staff_id=None, **named)


def history(order: Order) -> list[tuple[date, int]]:
    return list(list_prices(order).values_list("effective_from", "price_minor"))


def refusal_of(call: Any, **named: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(**named)
    return refused.value.code


def test_a_price_from_today_or_earlier_holds_at_once(
    order: Order, customer: Customer, assert_verified: Verified
) -> None:
    with at_noon(TODAY):
        price(order, 2500, date(2026, 3, 1))
        assert (order.price_minor, figures(customer)) == (2500, (2, 4500))
        price(order, 0, TODAY)
        assert (order.price_minor, figures(customer)) == (0, (2, 2000))
    assert history(order) == [(TODAY, 0), (date(2026, 3, 1), 2500), (records.FIRST_DAY, 2000)]
    assert_verified()


def test_a_price_from_a_later_day_waits_for_it(north: Provider, order: Order, customer: Customer) -> None:
    with at_noon(TODAY):
        price(order, 3000, date(2026, 6, 1))
        assert (order.price_minor, figures(customer)) == (2000, (2, 4000))
        begin_days()
        order.refresh_from_db()
        assert order.price_minor == 2000
    with at_noon(date(2026, 6, 1)):
        begin_days()
        begin_days()
    order.refresh_from_db()
    assert (order.price_minor, figures(customer)) == (3000, (2, 5000))
    [entry] = AuditEntry.objects.filter(action="orders.day_begun")
    assert entry.detail == {"day": "2026-06-01", "orders_ended": 0, "prices_begun": 1}


def test_a_price_can_change_before_a_planned_one_begins(order: Order, assert_verified: Verified) -> None:
    with at_noon(TODAY):
        price(order, 3000, date(2026, 6, 1))
        price(order, 2200, TODAY)
        assert order.price_minor == 2200
        # The plan is given up by planning the present price.
        price(order, 2200, date(2026, 6, 1))
    with at_noon(date(2026, 6, 2)):
        begin_days()
    order.refresh_from_db()
    assert order.price_minor == 2200
    assert_verified()


def test_the_same_price_twice_is_recorded_once(order: Order) -> None:
    with at_noon(TODAY):
        price(order, 2500, TODAY)
        price(order, 2500, TODAY)
    assert len(history(order)) == 2
    assert AuditEntry.objects.filter(action="order.price_changed").count() == 1


def test_a_price_that_cannot_be_is_refused(order: Order) -> None:
    with at_noon(TODAY):
        price(order, 2500, date(2026, 4, 1))
        assert refusal_of(price, order=order, minor=1, day=date(2025, 12, 31)) == "before_order"
        assert refusal_of(price, order=order, minor=1, day=date(2026, 3, 31)) == "before_last_change"
        assert refusal_of(price, order=order, minor=1, day=date(9999, 1, 1)) == "date_malformed"
        assert refusal_of(price, order=order, minor=-1, day=TODAY) == "price_negative"
        seen = order.updated_at - timedelta(seconds=1)
        assert refusal_of(price, order=order, minor=1, day=TODAY, seen_updated_at=seen) == "changed_meanwhile"
        set_order_status(order=order, status="terminated", staff_id=None)
        assert refusal_of(price, order=order, minor=1, day=TODAY) == "order_terminated"
    assert len(history(order)) == 2


def test_an_order_that_begins_later_has_the_price_it_will_begin_with(
    customer: Customer, assert_verified: Verified
) -> None:
    order = records.add_order(customer, "O1", from_date=date(2099, 1, 1), status="pending")
    price(order, 1500, date(2099, 1, 1))
    assert order.price_minor == 1500
    assert_verified()


def test_the_day_of_the_provider_counts(assert_verified: Verified) -> None:
    west = records.add_provider("west", timezone="America/Los_Angeles")
    records.add_customer(west, "W1")
    order = get_order(west, "W1-1")
    with frozen_clock(datetime(2026, 6, 1, 3, tzinfo=UTC)):
        price(order, 3000, date(2026, 6, 1))
        begin_days()
        order.refresh_from_db()
        assert order.price_minor == 2000
    with frozen_clock(datetime(2026, 6, 1, 8, tzinfo=UTC)):
        begin_days()
        order.refresh_from_db()
        assert order.price_minor == 3000
    assert_verified()


def test_an_address_changes_and_the_audit_names_the_fields_only(order: Order) -> None:
    seen = order.updated_at
    address = ServiceAddress(area="Ogdenville", street=" 2 Oak St ", postal_code="")
    change_address(order=order, address=address, seen_updated_at=seen, staff_id=None)
    change_address(order=order, address=address, seen_updated_at=seen, staff_id=None)
    assert (order.area, order.street) == ("Ogdenville", "2 Oak St")
    [entry] = AuditEntry.objects.filter(action="order.address_changed")
    assert entry.detail == {"number": "C1-1", "fields": ["area", "street"]}
    other = ServiceAddress(area="Elsewhere")
    changed = {"order": order, "address": other, "seen_updated_at": seen, "staff_id": None}
    assert refusal_of(change_address, **changed) == "changed_meanwhile"
    for bad, code in (("A" * 101, "too_long"), ("A\nB", "control_character")):
        refused = {"order": order, "address": ServiceAddress(area=bad), "staff_id": None}
        assert refusal_of(change_address, **refused) == code


def test_an_order_is_suspended_and_resumed(order: Order, customer: Customer, assert_verified: Verified) -> None:
    for _ in range(2):
        suspend_order(order=order, staff_id=None)
    assert (order.status, figures(customer)) == ("suspended", (1, 2000))
    for _ in range(2):
        resume_order(order=order, staff_id=None)
    assert (order.status, figures(customer)) == ("active", (2, 4000))
    actions = AuditEntry.objects.filter(subject_type="order", subject_id=order.pk).values_list("action", flat=True)
    assert list(actions.order_by("id")) == ["order.added", "order.suspended", "order.active"]
    assert_verified()


def test_an_active_order_does_not_begin_later(customer: Customer) -> None:
    with at_noon(TODAY), pytest.raises(Refused, match="Add it as pending"):
        records.add_order(customer, "O1", from_date=TODAY + timedelta(days=1))


@pytest.mark.parametrize("days_ago", [0, 1, 40])
def test_a_termination_today_or_earlier_is_at_once(
    order: Order, customer: Customer, days_ago: int, assert_verified: Verified
) -> None:
    last_day = TODAY - timedelta(days=days_ago)
    with at_noon(TODAY):
        for _ in range(2):
            terminate_order(order=order, to_date=last_day, staff_id=None)
        assert refusal_of(terminate_order, order=order, to_date=date(2026, 2, 1), staff_id=None) == "order_terminated"
    assert (order.status, order.to_date, figures(customer)) == ("terminated", last_day, (1, 2000))
    for change in (suspend_order, resume_order, keep_order):
        assert refusal_of(change, order=order, staff_id=None) == "order_terminated"
    assert_verified()


def test_a_later_end_comes_when_the_last_day_has_passed(
    order: Order, customer: Customer, assert_verified: Verified
) -> None:
    last_day = TODAY + timedelta(days=5)
    with at_noon(TODAY):
        terminate_order(order=order, to_date=last_day, staff_id=None)
    assert (order.status, order.to_date, figures(customer)) == ("active", last_day, (2, 4000))
    with at_noon(last_day):
        begin_days()
        order.refresh_from_db()
        assert order.status == "active"
    with at_noon(last_day + timedelta(days=1)):
        begin_days()
    order.refresh_from_db()
    assert (order.status, order.to_date, figures(customer)) == ("terminated", last_day, (1, 2000))
    assert_verified()


def test_a_planned_end_can_be_taken_back(order: Order, north: Provider) -> None:
    with at_noon(TODAY):
        successor = get_order(north, "C1-2")
        terminate_order(order=order, to_date=TODAY + timedelta(days=5), replaced_by=successor, staff_id=None)
        for _ in range(2):
            keep_order(order=order, staff_id=None)
    assert (order.status, order.to_date, order.replaced_by) == ("active", None, None)
    assert AuditEntry.objects.filter(action="order.end_taken_back").count() == 1


def test_an_end_that_cannot_be_is_refused(order: Order) -> None:
    with at_noon(TODAY):
        refused = {"order": order, "staff_id": None}
        assert refusal_of(terminate_order, to_date=date(2025, 12, 31), **refused) == "ends_before_beginning"
        assert refusal_of(terminate_order, to_date=date(9999, 1, 1), **refused) == "date_malformed"
    assert get_order_by_id(order.provider, order.pk).status == "active"


def test_a_successor_is_another_order_of_the_same_customer(order: Order, north: Provider) -> None:
    successor = get_order(north, "C1-2")
    with at_noon(TODAY):
        terminate_order(order=order, to_date=TODAY, replaced_by=successor, staff_id=None)
    assert list(list_replaced_orders(successor)) == [order]
    assert list(list_other_orders(order)) == [successor]
    set_replaced_by(order=order, replaced_by=None, staff_id=None)
    assert list(list_replaced_orders(successor)) == []
    stranger = records.add_customer(records.add_provider("south"), "S1")
    neighbour = records.add_customer(north, "C2")
    for other in (order, get_order(stranger.provider, "S1-1"), get_order(north, "C2-1")):
        assert refusal_of(set_replaced_by, order=order, replaced_by=other, staff_id=None) == "successor_unknown"
    assert neighbour.orders.get().replaced_by is None


def test_many_orders_end_in_batches(
    north: Provider, monkeypatch: pytest.MonkeyPatch, assert_verified: Verified
) -> None:
    from makegood.orders.services import order_status

    monkeypatch.setattr(order_status, "ORDERS_AT_ONCE", 3)
    records.add_customers(north, 8)
    with at_noon(TODAY):
        Order.objects.filter(number__in=["C1-1", "C2-1", "C3-1", "C4-1", "C5-1", "C6-1", "C7-1"]).update(to_date=TODAY)
    south = records.add_customer(records.add_provider("south", timezone="UTC"), "S1")
    with at_noon(TODAY + timedelta(days=1)):
        assert order_status.begin_day(north) == 7
        assert order_status.begin_day(north) == 0
    assert Order.objects.filter(provider=north, status="terminated").count() == 7
    assert figures(south) == (1, 2000)
    assert_verified()


def test_a_closed_customer_can_be_reopened_and_the_orders_stay_ended(
    customer: Customer, order: Order, assert_verified: Verified
) -> None:
    with at_noon(TODAY):
        terminate_order(order=order, to_date=TODAY + timedelta(days=9), staff_id=None)
        for _ in range(2):
            close_customer(customer=customer, staff_id=None)
        for _ in range(2):
            reopen_customer(customer=customer, staff_id=None)
    assert (customer.status, customer.closed_on, figures(customer)) == ("active", None, (0, 0))
    order.refresh_from_db()
    assert (order.status, order.to_date) == ("terminated", TODAY)
    assert list(list_open_orders_of(customer)) == []
    actions = AuditEntry.objects.filter(subject_type="customer", action__in=["customer.closed", "customer.reopened"])
    assert [(entry.action, entry.detail) for entry in actions.order_by("id")] == [
        ("customer.closed", {"orders": 2}),
        ("customer.reopened", {}),
    ]
    clerk = records.add_person(customer.provider)
    records.credit(clerk, customers=[customer])
    assert records.funds(customer.provider, "C1") == 1000
    assert_verified()


def test_closing_keeps_an_end_that_lies_in_the_past(order: Order, customer: Customer) -> None:
    Order.objects.filter(pk=order.pk).update(to_date=TODAY - timedelta(days=3))
    movements.owe(customer, 100)
    with at_noon(TODAY):
        close_customer(customer=customer, staff_id=None)
    order.refresh_from_db()
    assert order.to_date == TODAY - timedelta(days=3)


def test_what_selectors_give_is_the_providers_own(customer: Customer, order: Order, north: Provider) -> None:
    south = records.add_provider("south")
    account = get_account(north, customer.pk)
    assert (account.balance.funds_minor, account.figures.active_orders) == (0, 2)
    assert account.orders_in_all == 2  # type: ignore[attr-defined]  # annotated
    for call, pk in ((get_account, customer.pk), (get_order_by_id, order.pk)):
        with pytest.raises(Refused, match="South has no such"):
            call(south, pk)
    assert suggest_order_number(customer) == "C1-3"
    records.add_order(customer, "C1-4")
    assert suggest_order_number(customer) == "C1-5"
    same = Order.objects.get(pk=order.pk)
    assert find_same_order(same) == order
    same.price_minor = 1
    assert find_same_order(same) is None
