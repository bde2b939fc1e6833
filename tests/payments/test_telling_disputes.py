"""What managers are told of disputes: of one that comes alone by itself, of those of an hour together."""

from datetime import timedelta

import pytest

from makegood.kit.clock import frozen_clock, now
from makegood.notifications.models import Notification
from makegood.notifications.services import mark_all_read
from makegood.payments.models import Payment
from makegood.providers.models import Membership, Provider
from makegood.web.notifications.subjects import find_subject_url
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.returns import charge, dispute


@pytest.fixture
def manager(north: Provider) -> Membership:
    sandbox.connect(north)
    return records.add_person(north, "manager")


@pytest.fixture
def payments(clerk: Membership, manager: Membership) -> list[Payment]:
    """Three of 10.00, 20.00 and 30.00 by cards of three customers."""
    paid = []
    for number in (1, 2, 3):
        customer = records.add_customer(clerk.provider, f"C{number}")
        sandbox.add_method(customer)
        movements.owe(customer, number * 1000)
        paid.append(charge(clerk, customer))
    return paid


def told(manager: Membership) -> list[tuple[str, str | None]]:
    """Titles, oldest first, and where they lead."""
    found = Notification.objects.filter(staff=manager.staff).order_by("id")
    return [(each.title, find_subject_url(each)) for each in found]


def test_one_alone_is_told_by_itself(manager: Membership, payments: list[Payment], assert_verified: Verified) -> None:
    dispute(payments[0], 1000)
    assert told(manager) == [(f"$10.00 of payment {payments[0].pk} is disputed", f"/payments/{payments[0].pk}")]
    assert "$10.00 is due again" in Notification.objects.get().body
    assert_verified()


def test_those_of_an_hour_stand_together_in_what_is_not_read(
    manager: Membership, payments: list[Payment], assert_verified: Verified
) -> None:
    dispute(payments[0], 1000)
    dispute(payments[1], 2000, reference="dp_2", reason="general")
    dispute(payments[2], 3000, reference="dp_3")
    assert told(manager) == [("3 payments are disputed, $60.00 in all", "/payments?state=disputed")]
    body = Notification.objects.get().body
    assert "Answer each at the processor: the first takes answers until Jan 31, 2030" in body
    assert "Autopay does not charge the payment methods of 2 of them any more" in body
    assert_verified()


def test_who_has_read_it_is_told_of_the_next_by_itself(
    north: Provider, manager: Membership, payments: list[Payment], assert_verified: Verified
) -> None:
    other = records.add_person(north, "manager", "other@north.example")
    dispute(payments[0], 1000)
    mark_all_read(provider_id=north.pk, staff_id=manager.staff_id)
    dispute(payments[1], 2000, reference="dp_2")
    assert [title for title, _ in told(manager)] == [
        f"$10.00 of payment {payments[0].pk} is disputed",
        f"$20.00 of payment {payments[1].pk} is disputed",
    ]
    assert [title for title, _ in told(other)] == ["2 payments are disputed, $30.00 in all"]
    assert_verified()


def test_what_comes_hours_later_stands_for_itself_and_the_earlier_stays_unread(
    manager: Membership, payments: list[Payment], assert_verified: Verified
) -> None:
    dispute(payments[0], 1000)
    with frozen_clock(now() + timedelta(hours=2)):
        dispute(payments[1], 2000, reference="dp_2")
    assert len(told(manager)) == 2
    assert not Notification.objects.exclude(read_at=None).exists()
    assert_verified()


def test_lost_ones_stand_together_too_apart_from_those_that_were_opened(
    manager: Membership, payments: list[Payment], assert_verified: Verified
) -> None:
    dispute(payments[0], 1000)
    dispute(payments[1], 2000, "lost", "dp_2")
    dispute(payments[0], 1000, "lost")
    assert told(manager) == [
        (f"$10.00 of payment {payments[0].pk} is disputed", f"/payments/{payments[0].pk}"),
        ("2 payments are returned, $30.00 in all", "/payments?state=returned"),
    ]
    assert "due again, to be collected by hand" in Notification.objects.latest("pk").body
    assert_verified()


def test_what_needs_more_than_others_is_told_by_itself(
    clerk: Membership, manager: Membership, payments: list[Payment], assert_verified: Verified
) -> None:
    dispute(payments[0], 1000)
    given_up = payments[1].allocations.get().invoice
    dispute(payments[1], 1000, reference="dp_2")
    given_up.refresh_from_db()
    movements.pay(given_up)
    dispute(payments[1], 2000, "lost", "dp_2")
    assert [title for title, _ in told(manager)] == [
        "2 payments are disputed, $20.00 in all",
        f"$10.00 of payment {payments[1].pk} was returned",
    ]
    assert "had paid what is marked uncollectible" in Notification.objects.latest("pk").body
    assert_verified()
