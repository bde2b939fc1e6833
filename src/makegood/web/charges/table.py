"""The columns of the list of charges, and of the customers of runs that make and cancel them."""

from typing import Any

from makegood.invoices.models import Charge
from makegood.runs.models import Run
from makegood.web.frame.list_columns import (
    DayColumn,
    LinkColumn,
    ListTable,
    MoneyColumn,
    StatusColumn,
    TextColumn,
)
from makegood.web.runs.table import OutcomeColumn, ReasonColumn


class ChargeStateColumn(StatusColumn):
    """Where a charge stands, in a word: what it waits for is the same for all."""

    def _words(self, path: str, record: Any, value: str) -> str:
        return "Waiting" if value == Charge.State.WAITING else super()._words(path, record, value)


class ChargeTable(ListTable):
    """Names of columns are what `sort` takes in the address."""

    own_order = "-charge"
    fixed = ("charge", "customer")

    charge = LinkColumn("charge", verbose_name="Charge", accessor="pk", order_by=("pk",))
    customer = LinkColumn(
        "customer", key="customer_id", verbose_name="Customer", accessor="customer__number", orderable=False
    )
    name = TextColumn(verbose_name="Name", accessor="customer__name", orderable=False)
    description = TextColumn(verbose_name="Description", orderable=False)
    state = ChargeStateColumn(verbose_name="State", orderable=False)
    amount = MoneyColumn(verbose_name="Amount", accessor="amount_minor", order_by=("amount_minor", "pk"))
    gl_code = TextColumn(verbose_name="GL code", accessor="gl_code__code", orderable=False)
    order = LinkColumn("order", key="order_id", verbose_name="Order", accessor="order__number", orderable=False)
    charged = DayColumn(verbose_name="Added", accessor="charged_on", orderable=False)
    by = TextColumn(verbose_name="Added by", accessor="created_by", orderable=False, default="Makegood")
    run = LinkColumn("run", key="run_row__run_id", verbose_name="Run", accessor="run_row__run_id", orderable=False)


class ChargeRowTable(ListTable):
    """The customers of a charge run, in the order in which they are dealt with."""

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
    charge = LinkColumn("charge", key="charge__pk", verbose_name="Charge", accessor="charge__pk", orderable=False)


class ChargeRowOfCustomersTable(ChargeRowTable):
    """Where each customer has one row, there is no order to show."""

    class Meta:
        exclude = ("order",)


class CancelledRowTable(ChargeRowTable):
    """The charges that a cancellation is about, of customers or of their orders."""

    charge = LinkColumn(
        "charge",
        key="reverses_row__charge__pk",
        verbose_name="Charge",
        accessor="reverses_row__charge__pk",
        orderable=False,
    )


class CancelledRowOfCustomersTable(CancelledRowTable):
    """Where each customer has one row, there is no order to show."""

    class Meta:
        exclude = ("order",)


def charge_row_table(run: Run) -> type[ChargeRowTable]:
    """The columns of a charge run."""
    return ChargeRowTable if run.unit == Run.Unit.ORDER else ChargeRowOfCustomersTable


def cancelled_row_table(run: Run) -> type[CancelledRowTable]:
    """The columns of a cancellation."""
    return CancelledRowTable if run.unit == Run.Unit.ORDER else CancelledRowOfCustomersTable
