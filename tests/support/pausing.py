"""People who suspend, resume and end orders, on days of a test's own choice; and days that pass."""

from datetime import date

import pytest

from makegood.customers.selectors import get_customer
from makegood.customers.services import edit_customer
from makegood.invoices.selectors import list_lines
from makegood.invoices.services.pass_over import pass_over_periods
from makegood.kit.refusal import Refused
from makegood.orders.models import OrderPause
from makegood.orders.services.order_status import resume_order, suspend_order, terminate_order
from makegood.providers.models import Provider
from makegood.runs.chunked import work_through
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    draft_invoices,
    invoice_of,
    issue_invoices,
    on_day,
    order_of,
)
from tests.support.records import add_order

Line = tuple[str, int, date | None, date | None]


def january(day: int) -> date:
    return date(2026, 1, day)


def add_second_order(provider: Provider) -> str:
    """C1-2 at 31.00, begun on January 10, of which nothing is billed; beside an order that is billed for January."""
    customer = add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    with on_day(january(10)):
        add_order(customer, "C1-2", price_minor=3100, from_date=january(10))
    return "C1-2"


def lines_of_order(provider: Provider, number: str) -> list[Line]:
    """What the customer's newest invoice says of an order."""
    lines = list_lines(invoice_of(provider)).filter(order__number=number)
    return list(lines.values_list("kind", "amount_minor", "from_on", "to_on"))


def suspend(provider: Provider, day: date, number: str = "C1-1") -> None:
    with on_day(day):
        suspend_order(order=order_of(provider, number), staff_id=None)


def resume(provider: Provider, day: date, number: str = "C1-1") -> None:
    with on_day(day):
        resume_order(order=order_of(provider, number), staff_id=None)


def terminate(provider: Provider, day: date, to_date: date, number: str = "C1-1") -> None:
    with on_day(day):
        terminate_order(order=order_of(provider, number), to_date=to_date, staff_id=None)


def let_pass(provider: Provider, day: date) -> int:
    """How many customers of whom something passes on the day."""
    with on_day(day):
        return work_through(lambda after: pass_over_periods(provider=provider, day=day, after=after, limit=2)).customers


def switch_billing(provider: Provider, day: date, *, on: bool) -> None:
    with on_day(day):
        edit_customer(customer=get_customer(provider, "C1"), billing_enabled=on, staff_id=None)


def pauses_of(provider: Provider, number: str = "C1-1") -> list[tuple[date, date | None]]:
    """The first day of each pause of an order, and the first day after it."""
    pauses = OrderPause.objects.filter(provider=provider, order__number=number).order_by("from_on")
    return list(pauses.values_list("from_on", "until"))


def require_nobody_due(provider: Provider, day: date) -> None:
    with pytest.raises(Refused) as refused:
        draft_invoices(provider, day)
    assert refused.value.code == "nobody_due"
