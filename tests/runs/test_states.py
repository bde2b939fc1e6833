"""The state chart of a run: one in the program, the same in the database."""

from itertools import permutations

import pytest
from django.db import DatabaseError, transaction

from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.runs.models import Run
from makegood.runs.rules import AT_WORK, SETTLED, TRANSITIONS, State, hash_request
from makegood.runs.services.start_run import cancel_run, resume_run, retry_failed, start_run, stop_run
from tests.support import records
from tests.support.answers import Verified


def test_every_state_can_be_left_or_is_the_end() -> None:
    assert set(TRANSITIONS) == set(State)
    assert {state for state in State if not TRANSITIONS[state]} == {State.CANCELLED}
    assert {*AT_WORK, *SETTLED, State.PREPARING, State.DRAFT} == set(State)


@pytest.mark.django_db
@pytest.mark.sql
def test_the_database_allows_the_same_transitions_and_no_others() -> None:
    draft = records.draft_credit(person_with_a_customer())
    allowed = {(before, after) for before, after in permutations(State, 2) if can_go(draft, before, after)}
    assert allowed == {(before, after) for before, afters in TRANSITIONS.items() for after in afters}


@pytest.mark.django_db
@pytest.mark.sql
def test_a_state_that_does_not_exist_is_refused() -> None:
    draft = records.draft_credit(person_with_a_customer())
    with pytest.raises(DatabaseError), transaction.atomic():
        Run.objects.filter(pk=draft.pk).update(state="lost")


def person_with_a_customer() -> Membership:
    clerk = records.add_person(records.add_provider())
    records.add_customer(clerk.provider)
    return clerk


def can_go(like: Run, before: State, after: State) -> bool:
    """Whether the database lets a run without rows go from one state to the other."""
    fields = {field.name: getattr(like, field.name) for field in Run._meta.fields if field.name != "id"}
    empty = {"state": before, "rows_selected": 0, "customers_selected": 0}
    run = Run.objects.create(**fields | empty)
    try:
        with transaction.atomic():
            Run.objects.filter(pk=run.pk).update(state=after)
    except DatabaseError:
        return False
    return True


ALLOWED: dict[str, set[str]] = {
    "start": {"draft", "queued", "stopped", "finished"},
    "cancel": {"draft", "cancelled"},
    "stop": {"queued"},
    "resume": {"queued", "stopped"},
    "retry": set(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "queued", "stopped", "finished", "cancelled"])
def test_what_can_be_done_with_a_run_depends_on_its_state(state: str, assert_verified: Verified) -> None:
    acts = {"start": start_run, "cancel": cancel_run, "stop": stop_run, "resume": resume_run, "retry": retry_failed}
    clerk = person_with_a_customer()
    for name, act in acts.items():
        run = records.draft_credit(clerk)
        if state == "cancelled":
            run = cancel_run(run=run, membership=clerk)
        elif state != "draft":
            run = records.start(run, clerk)
        if state == "stopped":
            run = stop_run(run=run, membership=clerk)
        if state == "finished":
            run = records.finish(run)
        assert run.state == state
        if state in ALLOWED[name]:
            act(run=run, membership=clerk)
        else:
            with pytest.raises(Refused) as refused:
                act(run=run, membership=clerk)
            assert f"run {run.pk}" in refused.value.message.lower()
            assert records.reload(run).state == state
    assert_verified()


def test_the_same_request_has_the_same_hash_whatever_its_order() -> None:
    one = {"kind": "credit", "chosen": {"area": ["A", "B"]}, "amount_minor": 1000}
    other = dict(reversed(one.items()))
    assert hash_request(one) == hash_request(other)
    assert hash_request(one) != hash_request(one | {"amount_minor": 1001})
    assert hash_request({"name": "Zoë"}) != hash_request({"name": "Zoe"})
