"""The columns of the list of e-mails."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from makegood.emails.kinds import find_kind
from makegood.web.frame.list_columns import LinkColumn, ListTable, MomentColumn, StatusColumn, TextColumn


def title_of_template(name: str) -> str:
    """What people call the e-mail template of that name."""
    kind = find_kind(name)
    return kind.title if kind else name


class TemplateColumn(TextColumn):
    """The e-mail template by its title."""

    def render(self, value: str) -> SafeString:  # type: ignore[override]  # what a column is given
        title = title_of_template(value)
        return format_html('<span title="{}">{}</span>', title, title)

    def to_cell(self, name: str, record: Any, provider: Any) -> object:
        return title_of_template(record.template)


class MessageTable(ListTable):
    """Names of columns are what `sort` takes in the address."""

    own_order = "-email"
    fixed = ("email", "customer")
    hidden = ("address", "subject", "attempts")

    email = LinkColumn("email", verbose_name="E-mail", accessor="pk", order_by=("pk",))
    customer = LinkColumn(
        "customer", key="customer_id", verbose_name="Customer", accessor="customer__number", orderable=False
    )
    name = TextColumn(verbose_name="Name", accessor="customer__name", orderable=False)
    template = TemplateColumn(verbose_name="E-mail template", orderable=False)
    state = StatusColumn(verbose_name="State", orderable=False)
    written = MomentColumn(verbose_name="Written", accessor="created_at", order_by=("pk",))
    sent = MomentColumn(verbose_name="Sent", accessor="sent_at", orderable=False)
    reason = TextColumn(verbose_name="Reason", accessor="reason_words", orderable=False)
    address = TextColumn(verbose_name="Sent to", orderable=False)
    subject = TextColumn(verbose_name="Subject", orderable=False)
    attempts = TextColumn(verbose_name="Attempts", orderable=False)
