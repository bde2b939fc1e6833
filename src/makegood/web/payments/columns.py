"""Columns that only lists of payments have."""

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from makegood.kit.spreadsheet import guard_text
from makegood.payments.failure_words import tell_staff_why
from makegood.payments.method_words import name_method_of
from makegood.payments.models import Payment
from makegood.providers.models import Provider
from makegood.web.frame.list_columns import NOTHING, DayColumn, ListColumn, TextColumn
from makegood.web.templatetags.frame import day


class ReceivedColumn(DayColumn):
    """The day on which the money came; faintly the day on which it was asked for, where none has come."""

    empty_values = ()

    def render(self, value: Any, record: Payment, table: Any) -> SafeString:  # type: ignore[override]  # as columns are given
        if record.received_on is not None:
            return day(record.received_on)
        asked = record.created_at.astimezone(ZoneInfo(table.provider.timezone)).date()
        return format_html('<span class="faint">asked {}</span>', day(asked))


class MethodColumn(TextColumn):
    """How the money came or was to come; what was charged, with its last four characters."""

    def render(self, value: object, record: Payment) -> SafeString:  # type: ignore[override]  # as columns are given
        return super().render(name_method_of(record))

    def to_cell(self, name: str, record: Payment, provider: Provider) -> object:
        return guard_text(name_method_of(record))


class WhyColumn(TextColumn):
    """Why the payment failed, in plain words."""

    def render(self, value: object, record: Payment) -> SafeString:  # type: ignore[override]  # as columns are given
        return super().render(why_of(record))

    def to_cell(self, name: str, record: Payment, provider: Provider) -> object:
        return guard_text(why_of(record))


class InvoicesColumn(ListColumn):
    """The numbers of invoices that are still owed, each leading to its page."""

    def render(self, value: Any) -> SafeString:
        links = [(reverse("invoice", args=[each["id"]]), each["number"]) for each in value]
        return format_html_join(", ", '<a href="{}">{}</a>', links) if links else NOTHING

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        return " ".join(str(each["number"]) for each in self.find_value(name, record) or [])


class ActionsColumn(ListColumn):
    """What can be done about a failed payment."""

    empty_values = ()

    def render(self, value: object, record: Payment) -> SafeString:
        customer = record.customer
        links = format_html(
            '<a href="{}" data-window title="Charge now" aria-label="Charge now: {}">Charge</a>'
            '<a href="{}" data-window title="Record payment" aria-label="Record payment: {}">Record</a>',
            reverse("customer-charge-now", args=[customer.pk]), customer,
            reverse("customer-payment-new", args=[customer.pk]), customer,
        )  # fmt: skip
        if customer.email:
            links += format_html('<a href="mailto:{}" aria-label="E-mail: {}">E-mail</a>', customer.email, customer)
        return format_html('<span class="row-actions">{}</span>', links)


def why_of(payment: Payment) -> str:
    """Why it failed, in plain words; empty where it did not."""
    if payment.state != "failed":
        return ""
    return tell_staff_why(payment.failure_code, payment.failure)
