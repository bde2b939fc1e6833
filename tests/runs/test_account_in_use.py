"""A customer whose account somebody else has locked: passed over, tried again, at last failed."""

import psycopg
import pytest
from pytest_django import Settings

from makegood.runs.chunk import Position, carry_out_chunk, give_up_on_those_in_use
from makegood.runs.lease import take_lease
from makegood.runs.services.start_run import retry_failed, stop_run
from tests.support import records
from tests.support.answers import Verified

pytestmark = pytest.mark.sql


def test_an_account_that_stays_in_use_fails_alone_and_is_retried_later(
    committed_db: dict[str, str], assert_verified: Verified, settings: Settings
) -> None:
    settings.MAKEGOOD_CHUNK_ROWS = 2
    settings.MAKEGOOD_LOCK_WAIT_SECONDS = 0
    clerk = records.add_person(records.add_provider())
    customers = records.add_customers(clerk.provider, 5, orders_each=2)
    with psycopg.connect(committed_db["DATABASE_URL"]) as somebody:
        lock = "SELECT FROM customer_balance WHERE customer_id = ANY (%s) FOR UPDATE"
        somebody.execute(lock, [[customers[1].pk, customers[4].pk]])
        run = records.credit(clerk, list_name="orders", per="order")
        in_use = [number for number, outcome in records.outcomes(run).items() if outcome == "account_in_use"]
        assert in_use == ["C2-1", "C2-2", "C5-1", "C5-2"]
        assert (run.state, run.rows_done, run.rows_failed, run.customers_failed) == ("finished", 6, 4, 2)
        assert_verified()
        somebody.rollback()
    run = records.finish(retry_failed(run=run, membership=clerk))
    assert (run.rows_done, run.rows_failed, run.customers_done, run.customers_failed) == (10, 0, 5, 0)
    assert set(records.funds_of_all(clerk.provider).values()) == {2000}
    assert_verified()


def test_a_stop_comes_before_giving_up_on_an_account_in_use(
    committed_db: dict[str, str], assert_verified: Verified
) -> None:
    clerk = records.add_person(records.add_provider())
    customers = records.add_customers(clerk.provider, 3)
    run = records.start(records.draft_credit(clerk), clerk)
    lease = take_lease(run.pk)
    assert lease is not None
    with psycopg.connect(committed_db["DATABASE_URL"]) as somebody:
        somebody.execute("SELECT FROM customer_balance WHERE customer_id = %s FOR UPDATE", [customers[1].pk])
        carry_out_chunk(lease, Position(), 10)
        stop_run(run=run, membership=clerk)
        give_up_on_those_in_use(lease)
        carry_out_chunk(lease, Position(), 10)
    run = records.reload(run)
    assert (run.state, run.rows_done, run.rows_failed, run.rows_waiting) == ("stopped", 2, 0, 1)
    assert_verified()
