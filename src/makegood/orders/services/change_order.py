"""Changing an order that goes on: its price from a day on, and the address where the service is."""

from datetime import date, datetime

from django.db import transaction

from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.orders.models import Order, OrderPrice
from makegood.orders.rules import require_new_price
from makegood.orders.services.add_order import ServiceAddress, record_order, require_address
from makegood.orders.services.figures import refresh_customer_figures
from makegood.orders.services.order_status import lock_order, take_up_prices
from makegood.providers.calendar import today_of


def change_price(
    *,
    order: Order,
    price_minor: int,
    effective_from: date,
    seen_updated_at: datetime | None = None,
    staff_id: int | None,
) -> None:
    """Gives an order another monthly price, in minor units, from a day on: today, earlier or later.

    Opens a transaction. Until a later day comes, the price that holds stays. A second price for a day takes the place
    of the first; what was recorded stays recorded. The price that the day has already changes nothing.

    Refused for a terminated order, a day before the order or before its last change, a negative price, and when
    somebody changed the order since it was seen.
    """
    if price_minor < 0:
        raise Refused("price_negative", "A price is zero or more.", "price")
    with transaction.atomic():
        lock_order(order)
        today = today_of(order.provider)
        known = OrderPrice.objects.filter(order=order).order_by("-effective_from", "-id")
        same_day = known.filter(effective_from=effective_from).first()
        if same_day is not None and same_day.price_minor == price_minor:
            return
        _require_changeable(order)
        require_unchanged(order, seen_updated_at)
        holding = known.filter(effective_from__lte=max(today, order.from_date)).first()
        require_new_price(
            effective_from=effective_from,
            from_date=order.from_date,
            last_change=holding.effective_from if holding else order.from_date,
            today=today,
        )
        OrderPrice.objects.create(
            provider_id=order.provider_id, order=order, effective_from=effective_from, price_minor=price_minor
        )
        Order.objects.filter(pk=order.pk).update(updated_at=now())
        take_up_prices(order_ids=[order.pk], today=today, at=now())
        refresh_customer_figures(provider_id=order.provider_id, customer_ids=[order.customer_id])
        detail = {"price_minor": price_minor, "effective_from": effective_from.isoformat()}
        record_order(order, "order.price_changed", staff_id, detail)
    order.refresh_from_db()


def change_address(
    *, order: Order, address: ServiceAddress, seen_updated_at: datetime | None = None, staff_id: int | None
) -> None:
    """Changes where the service of an order is. Opens a transaction. The audit names the fields, not their values.

    Refused for what does not fit, and when somebody changed the order since it was seen.
    """
    require_address(address)
    values = {
        "area": address.area.strip(),
        "street": address.street.strip(),
        "postal_code": address.postal_code.strip(),
    }
    with transaction.atomic():
        lock_order(order)
        changed = sorted(name for name, value in values.items() if getattr(order, name) != value)
        if not changed:
            return
        require_unchanged(order, seen_updated_at)
        Order.objects.filter(pk=order.pk).update(**{name: values[name] for name in changed}, updated_at=now())
        record_order(order, "order.address_changed", staff_id, {"fields": changed})
    order.refresh_from_db()


def require_unchanged(order: Order, seen_updated_at: datetime | None) -> None:
    """Refused if the order was changed since it was seen."""
    if seen_updated_at is not None and order.updated_at != seen_updated_at:
        raise Refused("changed_meanwhile", "Somebody else has changed this order since you opened the form.")


def _require_changeable(order: Order) -> None:
    if order.status == Order.Status.TERMINATED:
        raise Refused("order_terminated", f"Order {order.number} is terminated; its price changes no more.")
