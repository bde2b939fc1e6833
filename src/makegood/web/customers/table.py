"""The columns of the Customer List, on the page and in the file."""

from makegood.customers.models import Customer
from makegood.kit.money import decimal_string
from makegood.providers.models import Provider
from makegood.web.frame.csv_answer import guard_text
from makegood.web.frame.list_columns import CountColumn, ListTable, MoneyColumn, StatusColumn, TextColumn, YesNoColumn

# The same order, but for the figures' own keys, by which they are indexed together with the provider.
BY_FIGURES = "figures__customer_id"
BY_BALANCE = "balance__customer_id"


class CustomerTable(ListTable):
    """Names of columns are those of the filters, and what `sort` takes in the address."""

    own_order = "number"

    number = TextColumn(verbose_name="Number", order_by=("number",))
    name = TextColumn(verbose_name="Name", order_by=("name", "pk"))
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


def export_header(provider: Provider) -> list[str]:
    """The heads of the exported file; amounts name their currency once, here."""
    columns = CustomerTable.base_columns.items()
    money = f" ({provider.currency})"
    return [f"{column.verbose_name}{money * isinstance(column, MoneyColumn)}" for _, column in columns]


def export_row(customer: Customer, provider: Provider) -> list[object]:
    """One customer's cells: amounts as plain decimals, text guarded against being taken for a formula."""
    digits = provider.currency_digits
    return [
        guard_text(customer.number),
        guard_text(customer.name),
        guard_text(getattr(customer, "areas", None) or ""),
        customer.get_customer_type_display(),
        customer.get_status_display(),
        customer.figures.active_orders,
        decimal_string(customer.figures.monthly_price_minor, digits),
        decimal_string(customer.balance.funds_minor, digits),
        decimal_string(customer.balance.receivable_minor, digits),
        _yes_no(customer.autopay),
        _yes_no(customer.email),
    ]


def _yes_no(value: object) -> str:
    return "Yes" if value else "No"
