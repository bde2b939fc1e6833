"""Each reason for which a row of a credit run is not credited, and which of several counts."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from makegood.credits.models import Credit
from makegood.ledger.models import CustomerBalance
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import set_gl_code_active
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership, Provider, Staff
from makegood.providers.services import change_membership, set_end_customer_billing, set_limits
from makegood.runs.models import Run
from makegood.runs.services.start_run import retry_failed
from tests.support import records
from tests.support.answers import Verified
from tests.support.ownership import break_booking, mend_booking

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def queue(membership: Membership, **asked: object) -> Run:
    """A run of 10.00 on GL code 4910 that is about to be booked."""
    return records.start(records.draft_credit(membership, gl_code="4910", **asked), membership)  # type: ignore[arg-type]  # passed through


BEFORE_THE_BOOKING: dict[str, tuple[str, Callable[[Provider, Membership], object]]] = {
    "billing is switched off": (
        "billing_off",
        lambda north, clerk: set_end_customer_billing(provider=north, on=False, staff_id=None),
    ),
    "the clerk becomes a viewer": (
        "requester_not_allowed",
        lambda north, clerk: change_membership(membership=clerk, role="viewer"),
    ),
    "the clerk becomes an agent, who credits one at a time": (
        "requester_not_allowed",
        lambda north, clerk: change_membership(membership=clerk, role="agent"),
    ),
    "the clerk leaves the provider": (
        "requester_not_allowed",
        lambda north, clerk: change_membership(membership=clerk, active=False),
    ),
    "the clerk is deactivated everywhere": (
        "requester_not_allowed",
        lambda north, clerk: Staff.objects.filter(pk=clerk.staff_id).update(is_active=False),
    ),
    "the limit of a run is lowered below its total": (
        "requester_not_allowed",
        lambda north, clerk: set_limits(provider=north, staff_id=None, run_limit_minor=100),
    ),
    "the GL code is deactivated": (
        "gl_code_inactive",
        lambda north, clerk: set_gl_code_active(gl_code=get_gl_code(north, "4910"), active=False, staff_id=None),
    ),
}


@pytest.mark.parametrize("event", BEFORE_THE_BOOKING)
def test_what_changes_for_the_whole_run_before_the_booking_skips_everybody(
    event: str, assert_verified: Verified
) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 2, orders_each=2)
    run = queue(clerk, list_name="orders", per="order")
    code, happens = BEFORE_THE_BOOKING[event]
    happens(north, clerk)
    run = records.finish(run)
    assert set(records.outcomes(run).values()) == {code}
    assert (run.state, run.rows_skipped, run.customers_skipped, run.booked_minor) == ("finished", 4, 2, 0)
    assert_verified()


def test_an_agents_right_to_credit_one_is_enough_for_one(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    run = queue(clerk, customers=[records.add_customer(north)])
    change_membership(membership=clerk, role="agent")
    assert records.finish(run).rows_done == 1
    assert_verified()


def test_a_right_that_is_lost_on_the_way_skips_the_rest(assert_verified: Verified, settings: Settings) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 3)
    settings.MAKEGOOD_CHUNK_ROWS = 1
    run = records.finish(queue(clerk), after_step=lambda: change_membership(membership=clerk, role="viewer"))
    assert records.outcomes(run) == {"C1": "credited", "C2": "requester_not_allowed", "C3": "requester_not_allowed"}
    assert_verified()


def test_what_holds_for_all_comes_before_what_holds_for_one(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    one, _ = records.add_customers(north, 2)
    run = queue(clerk)
    close_customer(customer=one, staff_id=None)
    set_limits(provider=north, staff_id=None, largest_funds_minor=1)
    set_gl_code_active(gl_code=get_gl_code(north, "4910"), active=False, staff_id=None)
    change_membership(membership=clerk, active=False)
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    assert records.outcomes(records.finish(run)) == {"C1": "billing_off", "C2": "billing_off"}
    assert_verified()


def test_closed_comes_before_too_much(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    one, _ = records.add_customers(north, 2)
    run = queue(clerk)
    close_customer(customer=one, staff_id=None)
    set_limits(provider=north, staff_id=None, largest_funds_minor=1)
    assert records.outcomes(records.finish(run)) == {"C1": "customer_closed", "C2": "over_funds_limit"}
    assert_verified()


def test_who_would_have_too_much_fails_alone_and_is_retried_when_the_limit_is_raised(
    assert_verified: Verified,
) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    _, rich, _ = records.add_customers(north, 3)
    set_limits(provider=north, staff_id=None, largest_funds_minor=1500)
    records.credit(clerk, customers=[rich], amount_minor=501)
    run = records.credit(clerk, amount_minor=1000)
    assert records.outcomes(run) == {"C1": "credited", "C2": "over_funds_limit", "C3": "credited"}
    assert (run.state, run.rows_failed, run.customers_failed, run.booked_minor) == ("finished", 1, 1, 2000)
    assert_verified()

    again = retry_failed(run=run, membership=clerk)
    assert records.outcomes(again) == {"C1": "credited", "C2": "waiting_again", "C3": "credited"}
    assert_verified()
    again = records.finish(again)
    assert (again.rows_failed, again.booked_minor) == (1, 2000), "the limit is still there"
    assert_verified()

    set_limits(provider=north, staff_id=None, largest_funds_minor=1501)
    run = records.finish(retry_failed(run=run, membership=clerk))
    assert (run.rows_done, run.rows_failed, run.customers_done, run.booked_minor) == (3, 0, 3, 3000)
    assert records.funds_of_all(north) == {"C1": 1000, "C2": 1501, "C3": 1000}
    assert_verified()


def test_exactly_the_limit_is_not_too_much(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 2, orders_each=2)
    set_limits(provider=north, staff_id=None, largest_funds_minor=2000)
    assert records.credit(clerk, list_name="orders", per="order").rows_done == 4
    assert_verified()


def test_orders_that_are_too_much_together_fail_together(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north, "C1", areas=["Springfield"] * 3)
    records.add_customer(north, "C2", areas=["Springfield"])
    set_limits(provider=north, staff_id=None, largest_funds_minor=2999)
    run = records.credit(clerk, list_name="orders", per="order")
    assert (run.rows_done, run.rows_failed, run.customers_done, run.customers_failed) == (1, 3, 1, 1)
    assert records.funds_of_all(north) == {"C1": 0, "C2": 1000}
    assert_verified()


def test_the_database_itself_refuses_too_much(assert_verified: Verified) -> None:
    north = records.add_provider()
    records.add_customer(north)
    set_limits(provider=north, staff_id=None, largest_funds_minor=999)
    with pytest.raises(DatabaseError, match="more Available Funds than the provider allows"), transaction.atomic():
        CustomerBalance.objects.filter(provider=north).update(funds_minor=1000)
    assert_verified()


@pytest.mark.parametrize("sqlstate", ["22003", "23505", "23514"])
def test_the_one_whom_the_database_refuses_is_found_among_many(
    sqlstate: str, assert_verified: Verified, settings: Settings
) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    customers = records.add_customers(north, 23)
    settings.MAKEGOOD_CHUNK_ROWS = 8
    break_booking([customers[12]], sqlstate)
    run = records.credit(clerk)
    refused = [number for number, outcome in records.outcomes(run).items() if outcome != "credited"]
    assert refused == ["C13"]
    assert records.outcomes(run)["C13"] == "refused_by_database"
    assert (run.state, run.rows_done, run.rows_failed, run.booked_minor) == ("finished", 22, 1, 22_000)
    assert_verified()

    mend_booking()
    run = records.finish(retry_failed(run=run, membership=clerk))
    assert (run.rows_done, run.rows_failed) == (23, 0)
    assert set(records.funds_of_all(north).values()) == {1000}
    assert_verified()


@pytest.mark.parametrize("broken", [[0, 1], [0, 9], [3, 4], range(10)])
def test_so_are_several_and_all(broken: list[int], assert_verified: Verified, settings: Settings) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    customers = records.add_customers(north, 10)
    settings.MAKEGOOD_CHUNK_ROWS = 4
    break_booking([customers[position] for position in broken], "23514")
    run = records.credit(clerk)
    refused = [number for number, outcome in records.outcomes(run).items() if outcome == "refused_by_database"]
    assert refused == [customers[position].number for position in broken]
    assert run.rows_done == 10 - len(refused)
    assert_verified()

    retried = records.finish(retry_failed(run=run, membership=clerk))
    assert (retried.rows_done, retried.rows_failed) == (run.rows_done, run.rows_failed), "still broken"
    assert_verified()


def test_all_orders_of_a_refused_customer_fall_together(assert_verified: Verified, settings: Settings) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    customers = records.add_customers(north, 5, orders_each=3)
    settings.MAKEGOOD_CHUNK_ROWS = 7
    break_booking([customers[2]], "23514")
    run = records.credit(clerk, list_name="orders", per="order")
    refused = [number for number, outcome in records.outcomes(run).items() if outcome == "refused_by_database"]
    assert refused == ["C3-1", "C3-2", "C3-3"]
    assert (run.rows_done, run.rows_failed, run.customers_done, run.customers_failed) == (12, 3, 4, 1)
    assert Credit.objects.filter(customer=customers[2]).count() == 0
    assert_verified()
