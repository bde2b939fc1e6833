"""The provider's limits: the largest credit of a role, and what may be given within 24 hours."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from makegood.credits.limits import sum_given
from makegood.credits.rules import Asked, Given, Limits, can_change, can_give, can_give_now
from makegood.credits.services.give_credit import find_refusal_to_start
from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_limits
from makegood.runs.models import Run
from makegood.runs.services.start_run import resume_run, retry_failed, start_run, stop_run
from tests.support import records
from tests.support.answers import Verified

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "each", "customers", "who"),
    [
        ("agent", 101, 1, "A person with role billing or manager can give it."),
        ("agent", 201, 1, "A person with role manager can give it."),
        ("agent", 301, 1, "An administrator can raise it in Settings > Limits."),
        ("billing", 201, 5, "A person with role manager can give it."),
        ("billing", 301, 5, "An administrator can raise it in Settings > Limits."),
        ("manager", 301, 5, "An administrator can raise it in Settings > Limits."),
    ],
)
def test_over_the_largest_credit_of_a_role_one_is_told_who_could(
    role: str, each: int, customers: int, who: str
) -> None:
    limits = Limits(10_000, agent_credit_minor=100, billing_credit_minor=200, manager_credit_minor=300)
    over = can_give(role, Asked(customers, each, customers * each), limits)
    assert over is not None
    assert (over.code, over.sentence.endswith(who)) == ("credit_over_limit", True)
    assert can_give(role, Asked(1, 100, 100), limits) is None


def test_without_a_largest_credit_only_the_run_limits() -> None:
    limits = Limits(1000)
    assert can_give("agent", Asked(1, 10**9, 10**9), Limits(10**10)) is None
    over = can_give("billing", Asked(1, 1001, 1001), limits)
    assert (over and over.code) == "run_over_limit"
    assert can_give("manager", Asked(9, 1001, 9009), limits) is None


@pytest.mark.parametrize(
    ("role", "person", "everybody", "more", "code"),
    [
        ("billing", 0, 0, 100, None),
        ("billing", 60, 60, 40, None),
        ("billing", 60, 60, 41, "person_day_over_limit"),
        ("agent", 100, 100, 1, "person_day_over_limit"),
        ("manager", 600, 600, 100, None),
        ("manager", 0, 901, 100, "provider_day_over_limit"),
        ("billing", 99, 1000, 1, "provider_day_over_limit"),
    ],
)
def test_what_may_be_given_within_24_hours(role: str, person: int, everybody: int, more: int, code: str | None) -> None:
    limits = Limits(10_000, person_day_minor=100, provider_day_minor=1000)
    over = can_give_now(role, more, limits, Given(person, everybody))
    assert (over and over.code) == code
    assert can_give_now(role, more, Limits(10_000), Given(person, everybody)) is None


def test_who_credits_one_at_a_time_changes_only_what_he_could_have_given() -> None:
    limits = Limits(10_000, agent_credit_minor=100, billing_credit_minor=200)
    assert can_change("agent", 100, limits) is None
    assert can_change("agent", 101, limits) is not None
    assert can_change("billing", 10**6, limits) is None


@pytest.fixture
def north(db: None) -> Provider:
    return records.add_provider()


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


def limit(membership: Membership, **limits_minor: Any) -> Membership:
    """The person, after the provider's limits were set."""
    set_limits(provider=membership.provider, staff_id=None, **limits_minor)
    return Membership.objects.select_related("provider", "staff").get(pk=membership.pk)


def refusal(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


def given(membership: Membership) -> tuple[int, int]:
    figures = sum_given(membership.provider, membership.staff_id)
    return figures.by_person_minor, figures.by_all_minor


@pytest.mark.sql
def test_what_counts_is_what_was_booked_and_what_waits_in_runs_under_way(
    north: Provider, clerk: Membership, settings: Settings, assert_verified: Verified
) -> None:
    other = records.add_person(north, "manager")
    one, two, three = records.add_customers(north, 3)
    with frozen_clock(NOON - timedelta(hours=25)):
        records.credit(clerk, amount_minor=7)
    with frozen_clock(NOON - timedelta(hours=23)):
        run = records.credit(clerk, customers=[one, two], amount_minor=100)
        records.take_back(clerk, run)
    with frozen_clock(NOON):
        assert given(clerk) == (200, 200), "yesterday's is over; what was taken back was given"
        records.credit(other, customers=[three], amount_minor=30)
        records.draft_credit(clerk, amount_minor=1000)
        assert given(clerk) == (200, 230), "a draft is nothing yet"
        queued = records.start(records.draft_credit(clerk, amount_minor=1000), clerk)
        assert given(clerk) == (3200, 3230)
        settings.MAKEGOOD_CHUNK_ROWS = 1
        under_way: list[tuple[int, int]] = []
        records.finish(queued, after_step=lambda: under_way.append(given(clerk)))
        assert set(under_way) == {(3200, 3230)}, "what is booked and what waits add up at any moment"
        records.edit(clerk, records.credit_of(north, "C3"), amount_minor=900)
        assert given(clerk) == (3200, 3230), "less is not given back"
        single = records.credit(clerk, customers=[one], amount_minor=50)
        records.edit(clerk, single.rows.get().credit, amount_minor=80)
        assert given(clerk) == (3280, 3310)
    assert_verified()


@pytest.mark.sql
def test_a_person_gives_no_more_than_the_limit_of_a_day(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    records.add_customers(north, 2)
    clerk = limit(clerk, person_day_limit_minor=3000)
    records.credit(clerk)
    draft = records.draft_credit(clerk, amount_minor=501)
    shown = find_refusal_to_start(draft, clerk)
    refused = refusal(lambda: start_run(run=draft, membership=clerk))
    assert shown is not None
    assert (shown.code, shown.message) == (refused.code, refused.message)
    assert (refused.code, refused.message) == (
        "person_day_over_limit",
        (
            "One person may give $30.00 within 24 hours, and you have given $20.00, what waits in your runs under way "
            "included; this would be too much. A manager can give it."
        ),
    )
    records.credit(clerk, amount_minor=500)
    manager = records.add_person(north, "manager")
    assert records.finish(records.start(draft, manager)).rows_done == 2
    assert_verified()


@pytest.mark.sql
def test_everybody_together_gives_no_more_than_the_providers_limit_of_a_day(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    manager = records.add_person(north, "manager")
    records.add_customers(north, 2)
    limit(clerk, provider_day_limit_minor=3000)
    records.credit(clerk)
    draft = records.draft_credit(manager, amount_minor=501)
    refused = refusal(lambda: start_run(run=draft, membership=manager))
    assert refused.code == "provider_day_over_limit"
    assert refused.message.endswith("An administrator can raise it in Settings > Limits.")
    limit(clerk, provider_day_limit_minor=None)
    assert records.finish(records.start(draft, manager)).rows_done == 2
    assert_verified()


@pytest.mark.sql
def test_the_limit_holds_for_resuming_and_for_retrying(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    one, _ = records.add_customers(north, 2)
    stopped = stop_run(run=records.start(records.draft_credit(clerk), clerk), membership=clerk)
    failing = records.start(records.draft_credit(clerk, customers=[one]), clerk)
    limit(clerk, largest_funds_minor=999)
    failed = records.finish(failing)
    clerk = limit(clerk, person_day_limit_minor=999, largest_funds_minor=5000)
    assert refusal(lambda: resume_run(run=stopped, membership=clerk)).code == "person_day_over_limit"
    assert refusal(lambda: retry_failed(run=failed, membership=clerk)).code == "person_day_over_limit"
    clerk = limit(clerk, person_day_limit_minor=3000)
    assert records.finish(retry_failed(run=failed, membership=clerk)).rows_done == 1
    assert records.finish(resume_run(run=stopped, membership=clerk)).rows_done == 2
    assert_verified()


@pytest.mark.sql
def test_who_resumes_a_run_answers_for_what_it_has_booked(
    north: Provider, clerk: Membership, settings: Settings, assert_verified: Verified
) -> None:
    other = records.add_person(north, email="other@north.example")
    records.add_customers(north, 3)
    settings.MAKEGOOD_CHUNK_ROWS = 1
    run = records.start(records.draft_credit(clerk), clerk)
    run = records.finish(run, after_step=lambda: _stop(run, clerk))
    assert (run.state, run.booked_minor) == ("stopped", 1000)
    limit(clerk, person_day_limit_minor=2999)
    other = Membership.objects.get(pk=other.pk)
    assert refusal(lambda: resume_run(run=run, membership=other)).code == "person_day_over_limit"
    limit(clerk, person_day_limit_minor=3000)
    other = Membership.objects.get(pk=other.pk)
    records.finish(resume_run(run=run, membership=other))
    assert (given(clerk), given(other)) == ((0, 3000), (3000, 3000))
    assert_verified()


def _stop(run: Run, membership: Membership) -> None:
    if records.reload(run).state == "running":
        stop_run(run=run, membership=membership)


@pytest.mark.sql
def test_a_limit_that_is_lowered_after_the_start_stops_no_run(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    records.add_customers(north, 2)
    run = records.start(records.draft_credit(clerk), clerk)
    limit(clerk, person_day_limit_minor=1, provider_day_limit_minor=1)
    assert records.finish(run).rows_done == 2, "what may be given within 24 hours is decided at the start"
    run = records.start(
        records.draft_credit(limit(clerk, person_day_limit_minor=None, provider_day_limit_minor=None)), clerk
    )
    limit(clerk, billing_credit_limit_minor=999)
    assert set(records.outcomes(records.finish(run)).values()) == {"requester_not_allowed"}, "the role's is asked again"
    assert_verified()


@pytest.mark.sql
def test_raising_a_credit_is_giving(north: Provider, clerk: Membership, assert_verified: Verified) -> None:
    customer = records.add_customer(north)
    records.credit(clerk, customers=[customer], amount_minor=1000)
    credit = records.credit_of(north, "C1")
    clerk = limit(clerk, billing_credit_limit_minor=1400, person_day_limit_minor=1300)
    for amount, code in ((1401, "credit_over_limit"), (1301, "person_day_over_limit")):
        refused = refusal(lambda: records.edit(clerk, credit, amount_minor=amount))  # noqa: B023
        assert (refused.code, refused.field) == (code, "amount")
    records.edit(clerk, credit, amount_minor=1300)
    limit(clerk, billing_credit_limit_minor=1)
    clerk = Membership.objects.get(pk=clerk.pk)
    records.edit(clerk, credit, amount_minor=1200)
    assert_verified()


@pytest.mark.sql
def test_no_credit_is_raised_over_what_one_run_may_give(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    customer = records.add_customer(north)
    clerk = limit(clerk, run_limit_minor=1000)
    records.credit(clerk, customers=[customer], amount_minor=1000)
    credit = records.credit_of(north, "C1")
    refused = refusal(lambda: records.edit(clerk, credit, amount_minor=1001))
    assert (refused.code, refused.field) == ("run_over_limit", "amount")
    manager = limit(records.add_person(north, "manager"), run_limit_minor=1000)
    records.edit(manager, credit, amount_minor=1001)
    assert_verified()
