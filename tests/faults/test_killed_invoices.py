"""Who issues invoices is killed at moments that nobody chose; everybody gets one invoice, and numbers have no gaps."""

import secrets
from collections.abc import Callable
from datetime import date

from makegood.invoices.models import Invoice
from makegood.invoices.services.invoice_run import prepare_invoice_run
from makegood.kit.clock import today_in
from makegood.providers.models import Membership
from makegood.runs.rules import State
from makegood.runs.services.start_run import start_run
from tests.faults.killing import work_and_kill
from tests.support.billing import set_up_billing
from tests.support.records import add_customers

CUSTOMERS = 4_000
KILLS = 12


def test_who_issues_is_killed(
    manager: Membership,
    committed_db: dict[str, str],
    assert_verified: Callable[[], None],
    record_property: Callable[[str, object], None],
) -> None:
    provider = manager.provider
    today = today_in(provider.timezone)
    set_up_billing(provider, invoices_from=date(today.year, today.month, 1))
    add_customers(provider, CUSTOMERS)
    run, _ = prepare_invoice_run(membership=None, provider=provider, day=today)
    run = start_run(run=run, membership=None)
    seed = secrets.randbits(32)
    run, kills = work_and_kill(run, committed_db, seed=seed, kills=KILLS, after_kill=assert_verified)
    record_property("figures", f"invoices: seed: {seed}, kills: {kills}, issued: {run.rows_done} of {CUSTOMERS}")
    assert (run.state, run.rows_done) == (State.FINISHED, CUSTOMERS)
    numbers = Invoice.objects.filter(provider=provider).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, CUSTOMERS + 1))
    assert_verified()
