"""Who may give how much, and that nothing is given while billing is off."""

from collections.abc import Callable

import pytest

from makegood.credits.rules import Asked, Limits, can_give
from makegood.credits.services.take_back import prepare_take_back
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import set_gl_code_active
from makegood.providers.models import Membership
from makegood.providers.services import set_end_customer_billing, set_limits
from makegood.runs.models import Run
from makegood.runs.selectors import get_run
from makegood.runs.services.start_run import cancel_run, resume_run, retry_failed, start_run, stop_run
from tests.support import records
from tests.support.answers import Verified

LIMITS = Limits(run_minor=100_000, agent_credit_minor=5000)


@pytest.mark.parametrize(
    ("role", "customers", "each", "code"),
    [
        ("viewer", 1, 1, "not_allowed"),
        ("admin", 1, 1, "not_allowed"),
        ("agent", 1, 5000, None),
        ("agent", 1, 5001, "credit_over_limit"),
        ("agent", 2, 1, "not_allowed"),
        ("billing", 1, 5001, None),
        ("billing", 100, 1000, None),
        ("billing", 101, 1000, "run_over_limit"),
        ("manager", 1_000_000, 1_000_000, None),
    ],
)
def test_who_may_give_how_much(role: str, customers: int, each: int, code: str | None) -> None:
    limit = can_give(role, Asked(customers, each, customers * each), LIMITS)
    assert (limit and limit.code) == code


def test_an_agent_gives_no_more_by_several_orders_of_one_customer() -> None:
    limit = can_give("agent", Asked(1, 3000, 6000), LIMITS)
    assert limit is not None
    assert limit.code == "credit_over_limit"


def refusal(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_who_may_not_give_credits_is_told_who_may(role: str) -> None:
    north = records.add_provider()
    records.add_customer(north)
    person = records.add_person(north, role)
    refused = refusal(lambda: records.draft_credit(person))
    assert refused.message == (
        f"Your role ({role}) may not give credits. A person with role agent, billing or manager can."
    )
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_an_agent_credits_one_customer_up_to_the_limit(assert_verified: Verified) -> None:
    north = records.add_provider()
    agent = records.add_person(north, "agent")
    one, two = records.add_customers(north, 2)
    assert records.credit(agent, customers=[one], amount_minor=5000).rows_done == 1

    both = records.draft_credit(agent, customers=[one, two], amount_minor=1)
    assert refusal(lambda: records.start(both, agent)).message == (
        "Your role (agent) may credit one customer at a time. A person with role billing or manager can credit several."
    )
    larger = records.draft_credit(agent, customers=[one], amount_minor=5001)
    assert refusal(lambda: records.start(larger, agent)).message == (
        "The amount is over $50.00, the most that the role agent may give. "
        "A person with role billing or manager can give it."
    )
    assert records.funds_of_all(north) == {"C1": 5000, "C2": 0}
    assert_verified()


@pytest.mark.django_db
def test_a_clerk_credits_up_to_the_limit_of_a_run_and_a_manager_beyond(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk, manager = records.add_person(north, "billing"), records.add_person(north, "manager")
    records.add_customers(north, 3)
    set_limits(provider=north, staff_id=None, run_limit_minor=3000)
    assert records.credit(clerk, amount_minor=1000).rows_done == 3
    over = records.draft_credit(clerk, amount_minor=1001)
    refused = refusal(lambda: records.start(over, clerk))
    assert refused.code == "run_over_limit"
    assert refused.message == (
        "The total is over $30.00, the most that the role billing may give in one run. A manager can start it."
    )
    over = records.finish(records.start(over, manager))
    assert (over.rows_done, over.created_by) == (3, clerk.staff)
    assert_verified()


@pytest.mark.django_db
def test_a_manager_can_start_what_an_agent_has_prepared(assert_verified: Verified) -> None:
    north = records.add_provider()
    agent, manager = records.add_person(north, "agent"), records.add_person(north, "manager")
    records.add_customers(north, 3)
    run = records.finish(records.start(records.draft_credit(agent), manager))
    assert run.rows_done == 3, "the right of who starts it counts"
    assert_verified()


@pytest.mark.django_db
def test_while_billing_is_off_every_way_in_refuses(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    one, two = records.add_customers(north, 2)
    draft = records.draft_credit(clerk, customers=[one])
    stopped = stop_run(run=records.start(records.draft_credit(clerk, customers=[two]), clerk), membership=clerk)
    too_much = records.draft_credit(clerk, customers=[one])
    set_limits(provider=north, staff_id=None, largest_funds_minor=999)
    done = records.credit(clerk, customers=[one, two], amount_minor=999)
    failed = records.finish(records.start(too_much, clerk))
    assert (done.rows_done, failed.rows_failed) == (2, 1)
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    clerk = Membership.objects.get(pk=clerk.pk)
    booked = JournalEntry.objects.count()

    ways_in: dict[str, Callable[[], object]] = {
        "credit": lambda: records.draft_credit(clerk),
        "start": lambda: start_run(run=draft, membership=clerk),
        "resume": lambda: resume_run(run=stopped, membership=clerk),
        "retry": lambda: retry_failed(run=failed, membership=clerk),
        "take back": lambda: prepare_take_back(membership=clerk, run=done),
    }
    for way_in in ways_in.values():
        refused = refusal(way_in)
        assert (refused.code, "End Customer Billing is off for North" in refused.message) == ("billing_off", True)
    assert JournalEntry.objects.count() == booked
    assert_verified()


@pytest.mark.django_db
def test_a_draft_whose_gl_code_was_deactivated_is_not_started() -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north)
    draft = records.draft_credit(clerk, gl_code="4910")
    set_gl_code_active(gl_code=get_gl_code(north, "4910"), active=False, staff_id=None)
    assert refusal(lambda: records.start(draft, clerk)).code == "gl_code_inactive"


@pytest.mark.django_db
def test_staff_of_another_provider_cannot_touch_a_run(assert_verified: Verified) -> None:
    north, south = records.add_provider(), records.add_provider("south")
    clerk, stranger = records.add_person(north), records.add_person(south, "manager")
    records.add_customer(north)
    draft = records.draft_credit(clerk)
    done = records.credit(clerk)
    for act in (
        lambda: start_run(run=draft, membership=stranger),
        lambda: cancel_run(run=draft, membership=stranger),
        lambda: stop_run(run=draft, membership=stranger),
        lambda: resume_run(run=draft, membership=stranger),
        lambda: retry_failed(run=done, membership=stranger),
        lambda: prepare_take_back(membership=stranger, run=done),
        lambda: get_run(draft.pk, south),
    ):
        assert refusal(act).code == "run_unknown"
    assert records.reload(draft).state == "draft"
    assert_verified()


@pytest.mark.django_db
def test_only_who_asked_or_who_may_run_credits_can_stop_or_cancel() -> None:
    north = records.add_provider()
    clerk, manager = records.add_person(north), records.add_person(north, "manager")
    viewer, agent = records.add_person(north, "viewer"), records.add_person(north, "agent")
    one, _ = records.add_customers(north, 2)
    draft, queued = records.draft_credit(clerk), records.start(records.draft_credit(clerk), clerk)
    for person in (viewer, agent):
        assert refusal(lambda: cancel_run(run=draft, membership=person)).code == "not_allowed"  # noqa: B023
        assert refusal(lambda: stop_run(run=queued, membership=person)).code == "not_allowed"  # noqa: B023
    assert cancel_run(run=draft, membership=clerk).state == "cancelled"
    assert stop_run(run=queued, membership=manager).state == "stopped"
    own = records.draft_credit(agent, customers=[one])
    assert cancel_run(run=own, membership=agent).state == "cancelled"


@pytest.mark.django_db
def test_a_viewer_cannot_take_back(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk, agent = records.add_person(north), records.add_person(north, "agent")
    records.add_customer(north)
    run = records.credit(clerk)
    refused = refusal(lambda: prepare_take_back(membership=agent, run=run))
    assert refused.message == "Your role (agent) may not take back a run. A person with role billing or manager can."
    assert_verified()
