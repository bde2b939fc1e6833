"""The columns of the Customer List, on the page and in the file."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from makegood.customers.models import Customer
from makegood.payments.method_rules import HasMethod
from makegood.payments.selectors_methods import read_has_method
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from makegood.web.frame.list_columns import (
    CountColumn,
    LinkColumn,
    ListColumn,
    ListTable,
    MoneyColumn,
    StatusColumn,
    TextColumn,
    YesNoColumn,
)

# The same order, but for the figures' own keys, by which they are indexed together with the provider.
BY_FIGURES = "figures__customer_id"
BY_BALANCE = "balance__customer_id"


class MethodColumn(ListColumn):
    """Whether the customer has a payment method that autopay can charge, and whether it can be used."""

    empty_values = ()

    def render(self, value: object, record: Customer, table: ListTable) -> SafeString:
        has = self._read(record, table.provider)
        return format_html('<span class="{}">{}</span>', _CLASSES[has], has.label)

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        return str(self._read(record, provider).label)

    def _read(self, record: Any, provider: Provider) -> HasMethod:
        return read_has_method(record.default_method, today_of(provider))


_CLASSES = {
    HasMethod.YES: "",
    HasMethod.EXPIRING: "badge badge-expiring",
    HasMethod.EXPIRED: "badge badge-expired",
    HasMethod.HELD: "badge badge-expired",
    HasMethod.NO: "faint",
}


class CustomerTable(ListTable):
    """Names of columns are those of the filters, and what `sort` takes in the address."""

    own_order = "number"
    fixed = ("name",)
    hidden = ("method",)
    figures_of = ("figures", "balance")

    number = LinkColumn("customer", verbose_name="Number", order_by=("number",))
    name = LinkColumn("customer", verbose_name="Name", order_by=("name", "pk"))
    area = TextColumn(verbose_name="Area", accessor="areas", orderable=False)
    type = TextColumn(verbose_name="Type", accessor="get_customer_type_display", order_by=("customer_type", "number"))
    status = StatusColumn(verbose_name="Status", order_by=("status", "number"))
    orders = CountColumn(
        verbose_name="Active orders", accessor="figures__active_orders", order_by=("figures__active_orders", BY_FIGURES)
    )
    price = MoneyColumn(
        verbose_name="Monthly price",
        accessor="figures__monthly_price_minor",
        order_by=("figures__monthly_price_minor", BY_FIGURES),
    )
    funds = MoneyColumn(
        verbose_name="Available Funds", accessor="balance__funds_minor", order_by=("balance__funds_minor", BY_BALANCE)
    )
    due = MoneyColumn(
        verbose_name="Amount due",
        accessor="balance__receivable_minor",
        order_by=("balance__receivable_minor", BY_BALANCE),
    )
    autopay = YesNoColumn(verbose_name="Autopay", order_by=("autopay", "number"))
    method = MethodColumn(verbose_name="Payment method", accessor="default_method", orderable=False)
    email = YesNoColumn(verbose_name="E-mail", order_by=("email", "number"))
