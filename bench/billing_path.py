"""One part of billing over all customers, as a worker does it; prints seconds, log bytes and memory as JSON.

Run as a process: ``python -m bench.billing_path PART``, with DATABASE_URL set.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "makegood.config.settings"
django.setup()

from bench.billing_days import DUE, IDLE, ISSUE, STATEMENTS  # noqa: E402
from bench.billing_work import credit, log_position, resident_kib  # noqa: E402
from makegood.credits.services.apply_funds import apply_due_funds  # noqa: E402
from makegood.customers.models import Customer  # noqa: E402
from makegood.days.models import ProviderDay  # noqa: E402
from makegood.days.services.work_day import work_days  # noqa: E402
from makegood.invoices.models import Invoice  # noqa: E402
from makegood.invoices.services.invoice_run import prepare_invoice_run  # noqa: E402
from makegood.kit.clock import frozen_clock  # noqa: E402
from makegood.kit.sql import run_sql  # noqa: E402
from makegood.providers.models import Provider  # noqa: E402
from makegood.providers.selectors import get_provider  # noqa: E402
from makegood.runs.carry_out import carry_out  # noqa: E402
from makegood.runs.chunked import Chunked, work_through  # noqa: E402
from makegood.runs.services.create_run import prepare_run  # noqa: E402
from makegood.runs.services.start_run import start_run  # noqa: E402
from makegood.statements.range import Range  # noqa: E402
from makegood.statements.selectors import get_statement  # noqa: E402

Figures = dict[str, Any]
OPEN_INVOICES = "SELECT count(*) FROM invoice WHERE provider_id = %(provider)s AND state = 'open'"


def noon(day: date) -> datetime:
    """A moment of that day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def measured(work: Callable[[list[int]], Figures]) -> Figures:
    """What the work says of itself, with log bytes, peak memory, and how memory grew from first to last chunk."""
    memory: list[int] = []
    log_before, began = log_position(), time.perf_counter()
    figures = work(memory)
    return {
        "seconds": time.perf_counter() - began,
        "log_bytes": log_position() - log_before,
        "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "growth_kib": memory[-1] - memory[0] if memory else 0,
        **figures,
    }


def issue(provider: Provider, memory: list[int]) -> Figures:
    """An invoice run of everybody: the drafts, then the issue."""
    began = time.perf_counter()
    run, _ = prepare_invoice_run(membership=None, provider=provider, day=ISSUE)
    prepare_run(run_id=run.pk)
    frozen = time.perf_counter()
    start_run(run=run, membership=None)
    carry_out(run.pk, after_step=lambda: memory.append(resident_kib()))
    # The last step also ends the run, with all that it needs for that.
    del memory[max(len(memory) - 1, 1) :]
    run.refresh_from_db()
    return {"customers": run.rows_done, "freeze_seconds": frozen - began}


def use_funds(provider: Provider, memory: list[int]) -> Figures:
    """Funds of everybody for what is due."""

    def chunk(after: int) -> Chunked:
        done = apply_due_funds(provider=provider, day=DUE, after=after)
        memory.append(resident_kib())
        return done

    return {"customers": work_through(chunk).customers}


def measure_invoices(provider: Provider) -> Figures:
    with frozen_clock(noon(ISSUE)):
        return measured(lambda memory: issue(provider, memory))


def measure_funds(provider: Provider) -> Figures:
    with frozen_clock(noon(DUE)):
        return measured(lambda memory: use_funds(provider, memory))


def measure_day(provider: Provider) -> Figures:
    """The second of two days on which nothing is to be done; and one bare count of the invoices that it looks over."""
    for day in IDLE:
        with frozen_clock(noon(day)):
            figures = measured(lambda memory: {"worked": work_days(provider=provider)})
    worked = ProviderDay.objects.get(provider=provider, day=IDLE[-1])
    began = time.perf_counter()
    run_sql(OPEN_INVOICES, {"provider": provider.pk})
    count_seconds = time.perf_counter() - began
    return {**figures, "did": worked.did, "finished": worked.is_finished, "count_seconds": count_seconds}


def measure_statements(provider: Provider) -> Figures:
    """Statements of some customers, one after the other, each with a quarter's movements."""
    with frozen_clock(noon(DUE)):
        use_funds(provider, [])
    customers = list(Customer.objects.filter(provider=provider).select_related("provider").order_by("id")[:STATEMENTS])

    def read(memory: list[int]) -> Figures:
        rows = 0
        for customer in customers:
            rows += len(get_statement(customer, Range(ISSUE, DUE)).rows)
        return {"customers": len(customers), "rows": rows}

    return measured(read)


def prepare_owed(provider: Provider) -> Figures:
    """Everybody gets an invoice and two credits."""
    with frozen_clock(noon(ISSUE)):
        figures = issue(provider, [])
        for amount_minor in (2000, 8000):
            credit(provider, {}, amount_minor)
    return figures


def prepare_idle(provider: Provider) -> Figures:
    """Everybody gets an invoice; a tenth has funds that wait for its due date."""
    with frozen_clock(noon(ISSUE)):
        figures = issue(provider, [])
        credit(provider, {"area": [f"Area {number}" for number in range(1, 100, 10)]}, 2000)
    return {**figures, "invoices": Invoice.objects.count()}


PARTS: dict[str, Callable[[Provider], Figures]] = {
    "invoices": measure_invoices,
    "funds": measure_funds,
    "day": measure_day,
    "statements": measure_statements,
    "prepare_owed": prepare_owed,
    "prepare_idle": prepare_idle,
}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](get_provider("bench"))))
