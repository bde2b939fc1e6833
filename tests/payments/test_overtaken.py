"""Who was too slow with a payment lets go of it only as long as nobody else is at it, or was meanwhile."""

from datetime import timedelta

import pytest

from makegood.kit.clock import frozen_clock, now
from makegood.payments.leases import give_back, put_off, take_to_ask, take_to_submit
from makegood.payments.services.ask import ask_payments
from makegood.payments.services.submit import submit_payments
from makegood.providers.models import Provider
from tests.payments.collecting import add_payer, after, ask, charge, gateway_of, invoices_of, state_of, submit
from tests.support import sandbox
from tests.support.answers import Verified

pytestmark = pytest.mark.sql


def test_who_asks_too_slowly_does_not_let_go_what_another_one_asks_about(
    north: Provider, assert_verified: Verified
) -> None:
    payer = add_payer(north, "C1", "card_timeout")
    (payment,) = charge(north)
    submit(north)
    gateway = gateway_of(north)
    with after(minutes=1):
        (slow,) = take_to_ask(gateway, 1)
    with frozen_clock(slow.until):
        (fast,) = take_to_ask(gateway, 1)
        put_off({slow: now()})
        assert ask_payments(gateway=gateway).taken == 0
    payment.refresh_from_db()
    assert (payment.state, payment.held_until, payment.checks) == ("unknown", fast.until, fast.checks)
    with frozen_clock(fast.until):
        put_off({fast: now()})
        assert ask_payments(gateway=gateway).booked.succeeded == [payment.pk]
    assert invoices_of(payer) == [("paid", 6000, 0, 0)]
    assert_verified()


def test_who_submits_too_slowly_has_nothing_submitted_again_that_is_on_its_way(
    north: Provider, assert_verified: Verified
) -> None:
    payer = add_payer(north, "C1", "ach_succeeds")
    (payment,) = charge(north)
    gateway = gateway_of(north)
    with after():
        (slow,) = take_to_submit(gateway, 1)
    with frozen_clock(slow.until):
        assert ask_payments(gateway=gateway).booked.processing == [payment.pk]
        # The slow one was told that nothing was done of what it asked for, as the other one was first.
        give_back({slow: now()})
        assert submit_payments(gateway=gateway).taken == 0
    assert (state_of(payment), payment.submitted_at) == ("submitted", slow.submitted_at)
    assert ask(north, days=5).booked.succeeded == [payment.pk]
    assert (invoices_of(payer), len(sandbox.charges(north))) == ([("paid", 6000, 0, 0)], 1)
    assert_verified()


def test_who_still_holds_a_payment_lets_it_go(north: Provider, assert_verified: Verified) -> None:
    add_payer(north)
    (payment,) = charge(north)
    gateway = gateway_of(north)
    with after():
        (held,) = take_to_submit(gateway, 1)
        give_back({held: now() + timedelta(minutes=3)})
        assert submit_payments(gateway=gateway).taken == 0
    assert (state_of(payment), payment.submitted_at) == ("created", None)
    assert submit(north, minutes=3).booked.succeeded == [payment.pk]
    assert_verified()
