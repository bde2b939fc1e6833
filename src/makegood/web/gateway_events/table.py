"""The columns of the list of what processors sent."""

from makegood.web.frame.list_columns import LinkColumn, ListTable, MomentColumn, StatusColumn, TextColumn


class EventTable(ListTable):
    """Names of columns are what `sort` takes in the address."""

    own_order = "-event"
    fixed = ("event", "type")
    hidden = ("gateway", "id", "happened", "attempts")

    event = LinkColumn("gateway-event", verbose_name="Event", accessor="pk", order_by=("pk",))
    type = TextColumn(verbose_name="Type", orderable=False)
    about = TextColumn(verbose_name="About", accessor="get_about_display", orderable=False)
    state = StatusColumn(verbose_name="State", orderable=False)
    received = MomentColumn(verbose_name="Received", accessor="received_at", order_by=("pk",))
    outcome = TextColumn(verbose_name="What was done", orderable=False)
    reference = TextColumn(verbose_name="Reference", orderable=False)
    charge = TextColumn(verbose_name="Charge", orderable=False)
    gateway = TextColumn(verbose_name="Processor", accessor="gateway__get_kind_display", orderable=False)
    id = TextColumn(verbose_name="The processor's id", accessor="event_id", orderable=False)
    happened = MomentColumn(verbose_name="Happened", accessor="happened_at", orderable=False)
    attempts = TextColumn(verbose_name="Attempts", orderable=False)
