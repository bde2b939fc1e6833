"""One credit run over all customers, as a worker does it; prints seconds, log bytes and memory as JSON.

Run as a process: ``python -m bench.credit_path``, with DATABASE_URL set.
"""

import json
import os
import resource
import time
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "makegood.config.settings"
django.setup()

from makegood.credits.services.give_credit import fill_values, prepare_credit_run  # noqa: E402
from makegood.kit.sql import run_sql  # noqa: E402
from makegood.providers.models import Membership  # noqa: E402
from makegood.providers.selectors import get_membership, get_provider  # noqa: E402
from makegood.runs.carry_out import carry_out  # noqa: E402
from makegood.runs.models import Run  # noqa: E402
from makegood.runs.services.create_run import prepare_run  # noqa: E402
from makegood.runs.services.select import select_matching  # noqa: E402
from makegood.runs.services.start_run import start_run  # noqa: E402


def resident_kib() -> int:
    """This process's resident memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def log_position() -> int:
    """The server's position in its write-ahead log, in bytes."""
    return int(run_sql("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS bytes")[0]["bytes"])


def credit(
    membership: Membership, chosen: dict[str, list[str]], amount_minor: int, memory: list[int]
) -> tuple[Run, float]:
    """One credit run through the services, as the command and the pages do it; returns it and when it was frozen."""
    selection = select_matching(membership=membership, list_name="customers", values=chosen)
    values = fill_values(
        provider=membership.provider,
        template=None,
        amount_minor=amount_minor,
        description="Storm outage",
        gl_code=None,
    )
    run, _ = prepare_credit_run(
        membership=membership, selection=selection, unit="customer", values=values, chosen=chosen
    )
    prepare_run(run_id=run.pk)
    frozen = time.perf_counter()
    start_run(run=run, membership=membership)
    carry_out(run.pk, after_step=lambda: memory.append(resident_kib()))
    return run, frozen


def main() -> None:
    membership = get_membership(get_provider("bench"), "manager@bench.example")
    # A worker that has been at work before: its modules are loaded and its connection is open.
    credit(membership, {"number": ["C00000001"]}, 100, [])
    memory: list[int] = []
    log_before = log_position()
    began = time.perf_counter()
    run, frozen = credit(membership, {}, 1000, memory)
    ended = time.perf_counter()
    run.refresh_from_db()
    print(
        json.dumps(
            {
                "credited": run.rows_done,
                "seconds": ended - began,
                "freeze_seconds": frozen - began,
                "log_bytes": log_position() - log_before,
                "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
                "memory_growth_kib": memory[-1] - memory[0],
            }
        )
    )


main()
