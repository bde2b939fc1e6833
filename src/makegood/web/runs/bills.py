"""The part of a credit rehearsal that says what the credits will do for bills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.credits.bills_of_draft import UsedOn, get_bills_of_draft
from makegood.credits.credit_run_kind import CREDIT
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.runs.selectors import get_run
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest

LOOKED_AT_AT_ONCE = 2_000
"""Up to so many rows the bills are looked at with the rehearsal; beyond, they follow in an answer of their own."""

DAYS_SHOWN = 7


@dataclass(frozen=True)
class LaterDays:
    """The days that have no line of their own; amount in minor units. customers: counted once for each day."""

    days: int
    upto: date
    customers: int
    amount_minor: int


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """What the credits of a draft will do for bills; nothing where there is nothing to rehearse any more."""
    run = or_404(get_run, pk, request.membership.provider)
    if run.kind != CREDIT:
        raise Http404("Only credit runs are about bills.")
    return render(request, "runs/_bills.html", {"run": run, **describe_bills(run)})


def rehearse_bills(run: Run) -> dict[str, Any]:
    """The same with the rehearsal of a list that is short; nothing for a long one."""
    return describe_bills(run) if run.rows_selected <= LOOKED_AT_AT_ONCE else {}


def describe_bills(run: Run) -> dict[str, Any]:
    """What `runs/_bills.html` shows of a draft."""
    if run.state != State.DRAFT:
        return {}
    bills = get_bills_of_draft(run)
    return {"bills": bills, "bill_days": bills.days[:DAYS_SHOWN], "later_days": _sum_up(bills.days[DAYS_SHOWN:])}


def _sum_up(days: Sequence[UsedOn]) -> LaterDays | None:
    if not days:
        return None
    customers, amount_minor = sum(each.customers for each in days), sum(each.amount_minor for each in days)
    return LaterDays(len(days), days[-1].day, customers, amount_minor)
