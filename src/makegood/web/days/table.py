"""The columns of the list of days."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from makegood.days.models import ProviderDay
from makegood.days.rules import NAMES, Step
from makegood.providers.models import Provider
from makegood.web.frame.list_columns import (
    CountColumn,
    DayColumn,
    ListColumn,
    ListTable,
    MomentColumn,
    MoneyColumn,
)

SAID = ("not_billed", "resting", "no_method")
"""What a day left over, which its result says."""


class DidColumn(CountColumn):
    """How many customers the day has done something for; nothing is shown where there were none."""

    def __init__(self, name: str, verbose_name: str) -> None:
        super().__init__(verbose_name=verbose_name, accessor=f"did__{name}__customers", orderable=False)


class DidAmountColumn(MoneyColumn):
    """What that came to."""

    def __init__(self, name: str, verbose_name: str) -> None:
        super().__init__(verbose_name=verbose_name, accessor=f"did__{name}__amount_minor", orderable=False)


class ResultColumn(ListColumn):
    """How the day went, in a word; and what it waits for, or what went wrong."""

    def render(self, value: object, record: ProviderDay) -> SafeString:
        badge, word, sentence = describe(record)
        shown = format_html('<span class="badge badge-{}">{}</span>', badge, word)
        return shown + format_html(' <span class="muted" title="{}">{}</span>', sentence, sentence)

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        _, word, sentence = describe(record)
        return f"{word}. {sentence}" if sentence else word


def describe(day: ProviderDay) -> tuple[str, str, str]:
    """The badge, the word on it, and a sentence where there is more to say."""
    if not day.is_finished:
        step = Step(day.step).label
        if day.failed_step == day.step:
            return "failed", "Waits", f"{step}: {day.failure}"
        return "running", "Under way", step
    if not day.billing:
        return "skipped", "Passed", "End Customer Billing was off."
    said = [f"{day.did[name]['customers']:,} {NAMES[name]}." for name in SAID if name in day.did]
    if day.failures:
        said.append(f"{Step(day.failed_step).label} failed {_times(day.failures)}: {day.failure}")
    return "finished", "Finished", " ".join(said)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


class DayTable(ListTable):
    """Names of columns are those that `sort` takes in the address."""

    own_order = "-day"
    fixed = ("day",)
    hidden = ("drafted", "not_billed", "resting", "no_method", "orders", "began")

    day = DayColumn(verbose_name="Day", order_by=("day",))
    result = ResultColumn(verbose_name="Result", accessor="day", orderable=False)
    drafted = DidColumn("drafted", "Drafted")
    issued = DidColumn("issued", "Invoices")
    billed = DidAmountColumn("issued", "Billed")
    not_billed = DidColumn("not_billed", "Due and not billed")
    resting = DidColumn("resting", "Resting drafts")
    used = DidAmountColumn("funds_used", "Available Funds used")
    charged = DidAmountColumn("charged", "Charged")
    no_method = DidColumn("no_method", "Nothing to charge")
    late = DidColumn("late", "Late")
    fees = DidAmountColumn("late_fees", "Late fees")
    reminded = DidColumn("reminded", "Reminded")
    suspended = DidColumn("suspended", "Suspended")
    resumed = DidColumn("resumed", "Resumed")
    expired = DidAmountColumn("expired", "Expired")
    orders = DidColumn("orders", "Orders changed")
    began = MomentColumn(verbose_name="Begun", accessor="started_at", orderable=False)
    finished = MomentColumn(verbose_name="Finished", accessor="finished_at", orderable=False)
