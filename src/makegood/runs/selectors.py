"""Reads of runs, their rows and what became of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum

from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider
from makegood.runs.kinds import get_kind
from makegood.runs.lease import without_live_lease
from makegood.runs.models import Run, RunRow
from makegood.runs.outcomes import WAITING, WAITING_AGAIN, Category, get_outcome, list_outcomes
from makegood.runs.rules import AT_WORK, State

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


def count_outcomes(run: Run) -> list[OutcomeCount]:
    """The run's rows by outcome, the most frequent first.

    What is done stands on the run; only the rows with another outcome are counted, and those that still wait summed up.
    """
    counts = [_count(get_kind(run.kind).done.code, run.rows_done, run.customers_done, run.booked_minor)]
    rows, customers = run.rows_waiting, run.customers_waiting
    for found in _count_written_outcomes(run):
        counts.append(_count(found["outcome"], found["rows_counted"], found["customers"], found["amount"]))
        if found["outcome"] == WAITING_AGAIN.code:
            rows, customers = rows - found["rows_counted"], customers - found["customers"]
    if rows:
        waiting = RunRow.objects.filter(run=run, outcome=None, customer_id__gt=run.cursor_customer_id)
        amount = waiting.aggregate(amount=Sum("amount_minor"))["amount"]
        counts.append(_count(WAITING.code, rows, customers, amount or 0))
    return sorted((count for count in counts if count.rows), key=lambda count: (-count.rows, count.code))


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
