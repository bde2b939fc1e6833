"""Stripe's balance transactions in the words of the interface. Pure: no database, no clock, no network."""

from typing import Any

import stripe

from makegood.gateways.interface import BalanceMovement
from makegood.gateways.rules import MovementKind
from makegood.gateways.stripe.amounts import from_stripe
from makegood.gateways.stripe.reading import id_of, moment

_KINDS = {
    "charge": MovementKind.CHARGE,
    "payment": MovementKind.CHARGE,
    "refund": MovementKind.REFUND,
    "payment_refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND,
    "payment_failure_refund": MovementKind.REFUND,
    "payment_reversal": MovementKind.DISPUTE,
    "payout": MovementKind.PAY_OUT,
    "payout_cancel": MovementKind.PAY_OUT,
    "payout_failure": MovementKind.PAY_OUT,
    "stripe_fee": MovementKind.FEE,
    "tax_fee": MovementKind.FEE,
}


def read_movement(moved: stripe.BalanceTransaction, currency: str, digits: int) -> BalanceMovement | None:
    """The movement in minor units of the provider's currency; None for what cannot be said in it.

    Where the account is kept in another currency, the amount is that of the charge or refund itself, and no fee.
    """
    source: Any = moved.source
    amount_minor, fee_minor = (from_stripe(amount, moved.currency, digits) for amount in (moved.amount, moved.fee))
    if moved.currency.upper() != currency:
        if str(getattr(source, "currency", "")).upper() != currency:
            return None
        amount_minor, fee_minor = from_stripe(source.amount, currency, digits), 0
        amount_minor = -amount_minor if moved.amount < 0 else amount_minor
    return BalanceMovement(
        reference=moved.id,
        kind=_kind_of(moved.type, id_of(source)),
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        source=_source_of(source),
        charge=id_of(getattr(source, "payment_intent", None)),
        happened_at=moment(moved.created),
    )


def _kind_of(type: str, source: str) -> MovementKind:
    if type == "adjustment" and source.startswith(("dp_", "du_")):
        return MovementKind.DISPUTE
    return _KINDS.get(type, MovementKind.OTHER)


def _source_of(source: Any) -> str:
    """What the interface calls it: a charge by its payment intent, all else by its own id."""
    if getattr(source, "object", "") == "charge":
        return id_of(getattr(source, "payment_intent", None)) or id_of(source)
    return id_of(source)
