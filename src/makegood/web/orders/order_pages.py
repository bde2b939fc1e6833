"""The page of one order."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.audit.selectors import list_entries_about
from makegood.invoices.adjustment_selectors import list_adjustments_of
from makegood.invoices.models import OrderAdjustment
from makegood.orders.models import Order, OrderPrice
from makegood.orders.selectors import get_order_by_id, list_prices, list_replaced_orders
from makegood.providers.calendar import today_of
from makegood.web.customers.history import tell
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest

MOST_PRICES = 100
MOST_EVENTS = 100
MOST_ADJUSTMENTS = 100


@dataclass(frozen=True)
class ShownPrice:
    """A price of the history. state: planned, holds, or past."""

    effective_from: date
    price_minor: int
    state: str


@dataclass(frozen=True)
class ShownAdjustment:
    """A discount or surcharge, and whether its last day has passed."""

    record: OrderAdjustment
    has_ended: bool


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """Details, prices, discounts and surcharges, and history of an order."""
    provider = request.membership.provider
    order = or_404(get_order_by_id, provider, pk)
    today = today_of(provider)
    entries = list_entries_about(provider.pk, {"order": [order.pk]})[:MOST_EVENTS]
    context = {
        "order": order,
        "customer": order.customer,
        "prices": _list_shown(order, list(list_prices(order)[:MOST_PRICES]), today),
        "replaces": list_replaced_orders(order)[:MOST_PRICES],
        "adjustments": [
            ShownAdjustment(each, each.until_on is not None and each.until_on < today)
            for each in list_adjustments_of(order)[:MOST_ADJUSTMENTS]
        ],
        "events": tell(entries, provider),
        "begins_later": order.from_date > today,
        "ends_later": order.status != Order.Status.TERMINATED and order.to_date is not None,
    }
    return render(request, "orders/order.html", context)


def _list_shown(order: Order, prices: list[OrderPrice], today: date) -> list[ShownPrice]:
    """One price for each day on which one began, newest first; of several for a day, the last recorded."""
    shown: list[ShownPrice] = []
    has_holding = False
    for price in prices:
        if shown and shown[-1].effective_from == price.effective_from:
            continue
        if price.effective_from > max(today, order.from_date):
            state = "planned"
        else:
            state = "past" if has_holding else "holds"
            has_holding = True
        shown.append(ShownPrice(price.effective_from, price.price_minor, state))
    return shown
