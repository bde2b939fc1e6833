"""How many charges may be submitted within an hour."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from makegood.kit.refusal import Refused
from makegood.payments.collecting import room_within_the_hour
from makegood.payments.models import CollectionSettings, Payment
from makegood.payments.pace import Ahead, Room, Sent, find_turn, room_beside
from makegood.payments.services.collection_settings import change_collection_settings, get_collection_settings
from makegood.providers.models import Provider
from tests.support.autopay import add_card, add_gateway, charge_on
from tests.support.billing import FIRST, add_billed_customer, add_billing_provider, issue_invoices
from tests.support.records import add_person

AT = datetime(2026, 1, 6, 12, tzinfo=UTC)
LIMIT = Room(10, 5000)


@pytest.mark.parametrize(
    ("submitted", "submitted_minor", "left"),
    [(0, 0, (10, 5000)), (4, 3000, (6, 2000)), (10, 4000, (0, 1000)), (12, 9000, (0, 0))],
)
def test_what_is_left_is_the_limit_without_what_was_submitted(
    submitted: int, submitted_minor: int, left: tuple[int, int]
) -> None:
    assert room_beside(LIMIT, submitted, submitted_minor)[:2] == left


def test_a_charge_larger_than_the_limit_has_an_hour_of_its_own() -> None:
    assert room_beside(LIMIT, 0, 0).takes_any
    assert not room_beside(LIMIT, 1, 100).takes_any
    assert not room_beside(Room(10, None), 0, 0).takes_any


def minutes_ago(*each: tuple[int, int]) -> list[Sent]:
    return [Sent(AT - timedelta(minutes=minutes), amount_minor) for minutes, amount_minor in each]


NONE_AHEAD = Ahead(0, 0)


@pytest.mark.parametrize(
    ("limit", "ahead", "amount_minor", "minutes"),
    [
        (Room(3, None), NONE_AHEAD, 900, None),
        (Room(2, None), NONE_AHEAD, 900, 20),
        (Room(2, None), Ahead(1, 900), 900, 50),
        (Room(2, None), Ahead(2, 1800), 900, 80),
        (Room(3, None), Ahead(1, 900), 900, 20),
        (Room(3, None), Ahead(3, 900), 900, 60),
        (Room(None, 3000), NONE_AHEAD, 1000, None),
        (Room(None, 3000), NONE_AHEAD, 1100, 20),
        (Room(None, 3000), NONE_AHEAD, 2500, 50),
        (Room(None, 3000), NONE_AHEAD, 9900, 50),
        (Room(2, 9000), NONE_AHEAD, 900, 20),
        (Room(9, 2000), NONE_AHEAD, 1500, 50),
    ],
)
def test_a_charge_goes_when_enough_of_the_last_hour_has_passed(
    limit: Room, ahead: Ahead, amount_minor: int, minutes: int | None
) -> None:
    sent = minutes_ago((40, 1000), (10, 1000))
    due = None if minutes is None else AT + timedelta(minutes=minutes)
    assert find_turn(limit, sent, ahead, amount_minor, AT) == due


@pytest.fixture
def north(db: None) -> Provider:
    """Three customers, of whom each is charged 20.00 on the same day."""
    provider = add_billing_provider()
    add_gateway(provider)
    for number in ("A1", "A2", "A3"):
        add_card(add_billed_customer(provider, number, autopay=True))
    issue_invoices(provider, FIRST)
    charge_on(provider, date(2026, 1, 6))
    return provider


def test_without_limits_there_is_room_for_all(north: Provider) -> None:
    assert room_within_the_hour(north, AT)[:2] == (None, None)


def test_only_what_was_submitted_within_the_hour_counts(north: Provider) -> None:
    CollectionSettings.objects.create(provider=north, charges_per_hour=5, amount_per_hour_minor=7000)
    first, second, _ = Payment.objects.order_by("id")
    for payment, minutes in ((first, 61), (second, 59)):
        submitted_at = AT - timedelta(minutes=minutes)
        Payment.objects.filter(pk=payment.pk).update(state="submitted", submitted_at=submitted_at)
    assert room_within_the_hour(north, AT)[:2] == (4, 5000)
    assert room_within_the_hour(north, AT + timedelta(minutes=2))[:2] == (5, 7000)


def test_settings_have_defaults_and_can_be_changed(north: Provider) -> None:
    admin = add_person(north, "admin")
    assert get_collection_settings(north).retry_days == [3, 5, 7]
    change_collection_settings(membership=admin, retry_days=[2], charges_per_hour=100, amount_per_hour_minor=None)
    saved = get_collection_settings(north)
    assert (saved.retry_days, saved.charges_per_hour, saved.at_once) == ([2], 100, 8)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"retry_days": [0]}, "days_range"),
        ({"retry_days": [91]}, "days_range"),
        ({"retry_days": [1] * 11}, "too_many_tries"),
        ({"charges_per_hour": 0}, "charges_range"),
        ({"amount_per_hour_minor": 0}, "amount_range"),
        ({"at_once": 0}, "at_once_range"),
        ({"at_once": 33}, "at_once_range"),
        ({"currency": "EUR"}, "setting_unknown"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], code: str, north: Provider) -> None:
    with pytest.raises(Refused) as refused:
        change_collection_settings(membership=add_person(north, "admin"), **changes)
    assert refused.value.code == code
    assert not CollectionSettings.objects.exists()


def test_who_may_not_change_settings_is_refused(north: Provider) -> None:
    with pytest.raises(Refused):
        change_collection_settings(membership=add_person(north, "billing"), at_once=2)


def test_an_amount_that_no_amount_can_be_is_named_as_it_is(north: Provider) -> None:
    admin = add_person(north, "admin")
    for amount_minor, wrong in ((0, "is more than zero"), (10**17, "is larger than any amount can be")):
        with pytest.raises(Refused, match=wrong):
            change_collection_settings(membership=admin, amount_per_hour_minor=amount_minor)
