"""Who issues invoices is killed at moments that nobody chose; everybody gets one invoice, and numbers have no gaps."""

import os
import random
import secrets
import signal
import time
from collections.abc import Callable
from datetime import date

from makegood.invoices.models import Invoice
from makegood.invoices.services.invoice_run import prepare_invoice_run
from makegood.kit.clock import today_in
from makegood.providers.models import Membership
from makegood.runs.rules import SETTLED, State
from makegood.runs.services.start_run import start_run
from tests.faults.killable import Forge
from tests.faults.worker_process import ENVIRONMENT, await_end_of_lease
from tests.support.billing import set_up_billing
from tests.support.processes import is_alive
from tests.support.records import add_customers, reload

CUSTOMERS = 4_000
KILLS = 12
LONGEST_LIFE_SECONDS = 0.5
LONGEST_SECONDS = 120


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
    seed, kills, until = secrets.randbits(32), 0, time.monotonic() + LONGEST_SECONDS
    chance = random.Random(seed)
    with Forge(committed_db | ENVIRONMENT) as forge:
        while reload(run).state not in SETTLED:
            assert time.monotonic() < until, f"the run does not get to its end; seed {seed}"
            await_end_of_lease(run)
            process = forge.set_to_work(run.pk)
            time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
            if kills < KILLS and is_alive(process):
                os.kill(process, signal.SIGKILL)
                kills += 1
                assert_verified()
            while is_alive(process):
                time.sleep(0.01)

    run = reload(run)
    record_property("figures", f"invoices: seed: {seed}, kills: {kills}, issued: {run.rows_done} of {CUSTOMERS}")
    assert (run.state, run.rows_done) == (State.FINISHED, CUSTOMERS)
    numbers = Invoice.objects.filter(provider=provider).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, CUSTOMERS + 1))
    assert_verified()
