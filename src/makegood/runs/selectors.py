"""Reads of runs, their rows and what became of them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum

from makegood.kit.clock import now
from makegood.kit.filters import FilterValues
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider
from makegood.runs.kinds import get_kind
from makegood.runs.lease import without_live_lease
from makegood.runs.models import Run, RunRow, Selection
from makegood.runs.outcomes import WAITING, WAITING_AGAIN, Category, get_outcome, list_outcomes
from makegood.runs.rules import AT_WORK, State
from makegood.runs.selected import selected_records

LOOK_BACK = timedelta(days=7)
"""How far back a request is compared with earlier ones."""


def list_runs(provider: Provider) -> QuerySet[Run]:
    """The provider's runs, newest first."""
    return Run.objects.select_related("created_by", "provider").filter(provider=provider).order_by("-id")


def get_run(run_id: int, provider: Provider | None = None) -> Run:
    """The run of that id, of the provider if one is given; Refused if there is none."""
    runs = Run.objects.select_related("created_by", "provider")
    run = (runs if provider is None else runs.filter(provider=provider)).filter(pk=run_id).first()
    if run is None:
        raise Refused("run_unknown", f"There is no run {run_id}.", "run")
    return run


def find_run_by_key(provider: Provider, key: str) -> Run | None:
    """The run that was made with that key, if any."""
    return Run.objects.select_related("created_by", "provider").filter(provider=provider, key=key).first()


def find_recent_run_like(run: Run) -> Run | None:
    """An earlier started run of the same request within seven days, the newest; None if there is none."""
    earlier = Run.objects.filter(
        provider_id=run.provider_id,
        request_hash=run.request_hash,
        queued_at__gte=now() - LOOK_BACK,
    ).exclude(pk=run.pk)
    return earlier.order_by("-id").first()


def list_runs_without_worker() -> QuerySet[Run]:
    """Runs that should get on and that nobody works at this moment."""
    return Run.objects.filter(without_live_lease(), state__in=[*AT_WORK, State.PREPARING]).order_by("id")


def has_live_lease(run: Run) -> bool:
    """Whether somebody works the run at this moment."""
    return run.lease_until is not None and run.lease_until >= now()


def outcome_code(run: Run, row: RunRow) -> str:
    """The outcome of a row of the run, *done* and *waiting* included, which are not written to the row."""
    if row.outcome is not None:
        return row.outcome
    return get_kind(run.kind).done.code if row.customer_id <= run.cursor_customer_id else WAITING.code


@dataclass(frozen=True)
class OutcomeCount:
    """How many rows and customers of a run have an outcome, with their amount in minor units."""

    code: str
    category: Category
    sentence: str
    rows: int
    customers: int
    amount_minor: int


def count_outcomes(run: Run, *, sum_waiting: bool = True) -> list[OutcomeCount]:
    """The run's rows by outcome, the most frequent first.

    What is done stands on the run; only the rows with another outcome are counted, and those that still wait summed up.
    sum_waiting: False leaves out that sum, which reads every row that waits, and gives 0.
    """
    counts = [_count(get_kind(run.kind).done.code, run.rows_done, run.customers_done, run.booked_minor)]
    rows, customers = run.rows_waiting, run.customers_waiting
    for found in _count_written_outcomes(run):
        counts.append(_count(found["outcome"], found["rows_counted"], found["customers"], found["amount"]))
        if found["outcome"] == WAITING_AGAIN.code:
            rows, customers = rows - found["rows_counted"], customers - found["customers"]
    if rows:
        counts.append(_count(WAITING.code, rows, customers, _sum_waiting(run) if sum_waiting else 0))
    return sorted((count for count in counts if count.rows), key=lambda count: (-count.rows, count.code))


def _sum_waiting(run: Run) -> int:
    if run.cursor_customer_id == 0:
        # Nobody has been looked at yet: everything that was not skipped on freezing waits.
        return run.total_minor
    waiting = RunRow.objects.filter(run=run, outcome=None, customer_id__gt=run.cursor_customer_id)
    return waiting.aggregate(amount=Sum("amount_minor"))["amount"] or 0


def _count(code: str, rows: int, customers: int, amount_minor: int) -> OutcomeCount:
    outcome = get_outcome(code)
    return OutcomeCount(code, outcome.category, outcome.sentence, rows, customers, amount_minor)


def _count_written_outcomes(run: Run) -> Iterable[Any]:
    return (
        RunRow.objects.filter(run=run, outcome__isnull=False)
        .values("outcome")
        .annotate(
            rows_counted=Count("id"),
            customers=Count("customer_id", distinct=True),
            amount=Sum("amount_minor"),
        )
        .order_by("outcome")
    )


def iterate_rows(run: Run, *, category: Category | None = None) -> Iterator[RunRow]:
    """The run's rows with customer and order, in the order in which they are carried out; streamed.

    category: only the rows that were skipped, or that failed.
    """
    rows = RunRow.objects.select_related("customer", "order").filter(run=run)
    if category is not None:
        rows = rows.filter(outcome__in=[outcome.code for outcome in list_outcomes() if outcome.category is category])
    return rows.order_by("customer_id", "order_id").iterator(chunk_size=2000)


def find_current_selection(membership: Membership, list_name: str) -> Selection | None:
    """What the person has selected on the list; None if that is nothing."""
    selection = (
        Selection.objects.select_related("provider")
        .filter(provider_id=membership.provider_id, staff_id=membership.staff_id, list_name=list_name, is_current=True)
        .first()
    )
    if selection is None or (selection.mode == Selection.Mode.LISTED and not selection.items.exists()):
        return None
    return selection


def find_selected_among(selection: Selection, record_ids: Collection[int]) -> set[int]:
    """Those of the records that are selected. Refused if the selection's filter cannot be used any more."""
    return set(selected_records(selection).filter(pk__in=record_ids).values_list("pk", flat=True))


def count_items(selection: Selection) -> int:
    """How many single records the selection names: the ticked, or those left out of all that match."""
    return selection.items.count()


def count_selected(selection: Selection) -> int:
    """How many records are selected; over very many it takes its time. Refused likewise."""
    return selected_records(selection).count()


def count_selected_customers(selection: Selection) -> int:
    """How many customers the selected records are of. Refused likewise."""
    records = selected_records(selection)
    if selection.list_name == Selection.List.CUSTOMERS:
        return records.count()
    return records.order_by().values("customer_id").distinct().count()


def describe_selection(selection: Selection) -> FilterValues | list[str]:
    """The filter of a selection of all that match, else the numbers of the records: what a request for a run says."""
    if selection.mode == Selection.Mode.MATCHING:
        return dict(selection.filter)
    return list(selected_records(selection).order_by("number").values_list("number", flat=True))


def list_exceptions(selection: Selection) -> list[int]:
    """The records that are left out of all that match; none where single records are selected."""
    if selection.mode != Selection.Mode.MATCHING:
        return []
    return list(selection.items.order_by("record_id").values_list("record_id", flat=True))
