"""What the billing measurements need of the program besides what they measure."""

import resource
from pathlib import Path

from makegood.credits.services.give_credit import fill_values, prepare_credit_run
from makegood.kit.sql import run_sql
from makegood.providers.models import Provider
from makegood.providers.selectors import get_membership
from makegood.runs.carry_out import carry_out
from makegood.runs.services.create_run import prepare_run
from makegood.runs.services.select import select_matching
from makegood.runs.services.start_run import start_run


def resident_kib() -> int:
    """This process's resident memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def log_position() -> int:
    """The server's position in its write-ahead log, in bytes."""
    return int(run_sql("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS bytes")[0]["bytes"])


def credit(provider: Provider, chosen: dict[str, list[str]], amount_minor: int) -> None:
    """A credit for every customer that matches, in one run."""
    membership = get_membership(provider, "manager@bench.example")
    selection = select_matching(membership=membership, list_name="customers", values=chosen)
    values = fill_values(
        provider=provider, template=None, amount_minor=amount_minor, description="Storm outage", gl_code=None
    )
    run, _ = prepare_credit_run(
        membership=membership, selection=selection, unit="customer", values=values, chosen=chosen
    )
    prepare_run(run_id=run.pk)
    start_run(run=run, membership=membership)
    carry_out(run.pk)
