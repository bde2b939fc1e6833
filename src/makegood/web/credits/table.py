"""The columns of the list of credits."""

from makegood.web.frame.list_columns import DayColumn, LinkColumn, ListTable, MomentColumn, MoneyColumn, TextColumn


class CreditTable(ListTable):
    """Names of columns are what `sort` takes in the address."""

    own_order = "-credit"
    fixed = ("credit", "customer")

    credit = LinkColumn("credit", verbose_name="Credit", accessor="pk", order_by=("pk",))
    customer = LinkColumn(
        "customer", key="customer_id", verbose_name="Customer", accessor="customer__number", orderable=False
    )
    name = TextColumn(verbose_name="Name", accessor="customer__name", orderable=False)
    issued = MoneyColumn(verbose_name="Issued", accessor="issued_minor")
    remaining = MoneyColumn(verbose_name="Remaining", accessor="remaining_minor")
    kind = TextColumn(verbose_name="Kind", accessor="get_kind_display", orderable=False)
    gl_code = TextColumn(verbose_name="GL code", accessor="gl_code__code", orderable=False)
    by = TextColumn(verbose_name="Given by", accessor="created_by", orderable=False)
    given = MomentColumn(verbose_name="Given", accessor="created_at", order_by=("pk",))
    run = LinkColumn("run", key="run_row__run_id", verbose_name="Run", accessor="run_row__run_id", orderable=False)
    expires = DayColumn(verbose_name="Expires", accessor="expires_on")
    description = TextColumn(verbose_name="Description", orderable=False)
