"""Pages: the reports from the books. Each can be had as a file."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from makegood.accounting.funds_roll_forward import get_funds_roll_forward
from makegood.accounting.receivables import (
    get_aged_receivables,
    get_receivables_roll_forward,
    list_aged_customers,
)
from makegood.accounting.rules import Days
from makegood.accounting.trial_balance import get_trial_balance
from makegood.kit.money import decimal_string
from makegood.kit.spreadsheet import guard_text
from makegood.web.accounting.report_days import DayForm, DaysForm, ask_day, ask_days, describe
from makegood.web.accounting.report_rows import (
    AGED_HEADS,
    AGED_TEXT_HEADS,
    aged_table,
    funds_months_table,
    funds_table,
    receivables_table,
    trial_table,
)
from makegood.web.accounting.report_table import ReportTable, file_head, file_rows
from makegood.web.frame.csv_answer import answer_csv
from makegood.web.frame.staff_request import StaffRequest

TRIAL = {
    "title": "Trial balance",
    "name": "trial-balance",
    "sub": "What each GL code stood at, and what was booked on it. Credit balances are negative.",
}
FUNDS = {
    "title": "Available Funds",
    "name": "funds-report",
    "sub": "What customers' credits held, what moved it, and what they hold: each row adds up.",
}
RECEIVABLES = {
    "title": "Receivables",
    "name": "receivables-report",
    "sub": "What customers owed, what moved it, and what they owe: each row adds up.",
    "tabs": True,
}
AGED = RECEIVABLES | {
    "name": "aged-report",
    "sub": "What customers owe, by how long it is overdue.",
}


@require_safe
def show_trial_balance(request: StaffRequest) -> HttpResponse:
    """GL code by GL code over some days."""
    form, days = ask_days(request.GET, request.membership.provider)
    if days is None:
        return _show(request, TRIAL, form)
    trial = get_trial_balance(request.membership.provider, days)
    return _show(request, TRIAL, form, [trial_table(trial)], holds=trial.holds, trial=trial.total)


@require_safe
def export_trial_balance(request: StaffRequest) -> HttpResponseBase:
    """The same as a file."""
    form, days = ask_days(request.GET, request.membership.provider)
    if days is None:
        return _refuse(form)
    return _export(request, TRIAL, days, trial_table(get_trial_balance(request.membership.provider, days)))


@require_safe
def show_funds(request: StaffRequest) -> HttpResponse:
    """The roll-forward of Available Funds by GL code and kind, and by month if there are several."""
    form, days = ask_days(request.GET, request.membership.provider)
    if days is None:
        return _show(request, FUNDS, form)
    report = get_funds_roll_forward(request.membership.provider, days)
    tables = [funds_table(report)] + ([funds_months_table(report)] if len(report.months) > 1 else [])
    return _show(request, FUNDS, form, tables, holds=report.holds)


@require_safe
def export_funds(request: StaffRequest) -> HttpResponseBase:
    """The roll-forward by GL code and kind as a file, with all its columns."""
    form, days = ask_days(request.GET, request.membership.provider)
    if days is None:
        return _refuse(form)
    report = get_funds_roll_forward(request.membership.provider, days)
    return _export(request, FUNDS, days, funds_table(report, whole=True))


@require_safe
def show_receivables(request: StaffRequest) -> HttpResponse:
    """The roll-forward of receivables, month by month."""
    form, days = ask_days(request.GET, request.membership.provider)
    if days is None:
        return _show(request, RECEIVABLES, form)
    report = get_receivables_roll_forward(request.membership.provider, days)
    return _show(request, RECEIVABLES, form, [receivables_table(report)], holds=report.holds)


@require_safe
def export_receivables(request: StaffRequest) -> HttpResponseBase:
    """The same as a file, with all its columns."""
    form, days = ask_days(request.GET, request.membership.provider)
    if days is None:
        return _refuse(form)
    report = get_receivables_roll_forward(request.membership.provider, days)
    return _export(request, RECEIVABLES, days, receivables_table(report, whole=True))


@require_safe
def show_aged(request: StaffRequest) -> HttpResponse:
    """What was owed at the end of a day, by how long it was overdue; customer by customer for those who owed most."""
    form, day = ask_day(request.GET, request.membership.provider)
    if day is None:
        return _show(request, AGED, form)
    report = get_aged_receivables(request.membership.provider, day)
    return _show(request, AGED, form, [aged_table(report)], holds=report.tie.holds, aged=report)


@require_safe
def export_aged(request: StaffRequest) -> HttpResponseBase:
    """Everybody who owed something, as a file."""
    provider = request.membership.provider
    form, day = ask_day(request.GET, provider)
    if day is None:
        return _refuse(form)
    head = file_head(ReportTable("", AGED_TEXT_HEADS, AGED_HEADS, []), provider)
    rows = (
        [guard_text(each.number), guard_text(each.name)]
        + [decimal_string(amount, provider.currency_digits) for amount in (*each.bands, each.total_minor)]
        for each in list_aged_customers(provider, day)
    )
    return answer_csv(_file_name(request, AGED, str(day)), head, rows)


def _show(
    request: StaffRequest,
    report: dict[str, Any],
    form: DaysForm | DayForm,
    tables: Sequence[ReportTable] = (),
    **more: Any,
) -> HttpResponse:
    context = {
        "report": report,
        "tables": tables,
        "address": reverse(str(report["name"])),
        "file_url": f"{reverse(report['name'] + '-csv')}?{request.GET.urlencode()}" if tables else "",
        **describe(form, request.membership.provider),
        **more,
    }
    return render(request, "reports/report.html", context, status=422 if form.errors else 200)


def _refuse(form: DaysForm | DayForm) -> HttpResponse:
    said = [str(error) for errors in form.errors.values() for error in errors]
    return HttpResponseBadRequest("\n".join(said), content_type="text/plain; charset=utf-8")


def _export(request: StaffRequest, report: dict[str, Any], days: Days, table: ReportTable) -> HttpResponseBase:
    provider = request.membership.provider
    name = _file_name(request, report, f"{days.first}-{days.last}")
    return answer_csv(name, file_head(table, provider), file_rows(table, provider))


def _file_name(request: StaffRequest, report: dict[str, Any], which: str) -> str:
    return f"{report['name']}-{request.membership.provider.slug}-{which}.csv"
