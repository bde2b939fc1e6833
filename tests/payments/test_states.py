"""The state chart of payments: what the program says and what the database allows are the same."""

import itertools
import re

import pytest
from django.db import connection

from makegood.payments.rules import TRANSITIONS, State


@pytest.fixture
def chart_of_the_database(db: None) -> set[tuple[str, str]]:
    """The arrows that the trigger's function lets pass, by its own text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'payment_transition_known'")
        (source,) = cursor.fetchone()
    return {
        (before, after)
        for before, afters in re.findall(r"WHEN '(\w+)' THEN NEW\.state IN \(([^)]+)\)", source)
        for after in re.findall(r"'(\w+)'", afters)
    }


def test_the_trigger_knows_the_same_arrows(chart_of_the_database: set[tuple[str, str]]) -> None:
    assert chart_of_the_database == {
        (before.value, after.value) for before, afters in TRANSITIONS.items() for after in afters
    }


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(State, 2)))
@pytest.mark.django_db
def test_the_database_refuses_every_other_arrow(before: State, after: State) -> None:
    """On a bare table with the same trigger, as a payment in each state needs much that belongs to it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE charted (id bigint, state text) ON COMMIT DROP")
        cursor.execute(
            "CREATE TRIGGER charted BEFORE UPDATE OF state ON charted FOR EACH ROW "
            "WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION payment_transition_known()"
        )
        cursor.execute("INSERT INTO charted VALUES (1, %s)", [before.value])
        cursor.execute("SAVEPOINT before")
        try:
            cursor.execute("UPDATE charted SET state = %s", [after.value])
            refused = False
        except Exception:
            cursor.execute("ROLLBACK TO SAVEPOINT before")
            refused = True
        cursor.execute("DROP TABLE charted")
    assert refused is (after not in TRANSITIONS[before])
