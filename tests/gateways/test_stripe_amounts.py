"""Amounts as Stripe writes them."""

import pytest

from makegood.gateways.interface import GatewayRefused
from makegood.gateways.stripe.amounts import find_step, from_stripe, to_stripe
from makegood.kit.currencies import CURRENCY_DIGITS


@pytest.mark.parametrize(
    ("currency", "ours", "at_stripe"),
    [
        ("USD", 1050, 1050),
        ("EUR", 1, 1),
        ("JPY", 500, 500),
        ("KRW", 1, 1),
        ("HUF", 1050, 1050),
        ("TWD", 1000, 1000),
        # Two decimals in ISO 4217, none at Stripe.
        ("MGA", 500, 5),
        # None in ISO 4217, two at Stripe.
        ("ISK", 5, 500),
        ("UGX", 5, 500),
        # Three, of which the last is always 0.
        ("KWD", 1250, 1250),
        ("TND", 10, 10),
    ],
)
def test_an_amount_goes_there_and_comes_back(currency: str, ours: int, at_stripe: int) -> None:
    digits = CURRENCY_DIGITS[currency]
    assert to_stripe(ours, currency, digits) == at_stripe
    assert from_stripe(at_stripe, currency, digits) == ours
    assert from_stripe(-at_stripe, currency, digits) == -ours


@pytest.mark.parametrize(("currency", "ours"), [("KWD", 1251), ("BHD", 5), ("MGA", 550)])
def test_what_stripe_cannot_charge_is_refused(currency: str, ours: int) -> None:
    with pytest.raises(GatewayRefused) as refused:
        to_stripe(ours, currency, CURRENCY_DIGITS[currency])
    assert refused.value.code == "amount_not_chargeable"


@pytest.mark.parametrize("currency", CURRENCY_DIGITS)
def test_the_smallest_step_is_the_smallest_amount_that_goes_there(currency: str) -> None:
    digits = CURRENCY_DIGITS[currency]
    step = find_step(currency, digits)
    assert from_stripe(to_stripe(step, currency, digits), currency, digits) == step
    if step > 1:
        with pytest.raises(GatewayRefused):
            to_stripe(step // 2, currency, digits)


def test_a_small_letter_is_the_same_currency() -> None:
    assert to_stripe(500, "jpy", 0) == to_stripe(500, "JPY", 0) == 500


def test_what_does_not_fit_is_cut_off() -> None:
    assert from_stripe(550, "ISK", 0) == 5
    assert from_stripe(-550, "ISK", 0) == -5
