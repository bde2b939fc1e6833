"""The columns of the list of payments."""

from makegood.web.frame.list_columns import (
    DayColumn,
    LinkColumn,
    ListTable,
    MomentColumn,
    MoneyColumn,
    StatusColumn,
    TextColumn,
)


class PaymentTable(ListTable):
    """Names of columns are what `sort` takes in the address."""

    own_order = "-payment"
    fixed = ("payment", "customer")
    hidden = ("gl_code", "booked", "recorded")

    payment = LinkColumn("payment", verbose_name="Payment", accessor="pk", order_by=("pk",))
    customer = LinkColumn(
        "customer", key="customer_id", verbose_name="Customer", accessor="customer__number", orderable=False
    )
    name = TextColumn(verbose_name="Name", accessor="customer__name", orderable=False)
    received = DayColumn(verbose_name="Received", accessor="received_on", order_by=("received_on", "pk"))
    amount = MoneyColumn(verbose_name="Amount", accessor="amount_minor")
    allocated = MoneyColumn(verbose_name="On invoices", accessor="allocated_minor", orderable=False)
    method = TextColumn(verbose_name="Method", accessor="get_method_display", orderable=False)
    state = StatusColumn(verbose_name="State", orderable=False)
    reference = TextColumn(verbose_name="Reference", orderable=False)
    gl_code = TextColumn(verbose_name="GL code", accessor="gl_code__code", orderable=False)
    by = TextColumn(verbose_name="Recorded by", accessor="created_by", orderable=False)
    booked = DayColumn(verbose_name="Booked", accessor="booked_on", orderable=False)
    recorded = MomentColumn(verbose_name="Recorded", accessor="created_at", order_by=("pk",))
