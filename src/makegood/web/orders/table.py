"""The columns of the Order List, on the page and in the file."""

from makegood.web.frame.list_columns import DayColumn, LinkColumn, ListTable, MoneyColumn, StatusColumn, TextColumn


class OrderTable(ListTable):
    """Names of columns are those of the filters, and what `sort` takes in the address."""

    own_order = "number"
    fixed = ("number",)
    hidden = ("suspended",)
    figures_of = ("customer", "service")

    number = LinkColumn("order", verbose_name="Order", order_by=("number",))
    customer = LinkColumn(
        "customer",
        key="customer_id",
        verbose_name="Customer",
        accessor="customer__number",
        order_by=("customer__number", "number"),
    )
    name = TextColumn(verbose_name="Name", accessor="customer__name", order_by=("customer__name", "number"))
    service = TextColumn(verbose_name="Service", accessor="service__name", order_by=("service__name", "number"))
    area = TextColumn(verbose_name="Area", order_by=("area", "number"))
    street = TextColumn(verbose_name="Street", order_by=("street", "number"))
    status = StatusColumn(verbose_name="Status", order_by=("status", "number"))
    price = MoneyColumn(verbose_name="Monthly price", accessor="price_minor", order_by=("price_minor", "number"))
    starts = DayColumn(verbose_name="From", accessor="from_date", order_by=("from_date", "number"))
    ends = DayColumn(verbose_name="To", accessor="to_date", order_by=("to_date", "number"))
    suspended = DayColumn(verbose_name="Suspended for late payment", accessor="suspended_late_on", orderable=False)
