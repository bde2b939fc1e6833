"""A customer's row is locked by somebody else while a run comes by."""

import time
from collections.abc import Callable
from functools import partial

import psycopg
import pytest
from pytest_django import Settings

from makegood.customers.models import Customer
from makegood.notifications.models import Notification
from makegood.providers.models import Membership
from makegood.runs.rules import State
from makegood.runs.services.start_run import retry_failed
from tests.support import records
from tests.support.processes import await_that
from tests.support.together import in_background

pytestmark = pytest.mark.sql


def lock(somebody: psycopg.Connection, customer: Customer) -> None:
    somebody.execute("SELECT FROM customer_balance WHERE customer_id = %s FOR UPDATE", [customer.pk])


@pytest.mark.parametrize(("list_name", "per"), [("customers", "customer"), ("orders", "order")])
def test_released_in_time_and_credited_in_the_second_pass(
    manager: Membership, somebody: psycopg.Connection, list_name: str, per: str, assert_verified: Callable[[], None]
) -> None:
    customers = records.add_customers(manager.provider, 120, orders_each=2)
    run = records.start(records.draft_credit(manager, list_name=list_name, per=per), manager)
    each = 1000 if per == "customer" else 2000
    lock(somebody, customers[60])
    with in_background(partial(records.finish, run)):
        await_that(lambda: run.rows.filter(outcome="waiting_again").exists(), "the customer is left for later")
        await_that(lambda: records.reload(run).customers_done == 119, "everybody else is credited meanwhile")
        assert_verified()
        somebody.rollback()
    rested = records.reload(run)
    assert (rested.state, rested.customers_done, rested.rows_failed) == (State.FINISHED, 120, 0)
    assert set(records.funds_of_all(manager.provider).values()) == {each}
    assert_verified()


def test_never_released_then_retried(
    manager: Membership, somebody: psycopg.Connection, settings: Settings, assert_verified: Callable[[], None]
) -> None:
    settings.MAKEGOOD_LOCK_WAIT_SECONDS = 1
    customers = records.add_customers(manager.provider, 120)
    run = records.start(records.draft_credit(manager), manager)
    lock(somebody, customers[0])
    lock(somebody, customers[119])
    began = time.monotonic()
    run = records.finish(run)
    assert 1 <= time.monotonic() - began < 10
    assert (run.state, run.rows_done, run.rows_failed) == (State.FINISHED, 118, 2)
    assert {number for number, code in records.outcomes(run).items() if code == "account_in_use"} == {"C1", "C120"}
    assert Notification.objects.filter(subject_id=run.pk, level="warning").exists()
    assert_verified()

    run = records.finish(retry_failed(run=run, membership=manager))
    assert (run.state, run.rows_done, run.rows_failed) == (State.FINISHED, 118, 2), "they are still locked"
    assert_verified()

    somebody.rollback()
    run = records.finish(retry_failed(run=run, membership=manager))
    assert (run.state, run.rows_done, run.rows_failed) == (State.FINISHED, 120, 0)
    assert set(records.funds_of_all(manager.provider).values()) == {1000}
    assert_verified()


def test_a_take_back_of_a_locked_customer(
    manager: Membership, somebody: psycopg.Connection, settings: Settings, assert_verified: Callable[[], None]
) -> None:
    settings.MAKEGOOD_LOCK_WAIT_SECONDS = 1
    customers = records.add_customers(manager.provider, 60)
    run = records.credit(manager)
    lock(somebody, customers[30])
    back = records.take_back(manager, run)
    assert (back.rows_done, back.rows_failed) == (59, 1)
    assert_verified()
    somebody.rollback()
    back = records.finish(retry_failed(run=back, membership=manager))
    assert (back.rows_done, back.rows_failed) == (60, 0)
    assert set(records.funds_of_all(manager.provider).values()) == {0}
    assert_verified()
