"""The same request is recognised: by its key for good, without one for seven days."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.runs.models import Run
from makegood.runs.selectors import find_recent_run_like, find_run_by_key
from makegood.runs.services.start_run import cancel_run
from tests.support import records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_the_same_key_with_the_same_request_gives_the_first_run(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk, manager = records.add_person(north), records.add_person(north, "manager")
    records.add_customers(north, 2)
    first = records.credit(clerk, area="Springfield", key="storm")
    assert records.credit(clerk, area="Springfield", key="storm") == first
    assert records.credit(manager, area="Springfield", key="storm") == first
    assert Run.objects.count() == 1
    assert records.funds_of_all(north) == {"C1": 1000, "C2": 1000}
    assert_verified()


OTHER_REQUESTS: dict[str, dict[str, Any]] = {
    "another amount": {"amount_minor": 1001},
    "another description": {"description": "Storm"},
    "another GL code": {"gl_code": "4910"},
    "another area": {"area": "Shelbyville"},
    "everybody": {"area": None},
    "the other list": {"list_name": "orders"},
    "one per order": {"list_name": "orders", "per": "order"},
}


@pytest.mark.parametrize("other", OTHER_REQUESTS)
def test_the_same_key_with_another_request_is_refused(other: str, assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north, areas=["Springfield", "Shelbyville"])
    first = records.credit(clerk, area="Springfield", key="storm")
    asked = {"area": "Springfield", "key": "storm"} | OTHER_REQUESTS[other]
    with pytest.raises(Refused) as refused:
        records.draft_credit(clerk, **asked)
    assert (refused.value.code, refused.value.field) == ("key_used", "key")
    assert f"The key “storm” belongs to another request: run {first.pk}. Nothing was booked" in refused.value.message
    assert records.funds(north, "C1") == 1000
    assert_verified()


def test_the_list_that_a_filter_matches_is_no_part_of_the_request(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north, "C1")
    draft = records.draft_credit(clerk, area="Springfield", key="storm")
    records.add_customer(north, "Late")
    assert records.credit(clerk, area="Springfield", key="storm") == draft
    assert records.funds_of_all(north) == {"C1": 1000, "Late": 0}, "the first call froze the list"
    assert_verified()


def test_the_order_in_which_values_were_given_does_not_matter(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    one, two = records.add_customers(north, 2)
    records.add_order(one, "O1", area="Shelbyville")
    areas = {"area": ["Springfield", "Shelbyville"], "status": ["active"]}
    first = records.credit(clerk, filter=areas, key="storm")
    turned = {"status": ["active"], "area": ["Shelbyville", "Springfield", "Springfield"]}
    assert records.credit(clerk, filter=turned, key="storm") == first
    listed = records.credit(clerk, customers=[one, two], key="two")
    assert records.credit(clerk, customers=[two, one], key="two") == listed
    assert_verified()


def test_each_provider_has_keys_of_its_own(assert_verified: Verified) -> None:
    north, south = records.add_provider(), records.add_provider("south")
    for provider in (north, south):
        records.add_customer(provider)
        records.credit(records.add_person(provider), key="storm")
    assert find_run_by_key(north, "storm") != find_run_by_key(south, "storm")
    assert (records.funds(north, "C1"), records.funds(south, "C1")) == (1000, 1000)
    assert_verified()


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_that_does_not_fit_is_refused(key: str) -> None:
    north = records.add_provider()
    records.add_customer(north)
    with pytest.raises(Refused, match="A key has 1 to 200 characters"):
        records.draft_credit(records.add_person(north), key=key)


def test_without_a_key_the_same_request_is_remembered_for_seven_days(assert_verified: Verified) -> None:
    north, south = records.add_provider(), records.add_provider("south")
    clerk = records.add_person(north)
    records.add_customer(north)
    records.add_customer(south)
    with frozen_clock(NOON):
        first = records.credit(clerk)
        records.credit(records.add_person(south))
    with frozen_clock(NOON + timedelta(days=7)):
        assert find_recent_run_like(records.draft_credit(clerk)) == first
        assert find_recent_run_like(records.draft_credit(clerk, amount_minor=999)) is None
    with frozen_clock(NOON + timedelta(days=8)):
        assert find_recent_run_like(records.draft_credit(clerk)) is None
    assert_verified()


def test_what_was_never_started_is_not_remembered() -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north)
    records.draft_credit(clerk)
    cancel_run(run=records.draft_credit(clerk), membership=clerk)
    assert find_recent_run_like(records.draft_credit(clerk)) is None
