"""From a request to a draft: the list is frozen, nothing is booked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, transaction

from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.text import require_no_number_in_key
from makegood.kit.transactions import demand_transaction
from makegood.providers.models import Membership, Provider
from makegood.runs.kinds import get_kind
from makegood.runs.models import Run, Selection
from makegood.runs.rules import State, hash_request
from makegood.runs.selected import selected_records, selected_sql
from makegood.runs.selectors import find_run_by_key
from makegood.runs.services.end_run import give_up
from makegood.runs.services.enqueue import enqueue

LARGEST_LIST_FROZEN_AT_ONCE = 20_000
LONGEST_KEY = 200


@dataclass(frozen=True)
class Request:
    """What a person asked for: enough to freeze the list, and to recognise the same request again.

    values: the request in words and values, not the list that it matches; what the hash is made of.
    shown: how many records the person saw selected.
    at_once: whether the list is frozen at once, not by a worker; None lets the number of selected records decide.
    """

    kind: str
    unit: str
    list_name: str
    values: Mapping[str, Any]
    selection: Selection | None = None
    reverses: Run | None = None
    key: str | None = None
    shown: int | None = None
    at_once: bool | None = None


def create_run(
    *,
    membership: Membership | None,
    request: Request,
    write_values: Callable[[Run], None] = lambda run: None,
    provider: Provider | None = None,
) -> tuple[Run, bool]:
    """Makes a draft run, or finds the run that was made with the same key. Opens a transaction.

    membership: who asks; None for the provider's day, which needs the provider.
    write_values: writes the kind's own values in the same transaction.
    Returns the run and whether it is new. A list of more than 20,000 is left *preparing* and frozen by a worker.
    Refused for a key that another request has used, and for a list without a single record.
    """
    if request.key is not None and not 0 < len(request.key) <= LONGEST_KEY:
        raise Refused("key_malformed", f"A key has 1 to {LONGEST_KEY} characters.", "key")
    if request.key is not None:
        require_no_number_in_key(request.key)
    provider = _provider_of(membership, provider)
    if existing := find_run_of_request(provider, request.key, request.values):
        return existing, False
    try:
        with transaction.atomic():
            run = _insert(provider, membership, request)
            write_values(run)
            if _is_small(request):
                freeze(run)
            else:
                enqueue(run)
    except IntegrityError:
        if existing := find_run_of_request(provider, request.key, request.values):
            return existing, False
        raise
    return run, True


def prepare_run(*, run_id: int) -> None:
    """Freezes the list of a run that is *preparing*; does nothing if that has been done. Opens a transaction.

    Refused for a list that has become empty or impossible; the run is then cancelled, and who asked for it is told.
    """
    try:
        with transaction.atomic():
            run = _lock_preparing(run_id)
            if run is not None:
                freeze(run)
    except (Refused, DataError, IntegrityError) as error:
        refusal = error if isinstance(error, Refused) else _impossible(error)
        with transaction.atomic():
            run = _lock_preparing(run_id)
            if run is not None:
                give_up(run, refusal.message)
        raise refusal from error


def freeze(run: Run) -> None:
    """Writes the run's rows and figures and makes it a draft. Demands a transaction.

    Refused for a list without a single record.
    """
    demand_transaction()
    chosen = "" if run.selection is None else selected_sql(run.selection, run.unit)
    get_kind(run.kind).freeze(run, chosen)
    count = "count_customers" if run.unit == Run.Unit.CUSTOMER else "count_rows"
    for name, value in run_sql(load_sql(__package__, count), {"run": run.pk})[0].items():
        setattr(run, name, value)
    run.records_selected = run.rows_selected
    if run.selection is not None and run.list_name == Selection.List.ORDERS and run.unit == Run.Unit.CUSTOMER:
        run.records_selected = selected_records(run.selection).count()
    if not run.rows_selected:
        raise Refused("selection_empty", "Nothing is selected, so there is nothing to do.", "selection")
    run.state = State.DRAFT
    run.save()


def _impossible(error: DatabaseError) -> Refused:
    answer = str(error).strip().splitlines()[0]
    return Refused("list_impossible", f"The list cannot be written down; the database answered: {answer}.", "selection")


def _lock_preparing(run_id: int) -> Run | None:
    runs = Run.objects.select_for_update(of=("self",)).select_related("provider")
    return runs.filter(pk=run_id, state=State.PREPARING).first()


def find_run_of_request(provider: Provider, key: str | None, values: Mapping[str, Any]) -> Run | None:
    """The run that was made with this key and this request, or None. Refused if another request has used the key.

    Asked before anything else is checked: what was booked once is found again whatever has changed since.
    """
    if key is None:
        return None
    existing = find_run_by_key(provider, key)
    if existing and existing.request_hash != hash_request(values):
        raise Refused(
            "key_used",
            f"The key “{key}” belongs to another request: run {existing.pk}. Nothing was booked; "
            "use a new key for a new request.",
            "key",
        )
    return existing


def _provider_of(membership: Membership | None, provider: Provider | None) -> Provider:
    if membership is not None:
        return membership.provider
    if provider is None:
        raise TypeError("A run that nobody asks for needs its provider.")
    return provider


def _insert(provider: Provider, membership: Membership | None, request: Request) -> Run:
    return Run.objects.create(
        provider=provider,
        kind=request.kind,
        state=State.PREPARING,
        unit=request.unit,
        list_name=request.list_name,
        selection=request.selection,
        reverses=request.reverses,
        key=request.key,
        records_shown=request.shown,
        request=dict(request.values),
        request_hash=hash_request(request.values),
        created_by=membership.staff if membership else None,
        created_at=now(),
    )


def _is_small(request: Request) -> bool:
    if request.at_once is not None:
        return request.at_once
    if request.selection is None:
        return request.reverses is None or request.reverses.rows_selected <= LARGEST_LIST_FROZEN_AT_ONCE
    first = selected_records(request.selection).values("pk")[: LARGEST_LIST_FROZEN_AT_ONCE + 1]
    return first.count() <= LARGEST_LIST_FROZEN_AT_ONCE
