"""Amounts as Stripe writes them, which is not always as ISO 4217 does. Pure: no database, no clock.

https://docs.stripe.com/currencies: amounts without decimals, with three, and the exceptions.
"""

from decimal import ROUND_DOWN, Decimal

from makegood.gateways.interface import GatewayRefused

# MGA has two decimals in ISO 4217, which nobody uses. ISK and UGX have none there, and two at Stripe, always 00.
_WITHOUT_DECIMALS = {
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
}
_THREE_DECIMALS = {"BHD", "JOD", "KWD", "OMR", "TND"}


def digits_at_stripe(currency: str) -> int:
    """How many decimals Stripe counts in the currency."""
    currency = currency.upper()
    return 0 if currency in _WITHOUT_DECIMALS else 3 if currency in _THREE_DECIMALS else 2


def to_stripe(amount_minor: int, currency: str, digits: int) -> int:
    """The amount as Stripe counts it; `digits` are the decimals of `amount_minor`.

    Raises GatewayRefused for an amount that Stripe cannot charge: it takes three decimals only with a 0 at the end.
    """
    there = digits_at_stripe(currency)
    amount = Decimal(amount_minor).scaleb(there - digits)
    coarse = amount / 10 if there == 3 else amount
    if amount != int(amount) or coarse != int(coarse):
        raise GatewayRefused("amount_not_chargeable", f"Stripe cannot charge that many decimals in {currency.upper()}.")
    return int(amount)


def find_step(currency: str, digits: int) -> int:
    """The smallest amount that Stripe can charge or give back in the currency, and all others are multiples of it.

    digits: the decimals of the minor units in which it is said.
    """
    # Three decimals are written, and the last one has to be 0.
    there = min(digits_at_stripe(currency), 2)
    return int(10 ** max(digits - there, 0))


def from_stripe(amount: int, currency: str, digits: int) -> int:
    """The amount of Stripe in minor units with `digits` decimals; what they cannot hold is cut off."""
    scaled = Decimal(amount).scaleb(digits - digits_at_stripe(currency))
    return int(scaled.to_integral_value(rounding=ROUND_DOWN))
