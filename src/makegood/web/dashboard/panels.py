"""The panels of the dashboard: each a plot, and the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from makegood.accounting.dashboard import (
    Age,
    InvoicesInState,
    MonthOfFunds,
    list_funds_by_age,
    list_invoices_by_state,
    list_months_of_funds,
)
from makegood.kit.money import format_money
from makegood.providers.models import Provider
from makegood.runs.kinds import get_kind
from makegood.runs.models import Run
from makegood.web.dashboard.plots import Column, Slice, draw_bar, draw_columns, draw_slices, grid_of

ISSUED, USED = "accent", "neutral"
COLOURS_OF_STATES = {
    "draft": "neutral",
    "open": "calm",
    "paid": "good",
    "late": "bad",
    "void": "neutral",
    "uncollectible": "warn",
}
COLOURS_OF_AGES = ("accent", "accent", "calm", "warn", "warn")


@dataclass(frozen=True)
class Bar:
    """A lying bar with what it says. amount_minor: in minor units; note: beside it."""

    label: str
    drawing: SafeString
    amount_minor: int
    note: str
    url_part: str = ""


@dataclass(frozen=True)
class MonthsPanel:
    """Credits issued and used. scale: the marks of the axis, the highest first. labels: of the months."""

    drawing: SafeString
    scale: list[str]
    labels: list[str]
    months: Sequence[MonthOfFunds]

    @property
    def is_empty(self) -> bool:
        return not any(each.issued_minor or each.used_minor for each in self.months)


@dataclass(frozen=True)
class RunLine:
    """A run with its outcomes as a bar."""

    run: Run
    noun: str
    drawing: SafeString


def make_months_panel(provider: Provider) -> MonthsPanel:
    """The last twelve months."""
    months = list_months_of_funds(provider)
    columns = [
        Column(
            f"{each.month:%b}",
            (each.issued_minor, each.used_minor),
            (
                f"{each.month:%B %Y}: {_money(provider, each.issued_minor)} issued",
                f"{each.month:%B %Y}: {_money(provider, each.used_minor)} used",
            ),
        )
        for each in months
    ]
    drawing = draw_columns(columns, (ISSUED, USED), "Credits issued and used in each of the last twelve months")
    scale = [short_amount(value, provider.currency_digits) for value in reversed(grid_of(columns))]
    return MonthsPanel(drawing, scale, [column.label for column in columns], months)


def make_ages_panel(provider: Provider) -> list[Bar]:
    """Available Funds by the age of the credits; empty if there are none."""
    ages = list_funds_by_age(provider)
    largest = max(age.amount_minor for age in ages)
    if not largest:
        return []
    return [_age_bar(age, largest, colour) for age, colour in zip(ages, COLOURS_OF_AGES, strict=True)]


def _age_bar(age: Age, largest: int, colour: str) -> Bar:
    drawing = draw_bar(age.amount_minor, largest, colour, f"{age.label}: share of the largest")
    return Bar(age.label, drawing, age.amount_minor, _count(age.credits, "credit"))


def make_invoices_panel(provider: Provider) -> list[Bar]:
    """Invoices by their state; empty if there are none."""
    states = list_invoices_by_state(provider)
    largest = max((state.invoices for state in states), default=0)
    return [_state_bar(state, largest) for state in states]


def _state_bar(state: InvoicesInState, largest: int) -> Bar:
    colour = COLOURS_OF_STATES[state.state]
    drawing = draw_bar(state.invoices, largest, colour, f"{state.label}: share of the largest")
    return Bar(state.label, drawing, state.total_minor, _count(state.invoices, "invoice"), state.state)


def make_run_lines(runs: Sequence[Run]) -> list[RunLine]:
    """The runs, each with what became of its rows."""
    return [RunLine(run, get_kind(run.kind).noun.capitalize(), _draw_outcomes(run)) for run in runs]


def _draw_outcomes(run: Run) -> SafeString:
    done = get_kind(run.kind).done.words
    slices = [
        Slice("good", run.rows_done, f"{run.rows_done:,} {done}"),
        Slice("neutral", run.rows_skipped, f"{run.rows_skipped:,} skipped"),
        Slice("bad", run.rows_failed, f"{run.rows_failed:,} failed"),
        Slice("calm", run.rows_waiting, f"{run.rows_waiting:,} waiting"),
    ]
    said = ", ".join(each.told for each in slices if each.value) or "nothing on its list"
    return draw_slices(slices, f"Run {run.pk}: {said}")


def short_amount(minor: int, digits: int) -> str:
    """An amount for the axis: in thousands (K), millions (M) or billions (B), with at most one decimal."""
    major = minor / 10**digits
    for size, letter in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if major >= size:
            return f"{major / size:.1f}".removesuffix(".0") + letter
    return f"{major:.2f}".rstrip("0").rstrip(".") if major else "0"


def _money(provider: Provider, minor: int) -> str:
    return format_money(minor, provider.currency, provider.currency_digits)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
