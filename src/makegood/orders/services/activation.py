"""The first day of an order that was pending: it begins when it is made active, not when that was planned."""

from datetime import date

from makegood.kit.refusal import Refused
from makegood.kit.transactions import demand_transaction
from makegood.orders.models import Order, OrderPrice
from makegood.orders.rules import require_date
from makegood.orders.selectors import has_yet_to_begin
from makegood.providers.calendar import today_of


def set_first_day(order: Order, from_date: date | None) -> dict[str, str]:
    """Gives an order that is made active its first day: today, or the day that a person names. Saves its price alone.

    Demands the transaction of the change, with the customer's lock. Returns what is to be noted of it. An order that
    was in use before it was pending, or that is not pending, keeps its first day. Refused for a day that has not come,
    for one after the planned end, for another day than that of an order that has begun, and, unless a day is named,
    for an order that is planned for later.
    """
    demand_transaction()
    if not has_yet_to_begin(order):
        if from_date not in (None, order.from_date):
            message = f"Order {order.number} has begun on {order.from_date:%Y-%m-%d}, and that stays."
            raise Refused("begun_already", message, "from_date")
        return {}
    today, planned = today_of(order.provider), order.from_date
    if from_date is None and planned > today:
        message = f"Order {order.number} begins on {planned:%Y-%m-%d}, not before. If it did, name its first day."
        raise Refused("begins_later", message, "from_date")
    order.from_date = from_date or today
    _require_possible(order, today)
    if order.from_date < planned:
        _price_from(order)
    return {"from_date": order.from_date.isoformat(), "planned_from": planned.isoformat()}


def _require_possible(order: Order, today: date) -> None:
    require_date(order.from_date, "from_date")
    if order.from_date > today:
        message = f"Today is {today:%Y-%m-%d}; an active order has begun. Activate it when it begins."
        raise Refused("begins_later", message, "from_date")
    if order.to_date is not None and order.from_date > order.to_date:
        message = f"The order ends on {order.to_date:%Y-%m-%d}; it cannot begin after that."
        raise Refused("ends_before_beginning", message, "from_date")


def _price_from(order: Order) -> None:
    """The first price that was agreed holds from the first day."""
    agreed = OrderPrice.objects.filter(provider_id=order.provider_id, order=order).order_by("effective_from", "-id")
    OrderPrice.objects.create(
        provider_id=order.provider_id,
        order=order,
        effective_from=order.from_date,
        price_minor=agreed[0].price_minor,
    )
