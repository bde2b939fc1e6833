"""The columns of the list of refunds and pay-outs."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from makegood.kit.money import decimal_string
from makegood.kit.spreadsheet import guard_text
from makegood.payments.models import Refund
from makegood.payments.refund_words import has_bounced, name_ways, say_what_followed, sum_given
from makegood.providers.models import Provider
from makegood.web.frame.list_columns import (
    NOTHING,
    LinkColumn,
    ListTable,
    MomentColumn,
    MoneyColumn,
    StatusColumn,
    TextColumn,
)
from makegood.web.templatetags.frame import day


class AskedColumn(MomentColumn):
    """The day on which it was asked for; in the file, the moment."""

    def render(self, value: datetime) -> SafeString:
        return day(timezone.localtime(value).date())


class WaysColumn(TextColumn):
    """Where it went or is to go: payment methods, by hand, Available Funds."""

    def render(self, value: object, record: Refund) -> SafeString:  # type: ignore[override]  # as columns are given
        return super().render(", ".join(name_ways(record)))

    def to_cell(self, name: str, record: Refund, provider: Provider) -> object:
        return guard_text(", ".join(name_ways(record)))


class FollowedColumn(TextColumn):
    """What became of the invoice."""

    empty_values = ()

    def render(self, value: object, record: Refund) -> SafeString:  # type: ignore[override]  # as columns are given
        said = say_what_followed(record)
        return super().render(said) if said else NOTHING

    def to_cell(self, name: str, record: Refund, provider: Provider) -> object:
        return guard_text(say_what_followed(record))


class RefundStateColumn(StatusColumn):
    """How it stands; what a bank sent back is done, and yet did not arrive."""

    def render(self, value: str, record: Refund, bound_column: Any) -> SafeString:
        words = record.get_state_display()
        badge = format_html('<span class="badge badge-refund-{}">{}</span>', record.state, words)
        if not has_bounced(record):
            return badge
        return format_html('<span class="marks">{} <span class="mark">bounced</span></span>', badge)

    def to_cell(self, name: str, record: Refund, provider: Provider) -> object:
        return f"{record.get_state_display()}, bounced" if has_bounced(record) else record.get_state_display()


class GivenColumn(MoneyColumn):
    """What of it went back and stayed there."""

    def render(self, value: int, record: Refund, table: ListTable) -> SafeString:  # type: ignore[override]  # likewise
        return super().render(sum_given(record), table)

    def to_cell(self, name: str, record: Refund, provider: Provider) -> object:
        return decimal_string(sum_given(record), provider.currency_digits)


class PurposeColumn(TextColumn):
    """A refund or a pay-out."""

    def render(self, value: object, record: Refund) -> SafeString:  # type: ignore[override]  # as columns are given
        return super().render("Refund" if record.invoice_id else "Pay-out")

    def to_cell(self, name: str, record: Refund, provider: Provider) -> object:
        return "Refund" if record.invoice_id else "Pay-out"


class RefundTable(ListTable):
    """Names of columns are what `sort` takes in the address."""

    own_order = "-refund"
    fixed = ("refund", "customer")
    hidden = ("to_methods", "given", "ended")

    refund = LinkColumn("refund", verbose_name="Refund", accessor="pk", order_by=("pk",))
    asked = AskedColumn(verbose_name="Asked for", accessor="created_at", order_by=("pk",))
    customer = LinkColumn(
        "customer", key="customer_id", verbose_name="Customer", accessor="customer__number", orderable=False
    )
    name = TextColumn(verbose_name="Name", accessor="customer__name", orderable=False)
    purpose = PurposeColumn(verbose_name="Kind", orderable=False)
    invoice = LinkColumn(
        "invoice", key="invoice_id", verbose_name="Invoice", accessor="invoice__number", orderable=False
    )
    amount = MoneyColumn(verbose_name="Amount", accessor="amount_minor")
    to_methods = MoneyColumn(verbose_name="To methods", accessor="to_methods_minor", orderable=False)
    to_funds = MoneyColumn(verbose_name="To funds", accessor="funds_minor", orderable=False)
    given = GivenColumn(verbose_name="Given back", accessor="amount_minor", orderable=False)
    state = RefundStateColumn(verbose_name="State", orderable=False)
    followed = FollowedColumn(verbose_name="What followed", accessor="follow", orderable=False)
    by = TextColumn(verbose_name="By", accessor="created_by", orderable=False)
    reason = TextColumn(verbose_name="Reason", orderable=False)
    way = WaysColumn(verbose_name="Where it went", accessor="purpose", orderable=False)
    ended = MomentColumn(verbose_name="Ended", accessor="settled_at", orderable=False)
