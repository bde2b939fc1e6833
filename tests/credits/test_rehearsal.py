"""What a person is told before anything is booked."""

from datetime import UTC, datetime, timedelta

import pytest

from makegood.credits.models import Credit
from makegood.credits.selectors import Rehearsal, get_rehearsal
from makegood.customers.services import edit_customer
from makegood.kit.clock import frozen_clock
from makegood.ledger.models import JournalEntry
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership
from makegood.providers.services import set_limits
from tests.support import movements, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def rehearse(membership: Membership, **asked: object) -> Rehearsal:
    return get_rehearsal(records.draft_credit(membership, **asked))  # type: ignore[arg-type]  # passed through


def test_who_is_credited_who_is_skipped_and_what_it_comes_to(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    customers = records.add_customers(north, 6)
    close_customer(customer=customers[0], staff_id=None)
    close_customer(customer=customers[1], staff_id=None)
    edit_customer(customer=customers[1], staff_id=None, email="")
    edit_customer(customer=customers[2], staff_id=None, email="")
    edit_customer(customer=customers[3], staff_id=None, email_opt_out=True)
    edit_customer(customer=customers[4], staff_id=None, billing_enabled=False)

    rehearsal = rehearse(clerk, amount_minor=250, gl_code="4920")

    assert (rehearsal.customers, rehearsal.run.total_minor) == (4, 1000)
    assert [(skip.code, skip.customers) for skip in rehearsal.skipped] == [("customer_closed", 2)]
    assert (rehearsal.without_email, rehearsal.opted_out, rehearsal.billing_disabled) == (1, 1, 1)
    assert rehearsal.by_gl_code == {"4920": 1000}
    assert (rehearsal.over_funds_limit, rehearsal.look_alikes) == (0, 0)
    assert_verified()


def test_a_rehearsal_books_nothing(assert_verified: Verified) -> None:
    north = records.add_provider()
    records.add_customers(north, 2)
    rehearsal = rehearse(records.add_person(north))
    assert rehearsal.run.state == "draft"
    assert not Credit.objects.exists()
    assert not JournalEntry.objects.exists()
    assert records.funds_of_all(north) == {"C1": 0, "C2": 0}
    assert_verified()


def test_who_would_have_too_much_is_foretold(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    one, _ = records.add_customers(north, 2, orders_each=2)
    records.credit(clerk, customers=[one], amount_minor=600)
    set_limits(provider=north, staff_id=None, largest_funds_minor=1000)
    clerk.refresh_from_db()
    assert rehearse(clerk, amount_minor=400).over_funds_limit == 0
    assert rehearse(clerk, amount_minor=401).over_funds_limit == 1
    assert rehearse(clerk, amount_minor=300, list_name="orders", per="order").over_funds_limit == 1
    assert rehearse(clerk, amount_minor=501, list_name="orders", per="order").over_funds_limit == 2
    assert_verified()


def test_who_got_the_same_within_seven_days_is_a_look_alike(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    one, two, _ = records.add_customers(north, 3)
    with frozen_clock(NOON):
        records.credit(clerk, customers=[one, two], description="Storm")
    with frozen_clock(NOON + timedelta(days=7)):
        assert rehearse(clerk, description="Storm").look_alikes == 2
        assert rehearse(clerk, description=" Storm ").look_alikes == 2
        assert rehearse(clerk, description="Storm", amount_minor=1001).look_alikes == 0
        assert rehearse(clerk, description="Sturm").look_alikes == 0
    with frozen_clock(NOON + timedelta(days=7, seconds=1)):
        assert rehearse(clerk, description="Storm").look_alikes == 0
    assert_verified()


def test_what_was_taken_back_wholly_is_no_look_alike(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    one, _ = records.add_customers(north, 2)
    run = records.credit(clerk)
    movements.owe(one, 100)
    movements.use(Credit.objects.get(customer=one), 100)
    records.take_back(clerk, run)
    assert rehearse(clerk).look_alikes == 1, "only who has used a part of it"
    assert_verified()


def test_another_providers_credits_are_no_look_alikes(assert_verified: Verified) -> None:
    north, south = records.add_provider(), records.add_provider("south")
    for provider in (north, south):
        records.add_customer(provider)
    records.credit(records.add_person(south))
    assert rehearse(records.add_person(north)).look_alikes == 0
    assert_verified()
