"""The columns of the Customer List, on the page and in the file."""

from makegood.web.frame.list_columns import (
    CountColumn,
    LinkColumn,
    ListTable,
    MoneyColumn,
    StatusColumn,
    TextColumn,
    YesNoColumn,
)

# The same order, but for the figures' own keys, by which they are indexed together with the provider.
BY_FIGURES = "figures__customer_id"
BY_BALANCE = "balance__customer_id"


class CustomerTable(ListTable):
    """Names of columns are those of the filters, and what `sort` takes in the address."""

    own_order = "number"
    fixed = ("name",)
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
    email = YesNoColumn(verbose_name="E-mail", order_by=("email", "number"))
