"""Several people at work on the same customers at the same moment."""

import random
from collections.abc import Callable
from functools import partial

import pytest

from makegood.credits import credit_run_kind, take_back_kind
from makegood.credits.credit_run_kind import CreditRunKind
from makegood.credits.models import CreditEntry
from makegood.credits.services.take_back import prepare_take_back
from makegood.customers.models import Customer
from makegood.kit import sql
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.figures import refresh_customer_figures
from makegood.providers.models import Membership
from makegood.providers.services import set_end_customer_billing
from makegood.runs.models import Run
from makegood.runs.rules import State
from tests.support import records
from tests.support.processes import await_that
from tests.support.together import Gate, at_once, held, in_background

pytestmark = pytest.mark.sql

# What makes the booking of a chunk lock its customers and check them as they are under the lock.
LOCK_AND_CHECK = (
    "FOR NO KEY UPDATE OF customer_balance SKIP LOCKED",
    "AND NOT (customer_balance.closed AND customer_balance.receivable_minor <= 0)",
)

WAITING_FOR_LOCKS = """
SELECT FROM pg_locks
WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
"""


def test_two_runs_on_the_same_customers(manager: Membership, assert_verified: Callable[[], None]) -> None:
    records.add_customers(manager.provider, 2000, orders_each=2)
    by_customer = records.draft_credit(manager, area=records.AREA, amount_minor=700)
    by_order = records.draft_credit(manager, list_name="orders", per="order", amount_minor=55)
    runs = [records.start(draft, manager) for draft in (by_customer, by_order)]
    at_once(*[partial(records.finish, run) for run in runs])
    for run, rows in zip(runs, (2000, 4000), strict=True):
        rested = records.reload(run)
        assert (rested.state, rested.rows_done, rested.rows_failed) == (State.FINISHED, rows, 0)
        assert rested.booked_minor == rested.total_minor
    assert set(records.funds_of_all(manager.provider).values()) == {700 + 2 * 55}
    assert_verified()


def test_four_runs_and_a_take_back_on_the_same_customers(
    manager: Membership, assert_verified: Callable[[], None]
) -> None:
    records.add_customers(manager.provider, 500)
    first = records.credit(manager, amount_minor=5)
    drafts = [records.draft_credit(manager, amount_minor=amount) for amount in (10, 200, 3000, 40000)]
    drafts.append(prepare_take_back(membership=manager, run=first)[0])
    at_once(*[partial(records.finish, records.start(draft, manager)) for draft in drafts])
    assert {records.reload(draft).rows_done for draft in drafts} == {500}
    assert set(records.funds_of_all(manager.provider).values()) == {43210}
    assert_verified()


def test_a_booking_that_is_overtaken_by_another_comes_after_it(
    manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    """The order of a customer's entries is the order in which the customer was locked."""
    records.add_customers(manager.provider, 1)
    slow, quick = (records.start(records.draft_credit(manager, amount_minor=amount), manager) for amount in (700, 55))
    gate = Gate()
    monkeypatch.setattr("makegood.credits.credit_run_kind.run_sql", gate.before(sql.run_sql))
    with in_background(partial(records.finish, slow)), held(gate):
        records.finish(quick)
    entries = CreditEntry.objects.order_by("journal_entry_id").values_list("amount_minor", "funds_after_minor")
    assert list(entries) == [(55, 55), (700, 755)]
    assert_verified()


def test_customers_are_closed_while_a_run_credits_them(
    manager: Membership, assert_verified: Callable[[], None]
) -> None:
    customers = records.add_customers(manager.provider, 400)
    run = records.start(records.draft_credit(manager), manager)
    shuffled = random.Random(7).sample(customers, len(customers))

    def close(some: list[Customer]) -> object:
        for customer in some:
            close_customer(customer=customer, staff_id=None)
        return None

    at_once(partial(close, shuffled[:200]), partial(close, shuffled[200:]), partial(records.finish, run))
    rested, funds = records.reload(run), records.funds_of_all(manager.provider)
    assert rested.rows_done + rested.rows_skipped == rested.rows_selected == 400
    expected = {"credited": 1000, "customer_closed": 0}
    assert {number: expected[outcome] for number, outcome in records.outcomes(run).items()} == funds
    assert_verified()


def test_closing_waits_for_the_chunk_that_credits_the_customer(
    manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    [customer] = records.add_customers(manager.provider, 1)
    run = records.start(records.draft_credit(manager), manager)
    gate = Gate()
    monkeypatch.setattr(CreditRunKind, "book", gate.after(CreditRunKind.book))
    close = partial(close_customer, customer=customer, staff_id=None)
    with in_background(partial(records.finish, run)), held(gate), in_background(close) as closing:
        with pytest.raises(TimeoutError):
            closing.result(0.5)
        gate.open()
        closing.result(60)
    assert records.funds(manager.provider, "C1") == 1000
    customer.refresh_from_db()
    assert customer.status == Customer.Status.CLOSED
    assert_verified()


def test_a_customer_who_is_being_closed_is_skipped(
    manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    run = _run_while_one_is_being_closed(manager, monkeypatch)
    assert records.outcomes(run) == {"C1": "customer_closed", "C2": "credited", "C3": "credited"}
    assert records.funds(manager.provider, "C1") == 0
    assert_verified()


def test_without_the_lock_a_closed_customer_is_credited(
    manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    """Shows that the test before this one would notice: look first and lock never, and the damage happens."""

    def look_and_never_lock(package: str, name: str) -> str:
        text = sql.load_sql(package, name)
        if name == "book_one_credit_each":
            for part in LOCK_AND_CHECK:
                assert part in text
                text = text.replace(part, "")
        return text

    monkeypatch.setattr(credit_run_kind, "load_sql", look_and_never_lock)
    run = _run_while_one_is_being_closed(manager, monkeypatch)
    assert records.outcomes(run) == {"C1": "credited", "C2": "credited", "C3": "credited"}
    assert records.funds(manager.provider, "C1") == 1000, "closed first, and credited all the same"
    assert_verified()


def test_without_the_lock_only_the_database_keeps_two_take_backs_apart(
    manager: Membership,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    assert_verified: Callable[[], None],
) -> None:
    records.add_customers(manager.provider, 3)
    run = records.credit(manager)
    first, second = (prepare_take_back(membership=manager, run=run)[0] for _ in range(2))
    gate = Gate()
    monkeypatch.setattr(take_back_kind, "lock_chunk", lambda chunk: None)
    monkeypatch.setattr(take_back_kind, "_book_take_back", gate.before(take_back_kind._book_take_back))
    records.start(first, manager)
    with in_background(partial(records.finish, first)), held(gate):
        records.finish(records.start(second, manager))
    assert set(records.outcomes(second).values()) == {"taken_back"}
    assert "violates" in caplog.text, "the collision did not happen"
    assert set(records.funds_of_all(manager.provider).values()) == {0}
    assert_verified()


def test_billing_is_switched_off_during_a_run(manager: Membership, assert_verified: Callable[[], None]) -> None:
    records.add_customers(manager.provider, 200)
    run = records.start(records.draft_credit(manager), manager)
    off = partial(set_end_customer_billing, provider=manager.provider, on=False, staff_id=None)
    run = records.finish(run, after_step=off)
    assert (run.state, run.rows_done, run.rows_skipped, run.rows_failed) == (State.FINISHED, 50, 150, 0)
    assert set(records.outcomes(run).values()) == {"credited", "billing_off"}
    assert run.booked_minor == sum(records.funds_of_all(manager.provider).values()) == 50 * 1000
    assert_verified()


def test_switching_billing_off_waits_for_the_chunk_in_hand(
    manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    records.add_customers(manager.provider, 100)
    run = records.start(records.draft_credit(manager), manager)
    gate = Gate()
    monkeypatch.setattr(CreditRunKind, "book", gate.after(CreditRunKind.book))
    with in_background(partial(records.finish, run)), held(gate):
        switch = partial(set_end_customer_billing, provider=manager.provider, on=False, staff_id=None)
        with in_background(switch) as switching:
            with pytest.raises(TimeoutError):
                switching.result(0.5)
            gate.open()
    assert records.reload(run).rows_done == 50
    assert records.reload(run).rows_skipped == 50
    assert_verified()


def test_credits_of_two_runs_that_would_pass_the_largest_funds_together(
    manager: Membership, assert_verified: Callable[[], None]
) -> None:
    records.add_customers(manager.provider, 300)
    largest = manager.provider.largest_funds_minor
    runs = [records.start(records.draft_credit(manager, amount_minor=largest - n), manager) for n in (0, 1)]
    at_once(*[partial(records.finish, run) for run in runs])
    done = [records.reload(run) for run in runs]
    assert [run.state for run in done] == [State.FINISHED] * 2
    assert sum(run.rows_done for run in done) == sum(run.rows_failed for run in done) == 300
    assert {code for run in done for code in records.outcomes(run).values()} == {"credited", "over_funds_limit"}
    assert_verified()


def _run_while_one_is_being_closed(manager: Membership, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run comes to the first of three customers while somebody has closed that one and not yet committed it."""
    first, *_ = records.add_customers(manager.provider, 3)
    run = records.start(records.draft_credit(manager), manager)
    gate = Gate()
    refresh = "makegood.orders.services.close_customer.refresh_customer_figures"
    monkeypatch.setattr(refresh, gate.after(refresh_customer_figures))
    close = partial(close_customer, customer=first, staff_id=None)
    with in_background(close) as closing, held(gate), in_background(partial(records.finish, run)) as running:
        await_that(lambda: _has_come_by(run), "the run comes to the customer")
        gate.open()
        closing.result(60)
        running.result(60)
    return records.reload(run)


def _has_come_by(run: Run) -> bool:
    return run.rows.filter(outcome="waiting_again").exists() or bool(sql.run_sql(WAITING_FOR_LOCKS))
