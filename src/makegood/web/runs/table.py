"""The columns of the list of runs and of the customers of a run."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from makegood.runs.kinds import get_kind
from makegood.runs.models import Run, RunRow
from makegood.runs.outcomes import Category, get_outcome
from makegood.runs.rules import State
from makegood.runs.selectors import outcome_code
from makegood.web.frame.list_columns import (
    CountColumn,
    LinkColumn,
    ListColumn,
    ListTable,
    MomentColumn,
    MoneyColumn,
    StatusColumn,
    TextColumn,
)
from makegood.web.runs.shown_kinds import get_shown


class KindColumn(TextColumn):
    """What kind of run it is, as people call it."""

    def find_value(self, name: str, record: Any) -> Any:
        return get_kind(record.kind).noun.capitalize()

    def render(self, value: object, record: Any) -> SafeString:  # type: ignore[override]  # what a column is given
        return super().render(self.find_value("kind", record))


class WhatColumn(TextColumn):
    """What a run is for."""

    def find_value(self, name: str, record: Any) -> Any:
        return get_shown(record.kind).describe(record)

    def render(self, value: object, record: Any) -> SafeString:  # type: ignore[override]  # what a column is given
        return super().render(self.find_value("what", record))


class AskedByColumn(TextColumn):
    """Who asked for a run; what nobody asked for is the work of a day."""

    def find_value(self, name: str, record: Any) -> Any:
        return record.created_by or "Makegood"

    def render(self, value: object, record: Any) -> SafeString:  # type: ignore[override]  # what a column is given
        return super().render(self.find_value("by", record))


class TotalColumn(MoneyColumn):
    """What was booked; of a draft, what would be."""

    def find_value(self, name: str, record: Any) -> Any:
        return record.total_minor if record.state in (State.PREPARING, State.DRAFT) else record.booked_minor

    def render(self, value: int, record: Any, table: ListTable) -> SafeString:  # type: ignore[override]  # likewise
        return super().render(self.find_value("total", record), table)


class RunTable(ListTable):
    """Names of columns are what `sort` takes in the address."""

    own_order = "-run"
    fixed = ("run",)

    run = LinkColumn("run", verbose_name="Run", accessor="pk", order_by=("pk",))
    kind = KindColumn(verbose_name="Kind", orderable=False)
    what = WhatColumn(verbose_name="What for", accessor="pk", orderable=False)
    state = StatusColumn(verbose_name="State", orderable=False)
    customers = CountColumn(verbose_name="Customers", accessor="customers_selected", orderable=False)
    done = CountColumn(verbose_name="Done", accessor="rows_done", orderable=False)
    skipped = CountColumn(verbose_name="Skipped", accessor="rows_skipped", orderable=False)
    failed = CountColumn(verbose_name="Failed", accessor="rows_failed", orderable=False)
    total = TotalColumn(verbose_name="Total", accessor="booked_minor", order_by=("total_minor", "pk"))
    by = AskedByColumn(verbose_name="Asked for by", accessor="created_by", empty_values=(), orderable=False)
    asked = MomentColumn(verbose_name="Asked for", accessor="created_at", order_by=("pk",))


class OutcomeColumn(ListColumn):
    """What became of a row, as a badge; *done* and *waiting* included, which are not written to the row."""

    def find_value(self, name: str, record: RunRow) -> Any:
        return get_outcome(outcome_code(record.run, record)).words

    def render(self, value: object, record: RunRow) -> SafeString:
        outcome = get_outcome(outcome_code(record.run, record))
        badge = "credited" if outcome.category is Category.DONE else outcome.category.value
        return format_html('<span class="badge badge-{}">{}</span>', badge, outcome.words.capitalize())


class ReasonColumn(TextColumn):
    """The outcome in a sentence; nothing where all went well."""

    def find_value(self, name: str, record: RunRow) -> Any:
        outcome = get_outcome(outcome_code(record.run, record))
        return "" if outcome.category is Category.DONE else outcome.sentence

    def render(self, value: object, record: RunRow) -> SafeString:  # type: ignore[override]  # what a column is given
        return super().render(self.find_value("reason", record))


class RowTable(ListTable):
    """The customers of a run, in the order in which they are dealt with."""

    own_order = "number"
    fixed = ("number",)

    number = LinkColumn(
        "customer",
        key="customer_id",
        verbose_name="Customer",
        accessor="customer__number",
        order_by=("customer_id", "order_id"),
    )
    name = TextColumn(verbose_name="Name", accessor="customer__name", orderable=False)
    order = LinkColumn("order", key="order_id", verbose_name="Order", accessor="order__number", orderable=False)
    amount = MoneyColumn(verbose_name="Amount", accessor="amount_minor", orderable=False)
    outcome = OutcomeColumn(verbose_name="Outcome", accessor="pk", orderable=False)
    reason = ReasonColumn(verbose_name="Reason", accessor="pk", orderable=False)
    credit = LinkColumn("credit", key="credit__pk", verbose_name="Credit", accessor="credit__pk", orderable=False)


class RowOfCustomersTable(RowTable):
    """Where each customer has one row, there is no order to show."""

    class Meta:
        exclude = ("order",)


class TakeBackTable(RowTable):
    """The credits that a take-back is about, of customers or of their orders."""

    credit = LinkColumn(
        "credit",
        key="reverses_row__credit__pk",
        verbose_name="Credit",
        accessor="reverses_row__credit__pk",
        orderable=False,
    )


class TakeBackOfCustomersTable(TakeBackTable):
    """Where each customer has one row, there is no order to show."""

    class Meta:
        exclude = ("order",)


def credit_row_table(run: Run) -> type[RowTable]:
    """The columns of a credit run."""
    return RowTable if run.unit == Run.Unit.ORDER else RowOfCustomersTable


def take_back_row_table(run: Run) -> type[RowTable]:
    """The columns of a take-back."""
    return TakeBackTable if run.unit == Run.Unit.ORDER else TakeBackOfCustomersTable
