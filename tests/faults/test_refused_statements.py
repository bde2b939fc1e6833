"""The database refuses a statement of a chunk: for a while, for one customer, for good."""

from collections.abc import Callable

import psycopg
import pytest
from pytest_django import Settings

from makegood.notifications.models import Notification
from makegood.providers.models import Membership
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.runs.services.start_run import resume_run, retry_failed
from tests.support import records

pytestmark = pytest.mark.sql

COUNT = 300

REFUSE_SOME = """
CREATE SEQUENCE hits;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF nextval('hits') IN (2, 3, 5) THEN
        RAISE EXCEPTION 'refused for the test' USING ERRCODE = '{}';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER refuse AFTER INSERT ON credit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse()
"""
REFUSE_ALL = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refused for the test' USING ERRCODE = '{}';
END
$$;
CREATE TRIGGER refuse AFTER INSERT ON credit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse()
"""
REFUSE_CUSTOMERS = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.customer_id IN (SELECT id FROM customer WHERE number IN ('C7', 'C8', 'C150', 'C300')) THEN
        RAISE EXCEPTION 'refused for the test' USING ERRCODE = '{}';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER refuse AFTER INSERT ON credit_entry FOR EACH ROW EXECUTE FUNCTION refuse()
"""
REFUSE_NO_MORE = "DROP TRIGGER refuse ON credit_entry; DROP FUNCTION refuse"


@pytest.fixture
def run(manager: Membership) -> Run:
    """A queued run in six chunks."""
    records.add_customers(manager.provider, COUNT)
    return records.start(records.draft_credit(manager), manager)


def assert_each_once(run: Run) -> None:
    run = records.reload(run)
    assert (run.state, run.rows_done, run.rows_failed) == (State.FINISHED, COUNT, 0)
    assert set(records.funds_of_all(run.provider).values()) == {1000}


@pytest.mark.parametrize(
    "sqlstate",
    [
        pytest.param("40001", id="serialization failure"),
        pytest.param("40P01", id="deadlock"),
        pytest.param("53100", id="disk full"),
        pytest.param("53200", id="out of memory"),
        pytest.param("55P03", id="lock not available"),
        pytest.param("57014", id="cancelled"),
        pytest.param("57P01", id="administrator"),
        pytest.param("08006", id="connection failure"),
        pytest.param("25006", id="standby, read only"),
    ],
)
def test_what_passes_is_tried_again(
    run: Run, owner: psycopg.Connection, sqlstate: str, assert_verified: Callable[[], None]
) -> None:
    owner.execute(REFUSE_SOME.format(sqlstate).encode())
    assert carry_out(run.pk)
    assert owner.execute("SELECT last_value FROM hits").fetchone() == (6 + 3,)
    assert_each_once(run)
    assert_verified()


def test_what_does_not_pass_parks_the_run_until_somebody_resumes_it(
    run: Run,
    manager: Membership,
    owner: psycopg.Connection,
    settings: Settings,
    assert_verified: Callable[[], None],
) -> None:
    settings.MAKEGOOD_PATIENCE_SECONDS = 1
    owner.execute(REFUSE_ALL.format("53100").encode())
    assert carry_out(run.pk)
    _assert_parked(run, manager)
    assert_verified()
    assert carry_out(run.pk) is False
    owner.execute(REFUSE_NO_MORE)
    resume_run(run=run, membership=manager)
    assert carry_out(run.pk)
    assert_each_once(run)
    assert_verified()


@pytest.mark.parametrize("sqlstate", ["XX000", "42501", "0A000"])
def test_what_no_pause_will_heal_parks_the_run_at_once(
    run: Run, manager: Membership, owner: psycopg.Connection, sqlstate: str, assert_verified: Callable[[], None]
) -> None:
    owner.execute(REFUSE_ALL.format(sqlstate).encode())
    assert carry_out(run.pk)
    _assert_parked(run, manager)
    assert_verified()


@pytest.mark.parametrize("sqlstate", ["23514", "23505", "22003"])
@pytest.mark.parametrize(("list_name", "per"), [("customers", "customer"), ("orders", "order")])
def test_bad_data_of_some_customers_fails_them_alone(
    manager: Membership,
    owner: psycopg.Connection,
    sqlstate: str,
    list_name: str,
    per: str,
    assert_verified: Callable[[], None],
) -> None:
    records.add_customers(manager.provider, COUNT, orders_each=2)
    run = records.start(records.draft_credit(manager, list_name=list_name, per=per), manager)
    owner.execute(REFUSE_CUSTOMERS.format(sqlstate).encode())
    run = records.finish(run)
    assert (run.state, run.customers_done, run.customers_failed) == (State.FINISHED, COUNT - 4, 4)
    failed = {row.customer.number for row in run.rows.filter(outcome="refused_by_database").select_related("customer")}
    assert failed == {"C7", "C8", "C150", "C300"}
    assert_verified()
    owner.execute(REFUSE_NO_MORE)
    run = records.finish(retry_failed(run=run, membership=manager))
    assert (run.state, run.customers_done, run.customers_failed) == (State.FINISHED, COUNT, 0)
    assert len(set(records.funds_of_all(manager.provider).values())) == 1
    assert_verified()


def _assert_parked(run: Run, manager: Membership) -> None:
    parked = records.reload(run)
    assert (parked.state, parked.rows_done, parked.lease_token) == (State.PARKED, 0, None)
    assert "refused for the test" in parked.parked_because
    told = Notification.objects.get(subject_type="run", subject_id=run.pk)
    assert (told.staff_id, told.level) == (manager.staff_id, "error")
    assert set(records.funds_of_all(manager.provider).values()) == {0}
