"""The columns of the list of payments, and of the failed ones."""

from makegood.web.frame.list_columns import (
    CountColumn,
    DayColumn,
    LinkColumn,
    ListTable,
    MomentColumn,
    MoneyColumn,
    StatusColumn,
    TextColumn,
)
from makegood.web.payments.columns import ActionsColumn, InvoicesColumn, MethodColumn, ReceivedColumn, WhyColumn


class PaymentTable(ListTable):
    """Names of columns are what `sort` takes in the address."""

    own_order = "-payment"
    fixed = ("payment", "customer")
    hidden = ("why", "gl_code", "booked", "recorded", "refunded", "returned", "gateway_reference", "collect_day")

    payment = LinkColumn("payment", verbose_name="Payment", accessor="pk", order_by=("pk",))
    customer = LinkColumn(
        "customer", key="customer_id", verbose_name="Customer", accessor="customer__number", orderable=False
    )
    name = TextColumn(verbose_name="Name", accessor="customer__name", orderable=False)
    received = ReceivedColumn(verbose_name="Received", accessor="received_on", order_by=("received_on", "pk"))
    amount = MoneyColumn(verbose_name="Amount", accessor="amount_minor")
    state = StatusColumn(verbose_name="State", orderable=False)
    why = WhyColumn(verbose_name="Why it failed", accessor="failure_code", orderable=False)
    allocated = MoneyColumn(verbose_name="On invoices", accessor="allocated_minor", orderable=False)
    refunded = MoneyColumn(verbose_name="Refunded", accessor="refunded_minor", orderable=False)
    returned = MoneyColumn(verbose_name="Returned", accessor="returned_minor", orderable=False)
    method = MethodColumn(verbose_name="Method", accessor="get_method_display", orderable=False)
    purpose = TextColumn(verbose_name="Purpose", accessor="get_purpose_display", orderable=False)
    reference = TextColumn(verbose_name="Reference", orderable=False)
    gateway_reference = TextColumn(verbose_name="Processor's reference", orderable=False)
    gl_code = TextColumn(verbose_name="GL code", accessor="gl_code__code", orderable=False)
    by = TextColumn(verbose_name="Recorded by", accessor="created_by", orderable=False)
    collect_day = DayColumn(verbose_name="Autopay's day", orderable=False)
    booked = DayColumn(verbose_name="Booked", accessor="booked_on", orderable=False)
    recorded = MomentColumn(verbose_name="Asked or recorded", accessor="created_at", order_by=("pk",))


class FailedPaymentTable(ListTable):
    """Names of columns are what `sort` takes in the address."""

    own_order = "-payment"
    fixed = ("payment", "customer")
    hidden = ("amount", "method", "failed", "email", "code")

    payment = LinkColumn("payment", verbose_name="Payment", accessor="pk", order_by=("pk",))
    customer = LinkColumn(
        "customer", key="customer_id", verbose_name="Customer", accessor="customer__number", orderable=False
    )
    name = TextColumn(verbose_name="Name", accessor="customer__name", orderable=False)
    owed = MoneyColumn(verbose_name="Still owed", accessor="owed_minor", orderable=False)
    invoices = InvoicesColumn(verbose_name="Invoices", accessor="still_owed", orderable=False)
    next_try = DayColumn(
        verbose_name="Next try", accessor="next_try_on", order_by=("next_try_on", "pk"), default="left to a person"
    )
    why = WhyColumn(verbose_name="Why it failed", accessor="failure_code", orderable=False)
    tries = CountColumn(verbose_name="Tries", orderable=False)
    amount = MoneyColumn(verbose_name="Amount", accessor="amount_minor")
    method = MethodColumn(verbose_name="Method", accessor="get_method_display", orderable=False)
    failed = MomentColumn(verbose_name="Failed", accessor="settled_at", orderable=False)
    email = TextColumn(verbose_name="E-mail address", accessor="customer__email", orderable=False)
    code = TextColumn(verbose_name="Processor's word", accessor="failure_code", orderable=False)


class FailedPaymentWorkTable(FailedPaymentTable):
    """The same for a person who may do something about them."""

    work = ActionsColumn(verbose_name="What to do", accessor="pk", orderable=False)

    class Meta:
        sequence = ("payment", "customer", "name", "owed", "invoices", "next_try", "work", "...")
