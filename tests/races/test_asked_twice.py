"""The same thing asked for several times at the same moment happens once."""

import json
import os
import subprocess
from collections.abc import Callable
from functools import partial

import pytest

from makegood.audit.models import AuditEntry
from makegood.credits.services.take_back import prepare_take_back
from makegood.kit.refusal import Refused
from makegood.kit.sql import run_sql
from makegood.providers.models import Membership
from makegood.runs.models import Run
from makegood.runs.outcomes import ACCOUNT_IN_USE
from makegood.runs.rules import State
from makegood.runs.services.start_run import retry_failed, start_run
from tests.conftest import COMMAND
from tests.support import records
from tests.support.together import at_once, in_background

TEN = range(10)


def test_the_same_key_from_ten_processes_at_once(
    manager: Membership, committed_db: dict[str, str], assert_verified: Callable[[], None]
) -> None:
    records.add_customers(manager.provider, 60)
    words = ["credit", "--as", manager.staff.email, "--filter", f"area={records.AREA}", "--amount", "10.00"]
    command = [str(COMMAND), *words, "--key", "the storm", "--yes", "--json"]
    environment = os.environ | committed_db | {"MAKEGOOD_CHUNK_ROWS": "20"}
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in TEN
    ]
    answers = [(*process.communicate(timeout=120), process.returncode) for process in processes]
    assert [status for _, _, status in answers] == [0] * 10, answers
    printed = [json.loads(output) for output, _, _ in answers]
    assert all(answer == printed[0] for answer in printed)
    assert (printed[0]["credited"], printed[0]["total"], printed[0]["status"]) == (60, "600.00", "finished")
    assert Run.objects.count() == 1
    assert set(records.funds_of_all(manager.provider).values()) == {1000}
    assert_verified()


def test_the_same_key_with_other_amounts_at_once(manager: Membership, assert_verified: Callable[[], None]) -> None:
    records.add_customers(manager.provider, 100)

    def ask(amount_minor: int) -> Run:
        draft = records.draft_credit(manager, area=records.AREA, amount_minor=amount_minor, key="the storm")
        return records.finish(start_run(run=draft, membership=manager))

    answers = at_once(*[partial(ask, 1000 + 500 * (n % 2)) for n in TEN])
    runs = [answer for answer in answers if isinstance(answer, Run)]
    refusals = [answer for answer in answers if isinstance(answer, Refused)]
    assert (len(runs), len(refusals)) == (5, 5)
    assert {refusal.code for refusal in refusals} == {"key_used"}
    [run] = {run.pk: run for run in runs}.values()
    assert Run.objects.count() == 1
    assert set(records.funds_of_all(manager.provider).values()) == {run.credit_run.amount_minor}
    assert_verified()


def test_a_draft_started_twice_at_once(manager: Membership, assert_verified: Callable[[], None]) -> None:
    records.add_customers(manager.provider, 100)
    draft = records.draft_credit(manager)
    answers = at_once(*[partial(start_run, run=draft, membership=manager)] * 4)
    assert [answer.state for answer in answers if isinstance(answer, Run)] == [State.QUEUED] * 4
    assert AuditEntry.objects.filter(action="run.started").count() == 1
    assert len(run_sql("SELECT FROM procrastinate_jobs WHERE task_name = 'runs.carry_out'")) == 1
    assert records.finish(draft).rows_done == 100
    assert_verified()


def test_the_same_request_without_a_key_at_once_is_booked_once(
    manager: Membership, assert_verified: Callable[[], None]
) -> None:
    records.add_customers(manager.provider, 50)
    drafts = [records.draft_credit(manager) for _ in range(4)]
    answers = at_once(*[partial(start_run, run=draft, membership=manager, only_once=True) for draft in drafts])
    [started] = [answer for answer in answers if isinstance(answer, Run)]
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"same_request"}
    assert records.finish(started).rows_done == 50
    assert set(records.funds_of_all(manager.provider).values()) == {1000}
    assert_verified()


def test_single_credits_beside_a_run_say_the_funds_after_them_in_order(
    manager: Membership, assert_verified: Callable[[], None]
) -> None:
    customers = records.add_customers(manager.provider, 1000)

    def give_singly() -> None:
        for customer in customers[::50]:
            records.credit(manager, customers=[customer], amount_minor=100)

    at_once(
        partial(records.credit, manager), give_singly, partial(records.credit, manager, amount_minor=500), give_singly
    )
    assert sum(records.funds_of_all(manager.provider).values()) == 1000 * 1500 + 2 * 20 * 100
    assert_verified()


def test_the_failed_retried_twice_at_once(manager: Membership, assert_verified: Callable[[], None]) -> None:
    run = _run_with_failures(manager)
    answers = at_once(*[partial(retry_failed, run=run, membership=manager)] * 4)
    assert len([answer for answer in answers if isinstance(answer, Run)]) == 1
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"run_not_finished"}
    run = records.finish(run)
    assert (run.state, run.rows_done, run.rows_failed) == (State.FINISHED, 100, 0)
    assert set(records.funds_of_all(manager.provider).values()) == {1000}
    assert_verified()


def test_two_take_backs_of_one_run_at_once(
    manager: Membership, caplog: pytest.LogCaptureFixture, assert_verified: Callable[[], None]
) -> None:
    records.add_customers(manager.provider, 1000, orders_each=2)
    run = records.credit(manager, list_name="orders", per="order")
    assert records.funds(manager.provider, "C1") == 2000
    drafts = [prepare_take_back(membership=manager, run=run)[0] for _ in range(2)]
    started = [start_run(run=draft, membership=manager) for draft in drafts]
    at_once(*[partial(records.finish, one) for one in started])
    done = [records.reload(one) for one in started]
    assert [one.state for one in done] == [State.FINISHED] * 2
    assert sum(one.rows_done for one in done) == sum(one.rows_skipped for one in done) == 2000
    assert sum(one.booked_minor for one in done) == run.booked_minor
    codes = {code for one in done for code in records.outcomes(one).values()}
    assert codes == {"taken_back", "already_taken_back"}
    assert not caplog.text, "they never got in each other's way"
    assert set(records.funds_of_all(manager.provider).values()) == {0}
    assert_verified()


def test_a_take_back_asked_twice_at_once_with_the_same_key(
    manager: Membership, assert_verified: Callable[[], None]
) -> None:
    records.add_customers(manager.provider, 100)
    run = records.credit(manager)
    answers = at_once(*[partial(records.take_back, manager, run, key="undo")] * 4)
    assert len({answer.pk for answer in answers if isinstance(answer, Run)}) == 1
    assert Run.objects.filter(kind="take_back").get().rows_done == 100
    assert set(records.funds_of_all(manager.provider).values()) == {0}
    assert_verified()


def test_a_run_is_taken_back_while_it_is_retried(manager: Membership, assert_verified: Callable[[], None]) -> None:
    run = _run_with_failures(manager)
    draft, _ = prepare_take_back(membership=manager, run=run)
    start_run(run=draft, membership=manager)
    retry_failed(run=run, membership=manager)
    with in_background(partial(records.finish, run)):
        records.finish(draft)
    assert records.reload(draft).rows_done == 95
    funds = records.funds_of_all(manager.provider)
    assert sorted(funds.values()) == [0] * 95 + [1000] * 5
    assert_verified()


def _run_with_failures(manager: Membership) -> Run:
    """A finished run over a hundred customers of whom the first five failed."""
    customers = records.add_customers(manager.provider, 100)
    run = records.start(records.draft_credit(manager), manager)
    first = [customer.pk for customer in customers[:5]]
    run.rows.filter(customer_id__in=first).update(outcome=ACCOUNT_IN_USE.code)
    Run.objects.filter(pk=run.pk).update(rows_failed=5, customers_failed=5)
    run = records.finish(run)
    assert (run.state, run.rows_done, run.rows_failed) == (State.FINISHED, 95, 5)
    return run
