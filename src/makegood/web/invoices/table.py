"""The columns of the Invoice List."""

from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from makegood.invoices.models import Invoice
from makegood.invoices.rules import is_left_to_people
from makegood.web.frame.list_columns import (
    DayColumn,
    LinkColumn,
    ListColumn,
    ListTable,
    MoneyColumn,
    StatusColumn,
    TextColumn,
    YesNoColumn,
)
from makegood.web.templatetags.frame import day


class InvoiceColumn(LinkColumn):
    """An invoice by its number; a draft, which has none, by that word."""

    empty_values = ()

    def render(self, value: object, record: Invoice) -> SafeString:  # type: ignore[override]  # what a column is given
        return super().render(record.number or "Draft", record)


class PeriodColumn(ListColumn):
    """The days that an invoice is for."""

    def render(self, value: object, record: Invoice) -> SafeString:
        first, last = record.period_from, record.period_to
        if first.year != last.year:
            return format_html("{} to {}", day(first), day(last))
        return format_html(
            '<time datetime="{}">{}</time> to {}', first.isoformat(), date_format(first, "M j"), day(last)
        )

    def to_cell(self, name: str, record: Any, provider: Any) -> object:
        return f"{record.period_from.isoformat()} to {record.period_to.isoformat()}"


class LeftColumn(MoneyColumn):
    """What is left to pay; of a draft nothing is."""

    def find_value(self, name: str, record: Invoice) -> Any:
        return None if record.number is None else record.due_minor

    def render(self, value: int, record: Invoice, table: ListTable) -> SafeString:  # type: ignore[override]  # likewise
        return super().render(value, table) if record.number is not None else mark_safe("")


class CollectedColumn(StatusColumn):
    """The state, with what stands in the way of collecting the invoice by itself."""

    def render(self, value: str, record: Invoice, bound_column: Any) -> SafeString:
        state = super().render(value, record, bound_column)
        if record.in_flight_minor:
            return format_html('<span class="marks">{} <span class="mark">on its way</span></span>', state)
        if is_left_to_people(state=record.state, by_hand=record.by_hand):
            return format_html('<span class="marks">{} <span class="mark">by hand</span></span>', state)
        return state


class ByHandColumn(YesNoColumn):
    """Whether people collect it; nobody collects what is not owed any more."""

    def find_value(self, name: str, record: Invoice) -> bool:
        return is_left_to_people(state=record.state, by_hand=record.by_hand)

    def render(self, record: Invoice) -> SafeString:  # type: ignore[override]  # what a column is given
        return super().render(self.find_value("by_hand", record))


class InvoiceTable(ListTable):
    """Names of columns are what `sort` takes in the address. Issued goes by number: they are given in that order."""

    own_order = "-number"
    fixed = ("number", "customer")
    hidden = ("kind", "collect", "late", "in_flight", "by_hand", "run")

    number = InvoiceColumn("invoice", verbose_name="Invoice", accessor="number", order_by=("number", "pk"))
    customer = LinkColumn(
        "customer", key="customer_id", verbose_name="Customer", accessor="customer__number", orderable=False
    )
    name = TextColumn(verbose_name="Name", accessor="customer__name", orderable=False)
    state = CollectedColumn(verbose_name="State", orderable=False)
    kind = TextColumn(verbose_name="Kind", accessor="get_kind_display", orderable=False)
    period = PeriodColumn(verbose_name="Period", accessor="period_from", orderable=False)
    issued = DayColumn(verbose_name="Issued", accessor="issued_on", order_by=("number", "pk"))
    due = DayColumn(verbose_name="Due", accessor="due_on")
    collect = DayColumn(verbose_name="Collect on", accessor="collect_on")
    late = DayColumn(verbose_name="Became Late", accessor="late_on", orderable=False)
    total = MoneyColumn(verbose_name="Total", accessor="total_minor")
    used = MoneyColumn(verbose_name="Available Funds used", accessor="used_minor")
    paid = MoneyColumn(verbose_name="Paid", accessor="paid_minor")
    left = LeftColumn(verbose_name="Left to pay", accessor="due_minor")
    in_flight = MoneyColumn(verbose_name="On its way", accessor="in_flight_minor", orderable=False)
    by_hand = ByHandColumn(verbose_name="Collected by hand", orderable=False)
    run = LinkColumn("run", key="run_row__run_id", verbose_name="Run", accessor="run_row__run_id", orderable=False)
