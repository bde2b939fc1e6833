"""The limits of an hour hold, too, for what has to be submitted once more after the processor was away."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from makegood.kit.clock import frozen_clock
from makegood.payments.collecting import find_turn_of, room_within_the_hour
from makegood.payments.models import CollectionSettings, Payment
from makegood.providers.models import Provider
from tests.payments.collecting import NOON, add_payer, ask, charge, submit
from tests.support.answers import Verified
from tests.support.collecting import through_stripe
from tests.support.stripe_proxy import Processor

PAYERS = 6


@pytest.fixture(autouse=True)
def processor(north: Provider) -> Iterator[Processor]:
    with through_stripe(north, at=NOON) as processor:
        yield processor


def submit_in_vain(north: Provider, processor: Processor, hours: int) -> None:
    """Six payers are charged, two in each hour; no answer comes, and nothing arrives."""
    for number in range(PAYERS):
        add_payer(north, f"C{number}")
    charge(north)
    with processor.failing("charge", *["cut"] * 50):
        for hour in range(hours):
            assert submit(north, hours=hour, minutes=2 * hour).taken == PAYERS / hours
    assert processor.charges() == []
    assert not Payment.objects.filter(state="succeeded").exists()


def charged_by(north: Provider, processor: Processor, **passed: float) -> int:
    """How many charges there are at the processor after it is asked, so much later than noon."""
    ask(north, **passed)
    return len(processor.charges())


def test_no_more_are_ordered_again_within_an_hour_than_the_limit_lets(
    north: Provider, processor: Processor, assert_verified: Verified
) -> None:
    CollectionSettings.objects.update(charges_per_hour=2)
    submit_in_vain(north, processor, hours=3)
    # The last two have their place in this hour already.
    assert charged_by(north, processor, hours=2, minutes=40) == 2
    assert charged_by(north, processor, hours=3) == 2
    assert charged_by(north, processor, hours=3, minutes=10) == 4
    with frozen_clock(NOON + timedelta(hours=4, minutes=5)):
        assert room_within_the_hour(north, NOON + timedelta(hours=4, minutes=5)).is_full
    assert charged_by(north, processor, hours=4, minutes=15) == PAYERS
    assert len({key for _, key, _, _ in processor.charges()}) == PAYERS
    assert not Payment.objects.exclude(state="succeeded").exists()
    assert_verified()


def test_the_amount_of_an_hour_holds_as_well(north: Provider, processor: Processor, assert_verified: Verified) -> None:
    submit_in_vain(north, processor, hours=1)
    CollectionSettings.objects.update(amount_per_hour_minor=18_500)
    assert charged_by(north, processor, hours=2) == 3
    assert charged_by(north, processor, hours=3, minutes=1) == PAYERS
    assert_verified()


def test_without_limits_all_are_ordered_again_at_once(
    north: Provider, processor: Processor, assert_verified: Verified
) -> None:
    submit_in_vain(north, processor, hours=1)
    assert charged_by(north, processor, hours=2) == PAYERS
    assert not Payment.objects.filter(ordered_again_at__isnull=False).exists()
    assert_verified()


def test_what_was_ordered_again_counts_for_who_waits_for_a_turn(north: Provider, processor: Processor) -> None:
    CollectionSettings.objects.update(charges_per_hour=PAYERS)
    submit_in_vain(north, processor, hours=1)
    assert charged_by(north, processor, hours=2) == PAYERS
    waiting = add_payer(north, "C9")
    charge(north)
    at = NOON + timedelta(hours=2, minutes=10)
    with frozen_clock(at):
        assert find_turn_of(Payment.objects.get(customer=waiting), at) == NOON + timedelta(hours=3)
