"""Voiding a credit: the unused part is taken back, and nothing else happens."""

import pytest

from makegood.credits.change_preview import preview_void
from makegood.credits.models import Credit, CreditChange
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_limits
from tests.support import movements, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def north() -> Provider:
    return records.add_provider()


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


@pytest.fixture
def credit(north: Provider, clerk: Membership) -> Credit:
    """A credit of 10.00 of which 3.00 is used."""
    customer = records.add_customer(north)
    records.credit(clerk, customers=[customer])
    credit = records.credit_of(north, "C1")
    movements.owe(customer, 300)
    movements.use(credit, 300)
    return credit


def why_not(membership: Membership, credit: Credit) -> Refused:
    with pytest.raises(Refused) as refused:
        records.void(membership, credit)
    return refused.value


def test_the_unused_part_is_taken_back(
    north: Provider, clerk: Membership, credit: Credit, assert_verified: Verified
) -> None:
    preview = preview_void(membership=clerk, credit=credit)
    assert (preview.entry_type, preview.entry_minor, preview.remaining_after_minor) == ("taken_back", -700, 0)
    change = records.void(clerk, credit, seen_change=0)
    credit.refresh_from_db()
    assert (credit.taken_back_minor, credit.remaining_minor, credit.used_minor) == (700, 0, 300)
    assert (change.action, change.taken_back_minor, change.number) == ("voided", 700, 1)
    assert change.journal_entry is not None
    lines = change.journal_entry.lines.order_by("id").values_list("gl_code__code", "debit_minor", "credit_minor")
    assert list(lines) == [(line.gl_code.code, line.debit_minor, line.credit_minor) for line in preview.lines]
    assert list(lines) == [("2100", 700, 0), ("4900", 0, 700)]
    assert records.funds(north, "C1") == 0
    assert_verified()


def test_nothing_left_is_refused_with_what_became_of_it(
    clerk: Membership, credit: Credit, assert_verified: Verified
) -> None:
    records.void(clerk, credit)
    refused = why_not(clerk, credit)
    assert (refused.code, refused.message) == (
        "nothing_left",
        "Nothing of this credit is left: $3.00 used and $7.00 taken back.",
    )
    assert CreditChange.objects.count() == 1
    assert_verified()


def test_a_void_posted_twice_books_once(clerk: Membership, credit: Credit, assert_verified: Verified) -> None:
    first = records.void(clerk, credit, key="k", seen_change=0)
    assert records.void(clerk, credit, key="k", seen_change=0) == first
    assert_verified()


def test_an_expired_credit_has_nothing_left(clerk: Membership, credit: Credit, assert_verified: Verified) -> None:
    movements.expire(credit)
    assert why_not(clerk, credit).message == "Nothing of this credit is left: $3.00 used and $7.00 expired."
    assert_verified()


def test_a_voided_credit_can_be_raised_again(
    north: Provider, clerk: Membership, credit: Credit, assert_verified: Verified
) -> None:
    records.void(clerk, credit)
    records.edit(clerk, credit, amount_minor=1250)
    credit.refresh_from_db()
    assert (credit.remaining_minor, records.funds(north, "C1")) == (250, 250)
    assert_verified()


def test_a_take_back_of_the_run_finds_a_voided_credit_taken_back(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    records.add_customers(north, 2, prefix="M")
    run = records.credit(clerk)
    records.void(clerk, records.credit_of(north, "M1"))
    assert records.outcomes(records.take_back(clerk, run)) == {"M1": "already_taken_back", "M2": "taken_back"}
    assert_verified()


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_who_may_not_give_credits_may_not_change_them(north: Provider, credit: Credit, role: str) -> None:
    refused = why_not(records.add_person(north, role), credit)
    assert refused.message == (
        f"Your role ({role}) may not change credits. A person with role agent, billing or manager can."
    )


def test_an_agent_changes_credits_up_to_the_limit(north: Provider, credit: Credit, assert_verified: Verified) -> None:
    agent = records.add_person(north, "agent")
    set_limits(provider=north, staff_id=None, agent_credit_limit_minor=999)
    refused = why_not(agent, credit)
    assert (refused.code, refused.message) == (
        "credit_over_limit",
        (
            "This credit is over $9.99, the most that the role agent may give, so you may not change it. "
            "A person with role billing or manager can."
        ),
    )
    set_limits(provider=north, staff_id=None, agent_credit_limit_minor=1000)
    assert records.void(agent, credit).taken_back_minor == 700
    assert_verified()
