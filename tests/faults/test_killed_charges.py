"""Who charges, and who cancels charges, is killed at moments that nobody chose; each is charged and cancelled once."""

import secrets
from collections.abc import Callable

from makegood.invoices.models import Charge
from makegood.invoices.services.cancel_charge import prepare_cancellation
from makegood.providers.models import Membership
from makegood.runs.rules import State
from tests.faults.killing import work_and_kill
from tests.support.charges import draft_charge
from tests.support.records import add_customers, start

CUSTOMERS = 4_000
KILLS = 8


def test_who_charges_and_who_cancels_is_killed(
    manager: Membership,
    committed_db: dict[str, str],
    assert_verified: Callable[[], None],
    record_property: Callable[[str, object], None],
) -> None:
    add_customers(manager.provider, CUSTOMERS)
    seed = secrets.randbits(32)

    run = start(draft_charge(manager), manager)
    run, killed = work_and_kill(run, committed_db, seed=seed, kills=KILLS, after_kill=assert_verified)
    record_property("figures", f"charges: seed: {seed}, kills: {killed}, charged: {run.rows_done} of {CUSTOMERS}")
    assert (run.state, run.rows_done) == (State.FINISHED, CUSTOMERS)
    assert Charge.objects.filter(state="waiting").values("customer").distinct().count() == CUSTOMERS
    assert Charge.objects.count() == CUSTOMERS
    assert_verified()

    draft, _ = prepare_cancellation(membership=manager, run=run)
    cancelling = start(draft, manager)
    cancelling, killed = work_and_kill(cancelling, committed_db, seed=seed, kills=KILLS, after_kill=assert_verified)
    record_property("figures", f"cancelling: seed: {seed}, kills: {killed}, cancelled: {cancelling.rows_done}")
    assert (cancelling.state, cancelling.rows_done) == (State.FINISHED, CUSTOMERS)
    assert cancelling.booked_minor == run.booked_minor
    assert Charge.objects.filter(state="cancelled").count() == CUSTOMERS
    assert_verified()
