"""One credit, two people, one moment: each change happens whole or is refused in words, and the books agree."""

import secrets
from functools import partial

import pytest

from makegood.credits.models import Credit, CreditChange
from makegood.credits.services.change_credit import change_credit, void_credit
from makegood.credits.services.take_back import prepare_take_back
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.providers.services import set_limits
from makegood.runs.models import Run
from makegood.runs.services.start_run import start_run
from tests.support import records
from tests.support.answers import Verified
from tests.support.together import at_once

pytestmark = pytest.mark.sql

ROUNDS = 5


@pytest.fixture
def clerk(committed_db: dict[str, str]) -> Membership:
    return records.add_person(records.add_provider())


def give(clerk: Membership, number: str) -> Credit:
    """A credit of 10.00 for a customer who is new."""
    records.credit(clerk, customers=[records.add_customer(clerk.provider, number)])
    return records.credit_of(clerk.provider, number)


def codes(answers: list[CreditChange | Refused]) -> list[str]:
    return sorted(answer.code if isinstance(answer, Refused) else str(answer.action) for answer in answers)


def test_of_two_edits_of_what_both_saw_one_is_told(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        credit = give(clerk, f"C{number}")
        edit = partial(change_credit, membership=clerk, credit=credit, seen_change=0)
        answers = at_once(
            partial(edit, key=secrets.token_hex(), amount_minor=900),
            partial(edit, key=secrets.token_hex(), amount_minor=800),
        )
        assert codes(answers) == ["changed_meanwhile", "edited"]
        credit.refresh_from_db()
        assert credit.changes.count() == 1
        assert credit.remaining_minor == credit.changes.get().new_amount_minor
    assert_verified()


def test_two_edits_without_looking_come_one_after_the_other(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        credit = give(clerk, f"C{number}")
        edit = partial(change_credit, membership=clerk, credit=credit)
        answers = at_once(
            partial(edit, key=secrets.token_hex(), amount_minor=900),
            partial(edit, key=secrets.token_hex(), description="Sorry"),
        )
        assert codes(answers) == ["edited", "edited"]
        credit.refresh_from_db()
        assert (credit.remaining_minor, credit.description) == (900, "Sorry")
    assert_verified()


def test_the_same_form_posted_ten_times_at_once_books_once(clerk: Membership, assert_verified: Verified) -> None:
    credit = give(clerk, "C1")
    post = partial(change_credit, membership=clerk, credit=credit, key="form", seen_change=0, amount_minor=700)
    answers = at_once(*[post] * 10)
    assert len({answer.pk for answer in answers if isinstance(answer, CreditChange)}) == 1
    assert codes(answers) == ["edited"] * 10
    assert records.funds(clerk.provider, "C1") == 700
    assert_verified()


def test_the_same_key_for_two_credits_at_once_books_one(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        credits = [give(clerk, f"A{number}"), give(clerk, f"B{number}")]
        key = secrets.token_hex()
        answers = at_once(*[partial(void_credit, membership=clerk, credit=credit, key=key) for credit in credits])
        assert codes(answers) == ["key_used", "voided"]
    assert_verified()


def test_an_edit_against_a_void(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        credit = give(clerk, f"C{number}")
        answers = at_once(
            partial(change_credit, membership=clerk, credit=credit, key=secrets.token_hex(), amount_minor=900),
            partial(void_credit, membership=clerk, credit=credit, key=secrets.token_hex()),
        )
        assert codes(answers) in (["edited", "voided"], ["amount_below_used", "voided"])
        credit.refresh_from_db()
        assert credit.remaining_minor == 0
    assert_verified()


def test_an_edit_against_a_take_back_of_the_run(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        customers = records.add_customers(clerk.provider, 3, prefix=f"R{number}x")
        run = records.credit(clerk, customers=customers)
        credit = records.credit_of(clerk.provider, f"R{number}x2")
        draft, _ = prepare_take_back(membership=clerk, run=run)
        records.start(draft, clerk)
        edit = partial(change_credit, membership=clerk, credit=credit, key=secrets.token_hex(), amount_minor=600)
        edited, taken = at_once(edit, partial(records.finish, draft))
        assert isinstance(taken, Run)
        outcome = records.outcomes(draft)[f"R{number}x2"]
        if isinstance(edited, Refused):
            assert (edited.code, outcome) == ("amount_below_used", "taken_back")
        else:
            assert outcome == "changed_by_hand"
    assert_verified()


def test_two_starts_at_the_same_moment_keep_within_the_limit_of_a_day(
    clerk: Membership, assert_verified: Verified
) -> None:
    records.add_customers(clerk.provider, 2)
    set_limits(provider=clerk.provider, staff_id=None, provider_day_limit_minor=3000)
    other = records.add_person(clerk.provider, "manager")
    drafts = [(records.draft_credit(clerk), clerk), (records.draft_credit(other, amount_minor=999), other)]
    answers = at_once(*[partial(start_run, run=run, membership=member) for run, member in drafts])
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refused == ["provider_day_over_limit"]
    assert_verified()
