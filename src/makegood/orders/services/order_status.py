"""What becomes of an order: suspended, resumed, terminated; and what a day brings by itself."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Case, F, When

from makegood.audit.services import record
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import compose_sql, count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction, opens_transaction
from makegood.ledger.locks import lock_balances, lock_customers
from makegood.orders.models import Order
from makegood.orders.rules import require_end
from makegood.orders.services.activation import set_first_day
from makegood.orders.services.add_order import record_order
from makegood.orders.services.figures import refresh_customer_figures
from makegood.orders.services.pauses import follow_status
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider

ORDERS_AT_ONCE = 1_000
LAST_CUSTOMER = 2**62
"""Beyond every customer."""
IS_PENDING = Case(When(status=Order.Status.PENDING, then=True), default=False)
"""For updates that terminate many orders: whether each never began."""


def set_order_status(*, order: Order, status: str, from_date: date | None = None, staff_id: int | None) -> None:
    """Suspends, activates or terminates an order; a termination ends it today. Opens a transaction.

    from_date: as for `resume_order`. Refused for an unknown status, for a first day of what is not made active, and
    for a terminated order, which stays terminated. The status it has stays too.
    """
    if status not in Order.Status.values:
        raise Refused("status_unknown", f"The status is one of {', '.join(Order.Status.values)}.", "status")
    if status == Order.Status.ACTIVE:
        _activate(order, from_date, staff_id)
        return
    if from_date is not None:
        raise Refused("not_made_active", "Only an order that is made active gets a first day.", "from_date")
    with transaction.atomic():
        lock_order(order)
        _require_open(order)
        if order.status == status:
            return
        before = order.status
        order.status = status
        if status == Order.Status.TERMINATED:
            order.to_date = max(order.from_date, today_of(order.provider))
            order.never_began = before == Order.Status.PENDING
        _save_status(order, f"order.{status}", staff_id, {"before": before})


def suspend_order(*, order: Order, staff_id: int | None) -> None:
    """Suspends an active order: it does not count as active, and can be resumed. Opens a transaction.

    Refused for an order that is pending or terminated; suspended stays suspended.
    """
    with transaction.atomic():
        lock_order(order)
        _require_open(order)
        if order.status == Order.Status.PENDING:
            raise Refused("order_pending", f"Order {order.number} is pending; only an active order can be suspended.")
        if order.status == Order.Status.ACTIVE:
            order.status = Order.Status.SUSPENDED
            _save_status(order, "order.suspended", staff_id, {"before": "active"})


def resume_order(*, order: Order, from_date: date | None = None, staff_id: int | None) -> None:
    """Makes a suspended or pending order active. Opens a transaction. Active stays active.

    from_date: the first day of an order that was pending from the beginning; today unless a person names an earlier
    one. It is billed from that day on. Refused for a terminated order, one that begins later than today, and a first
    day that cannot be (`activation.set_first_day`).
    """
    _activate(order, from_date, staff_id)


def terminate_order(*, order: Order, to_date: date, replaced_by: Order | None = None, staff_id: int | None) -> None:
    """Terminates an order with its last day: at once, or, if that is a later day, once it has passed.

    Opens a transaction. A pending order is terminated at once. Refused for a day before the order begins, for a
    terminated order (unless it ended on that day), and for a successor that is not another order of the customer.
    """
    with transaction.atomic():
        lock_order(order)
        _require_successor(order, replaced_by)
        if order.status == Order.Status.TERMINATED and order.to_date == to_date:
            return
        _require_open(order)
        require_end(to_date=to_date, from_date=order.from_date)
        later = to_date > today_of(order.provider) and order.status != Order.Status.PENDING
        before = order.status
        order.to_date = to_date
        order.replaced_by = replaced_by
        if not later:
            order.status = Order.Status.TERMINATED
            order.never_began = before == Order.Status.PENDING
        action = "order.end_planned" if later else "order.terminated"
        _save_status(order, action, staff_id, {"before": before, "to_date": to_date.isoformat()})


def keep_order(*, order: Order, staff_id: int | None) -> None:
    """Takes back an end that is planned and has not come: the order goes on. Opens a transaction.

    Refused for a terminated order; nothing happens where no end is planned.
    """
    with transaction.atomic():
        lock_order(order)
        _require_open(order)
        if order.to_date is not None:
            order.to_date = order.replaced_by = None
            _save_status(order, "order.end_taken_back", staff_id, {})


def set_replaced_by(*, order: Order, replaced_by: Order | None, staff_id: int | None) -> None:
    """Says which order came in place of one that has ended or will end. Opens a transaction.

    Refused for a successor that is not another order of the customer.
    """
    with transaction.atomic():
        lock_order(order)
        _require_successor(order, replaced_by)
        successor_id = replaced_by.pk if replaced_by else None
        if order.replaced_by_id != successor_id:
            order.replaced_by = replaced_by
            order.updated_at = now()
            order.save(update_fields=["replaced_by", "updated_at"])
            detail = {"replaced_by": replaced_by.number} if replaced_by else {}
            record_order(order, "order.replaced", staff_id, detail)


def begin_day(provider: Provider) -> int:
    """Carries out what the provider's day brings to orders: ends whose day has passed, prices that begin.

    Opens a transaction for each batch. Returns how many orders changed. Done twice it changes nothing more.
    All orders are looked over once, and again only if the day ends meanwhile.
    """
    changed = 0
    looked_over: date | None = None
    while looked_over != (today := today_of(provider)):
        looked_over = today
        after = 0
        for upto in _list_batches(provider, today):
            changed += _begin_for(provider, after, upto)
            after = upto
    return changed


def take_up_prices(*, order_ids: Sequence[int], today: date, at: datetime) -> int:
    """Sets the monthly price of orders to the newest that has begun; returns how many changed.

    Demands a transaction.
    """
    demand_transaction()
    parameters = {"orders": list(order_ids), "today": today, "at": at}
    return count_changed(load_sql(__package__, "take_up_prices"), parameters)


def lock_order(order: Order) -> None:
    """Takes the lock of the order's customer and reads the order as it is under it. Demands a transaction."""
    lock_customers(order.provider_id, [order.customer_id])
    order.refresh_from_db()


def _list_batches(provider: Provider, today: date) -> list[int]:
    """The last customer of each batch of orders that the day brings a change to; what they are is found anew in it."""
    statement = compose_sql(
        load_sql(__package__, "cut_due_orders"), due=compose_sql(load_sql(__package__, "find_due_orders"))
    )
    everybody = {"provider": provider.pk, "after": 0, "upto": LAST_CUSTOMER}
    found = run_sql(statement, {**everybody, "today": today, "at_once": ORDERS_AT_ONCE})
    return [row["upto"] for row in found]


def _begin_for(provider: Provider, after: int, upto: int) -> int:
    """What the day brings to the orders of the customers after one up to another, in a transaction of its own."""
    with opens_transaction():
        # Asked inside: a day may end while many orders are worked.
        today = today_of(provider)
        due = run_sql(
            load_sql(__package__, "find_due_orders"),
            {"provider": provider.pk, "today": today, "after": after, "upto": upto},
        )
        if not due:
            return 0
        customer_ids = sorted({row["customer_id"] for row in due})
        lock_balances(provider.pk, customer_ids)
        order_ids = [row["id"] for row in due]
        ended = _end(provider, order_ids, today)
        priced = take_up_prices(order_ids=order_ids, today=today, at=now())
        refresh_customer_figures(provider_id=provider.pk, customer_ids=customer_ids)
        if ended or priced:
            _record_day(provider, today, ended, priced)
    return len(due)


def _end(provider: Provider, order_ids: Sequence[int], today: date) -> int:
    orders = Order.objects.filter(provider=provider, pk__in=order_ids, to_date__lt=today)
    ended = orders.exclude(status=Order.Status.TERMINATED).exclude(to_date__lt=F("from_date"))
    return ended.update(
        status=Order.Status.TERMINATED, never_began=IS_PENDING, suspended_late_on=None, updated_at=now()
    )


def _record_day(provider: Provider, today: date, ended: int, priced: int) -> None:
    record(
        provider_id=provider.pk,
        staff_id=None,
        action="orders.day_begun",
        subject_type="provider",
        subject_id=provider.pk,
        detail={"day": today.isoformat(), "orders_ended": ended, "prices_begun": priced},
    )


def _activate(order: Order, from_date: date | None, staff_id: int | None) -> None:
    with transaction.atomic():
        lock_order(order)
        _require_open(order)
        noted = set_first_day(order, from_date)
        if order.from_date > today_of(order.provider):
            raise Refused("begins_later", f"Order {order.number} begins on {order.from_date:%Y-%m-%d}, not before.")
        if order.status != Order.Status.ACTIVE:
            before, order.status = order.status, Order.Status.ACTIVE
            _save_status(order, "order.active", staff_id, {"before": before, **noted})


def _require_open(order: Order) -> None:
    if order.status == Order.Status.TERMINATED:
        raise Refused("order_terminated", f"Order {order.number} is terminated and stays so.", "status")


def _require_successor(order: Order, replaced_by: Order | None) -> None:
    if replaced_by is None:
        return
    same_customer = replaced_by.provider_id == order.provider_id and replaced_by.customer_id == order.customer_id
    if not same_customer or replaced_by.pk == order.pk:
        raise Refused("successor_unknown", "Choose another order of the same customer.", "replaced_by")


def _save_status(order: Order, action: str, staff_id: int | None, detail: dict[str, str]) -> None:
    order.updated_at = now()
    if detail.get("before", order.status) != order.status:
        follow_status(order, before=detail["before"])
    if order.suspended_late_on is not None and order.status != Order.Status.SUSPENDED:
        # Whoever does this by hand knows that the customer is late.
        order.suspended_late_on, order.resumed_late_on = None, today_of(order.provider)
    dates = ["from_date", "to_date", "suspended_late_on", "resumed_late_on", "updated_at"]
    order.save(update_fields=["status", "replaced_by", "never_began", *dates])
    refresh_customer_figures(provider_id=order.provider_id, customer_ids=[order.customer_id])
    record_order(order, action, staff_id, detail)
