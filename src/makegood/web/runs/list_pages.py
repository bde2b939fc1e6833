"""Pages: the list of runs, and the customers of a run."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.credits.run_filters import RunFilter, list_matching_runs
from makegood.runs.filters import RowFilter, list_matching_rows
from makegood.runs.models import Run
from makegood.runs.selectors import get_run
from makegood.web.frame.finding import or_404
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.runs.run_head import describe_head
from makegood.web.runs.shown_kinds import get_shown, list_related
from makegood.web.runs.table import RunTable


def _with_run_columns(runs: QuerySet[Any]) -> QuerySet[Any, Any]:
    return runs.select_related("created_by", *list_related())


RUNS = ListKind(
    name="runs",
    singular="run",
    plural="runs",
    records=list_matching_runs,
    filter_class=RunFilter,
    table_class=RunTable,
    with_columns=_with_run_columns,
    search_hint="number or description",
    amounts=("total",),
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The list of runs of all kinds."""
    return show_list(request, RUNS)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many runs match."""
    return count_list(request, RUNS)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The runs that match, as a CSV file."""
    return export_list(request, RUNS)


def _rows_of(run: Run) -> ListKind:
    shown = get_shown(run.kind)
    word = "order" if run.unit == Run.Unit.ORDER else "customer"
    return ListKind(
        name="run-rows",
        singular=word,
        plural=f"{word}s",
        title=f"{word.capitalize()}s of this run",
        folder="runs/rows",
        records=partial(list_matching_rows, run),
        filter_class=RowFilter,
        table_class=shown.table(run),
        with_columns=lambda rows: rows.select_related("run", *shown.row_related),
        search_hint="customer number or name",
        url_arguments=(run.pk,),
    )


def _find_rows(request: StaffRequest, pk: int) -> tuple[Run, ListKind]:
    run = or_404(get_run, pk, request.membership.provider)
    return run, _rows_of(run)


@require_safe
def show_rows(request: StaffRequest, pk: int) -> HttpResponse:
    """Every customer of a run, with outcome, amount and reason."""
    run, rows = _find_rows(request, pk)
    return show_list(request, rows, describe_head(request, run, "rows"))


@require_safe
def count_rows(request: StaffRequest, pk: int) -> HttpResponse:
    """How many customers of a run match."""
    return count_list(request, _find_rows(request, pk)[1])


@require_safe
def export_rows(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The customers of a run that match, as a CSV file."""
    return export_list(request, _find_rows(request, pk)[1])
