"""The days on which an order is not used: they begin when a person suspends it, and end when it goes on."""

from datetime import date, timedelta

from django.db.models import F
from django.db.models.functions import Greatest

from makegood.kit.transactions import demand_transaction
from makegood.orders.models import Order, OrderPause
from makegood.providers.calendar import today_of

_OUT_OF_USE = (Order.Status.SUSPENDED, Order.Status.PENDING)


def follow_status(order: Order, *, before: str) -> None:
    """Begins or ends the pause of an order to which a person has just given another status.

    Demands the transaction of the change, with the customer's lock. The day on which an active order is taken out of
    use was used still; a pending order had not been used. An order that ends keeps the pause in which it is.
    before: the status that it had.
    """
    demand_transaction()
    lasting = OrderPause.objects.filter(provider_id=order.provider_id, order=order, until=None)
    today = today_of(order.provider)
    if order.status == Order.Status.ACTIVE:
        lasting.update(until=Greatest(F("from_on"), today))
    elif order.status in _OUT_OF_USE and not lasting.exists():
        tomorrow = today + timedelta(days=1)
        is_new = before == Order.Status.PENDING
        begin_pause(order, order.from_date if is_new else max(order.from_date, tomorrow))


def begin_pause(order: Order, from_on: date) -> None:
    """From that day on the order is not used. Demands a transaction that holds the customer's lock.

    A pause that was over before its first day had passed goes on.
    """
    demand_transaction()
    pauses = OrderPause.objects.filter(provider_id=order.provider_id, order=order, from_on=from_on)
    if not pauses.update(until=None):
        OrderPause.objects.create(
            provider_id=order.provider_id, customer_id=order.customer_id, order=order, from_on=from_on
        )
