"""Which days a report is about: typed, or one of a few that are often wanted."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from makegood.accounting.rules import Days, days_of_month, make_days, month_of, previous_month
from makegood.kit.refusal import Refused
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from makegood.web.frame.form_refusals import add_refusal


def _date_field(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "required": True}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages={"invalid": "Write a day such as 2026-01-31."})


class DaysForm(forms.Form):
    """From and to, both included."""

    def __init__(self, data: QueryDict | None, initial: Days) -> None:
        super().__init__(data, initial={"from": initial.first, "to": initial.last}, auto_id="report_%s")
        self.fields["from"] = _date_field("From")
        self.fields["to"] = _date_field("To")

    def read(self) -> Days | None:
        """The days, or None if they cannot be used; the form says why."""
        if not self.is_valid():
            return None
        try:
            return make_days(self.cleaned_data["from"], self.cleaned_data["to"])
        except Refused as refused:
            add_refusal(self, refused)
            return None


class DayForm(forms.Form):
    """One day."""

    def __init__(self, data: QueryDict | None, initial: date) -> None:
        super().__init__(data, initial={"on": initial}, auto_id="report_%s")
        self.fields["on"] = _date_field("At the end of")

    def read(self) -> date | None:
        """The day, or None if it cannot be used; the form says why."""
        if not self.is_valid():
            return None
        on: date = self.cleaned_data["on"]
        return on


@dataclass(frozen=True)
class Choice:
    """A link to days that are often wanted. query: what stands behind the address."""

    label: str
    query: str


def ask_days(data: QueryDict, provider: Provider) -> tuple[DaysForm, Days | None]:
    """The form and what it says; the present month up to today where nothing is said."""
    today = today_of(provider)
    present = Days(month_of(today), today)
    if not {"from", "to"} & set(data):
        return DaysForm(None, present), present
    form = DaysForm(data, present)
    return form, form.read()


def ask_day(data: QueryDict, provider: Provider) -> tuple[DayForm, date | None]:
    """The form and what it says; today where nothing is said."""
    today = today_of(provider)
    if "on" not in data:
        return DayForm(None, today), today
    form = DayForm(data, today)
    return form, form.read()


def list_choices(provider: Provider) -> list[Choice]:
    """This month, last month, this year, last year."""
    today = today_of(provider)
    last = days_of_month(previous_month(today))
    years = [Days(date(year, 1, 1), date(year, 12, 31)) for year in (today.year, today.year - 1)]
    return [
        Choice("This month", query_of(Days(month_of(today), today))),
        Choice("Last month", query_of(last)),
        Choice("This year", query_of(Days(years[0].first, today))),
        Choice("Last year", query_of(years[1])),
    ]


def query_of(days: Days) -> str:
    """The days as they stand behind an address."""
    return "?" + urlencode({"from": days.first, "to": days.last})


def describe(form: Any, provider: Provider) -> dict[str, Any]:
    """What the form of a report's page shows."""
    return {"form": form, "choices": list_choices(provider) if isinstance(form, DaysForm) else []}
