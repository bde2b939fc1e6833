"""What Stripe's objects say, in the words of the interface. Pure: no database, no clock, no network."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime
from typing import Any

import stripe

from makegood.gateways.failures import say_failure
from makegood.gateways.interface import Charge, Dispute, GatewayRefused, Method, Refund
from makegood.gateways.rules import DisputeState, MethodKind, Standing
from makegood.gateways.stripe.amounts import from_stripe

KEY = "makegood_key"
"""Under which name our key stands in the metadata of what was made with it."""

TYPES = {MethodKind.CARD: "card", MethodKind.ACH: "us_bank_account", MethodKind.SEPA: "sepa_debit"}
_KINDS = {type: kind for kind, type in TYPES.items()}

# With all others nobody was charged, and nobody can be without another order of ours.
_INTENTS = {"succeeded": Standing.SUCCEEDED, "processing": Standing.PROCESSING, "requires_capture": Standing.PROCESSING}
_REFUNDS = {"succeeded": Standing.SUCCEEDED, "pending": Standing.PROCESSING, "requires_action": Standing.PROCESSING}
_DISPUTES = {
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
_FIVE_DIGITS = re.compile(r"[0-9]{5,}")
_FOUR_SIGNS = re.compile(r"[0-9A-Za-z]{4}")


def read_charge(intent: stripe.PaymentIntent, digits: int) -> Charge:
    """The charge that a payment intent stands for; digits: the decimals of the provider's currency."""
    standing = _INTENTS.get(intent.status, Standing.FAILED)
    code, words = "", ""
    if standing == Standing.FAILED:
        error = getattr(intent, "last_payment_error", None)
        code = _text(error, "decline_code") or _text(error, "code") or _code_of(intent.status)
        words = say_failure(code, _text(error, "message"))
    amount_minor = from_stripe(intent.amount, intent.currency, digits)
    return Charge(intent.id, read_key(intent), standing, amount_minor, code, words)


def _code_of(status: str) -> str:
    return "authentication_required" if status == "requires_action" else "canceled" if status == "canceled" else status


def read_refund(refund: stripe.Refund, digits: int) -> Refund:
    """The refund; digits: the decimals of the provider's currency."""
    standing = _REFUNDS.get(refund.status or "", Standing.FAILED)
    code = (_text(refund, "failure_reason") or refund.status or "unknown") if standing == Standing.FAILED else ""
    amount_minor = from_stripe(refund.amount, refund.currency, digits)
    words = say_failure(code) if code else ""
    return Refund(
        refund.id, read_key(refund), id_of(getattr(refund, "payment_intent", None)), standing, amount_minor, code, words
    )


def read_dispute(dispute: stripe.Dispute, digits: int) -> Dispute:
    """The dispute. Inquiries, and what was settled before it became one, move no money: they are warnings."""
    details = getattr(dispute, "evidence_details", None)
    due_by = getattr(details, "due_by", None)
    return Dispute(
        reference=dispute.id,
        charge=id_of(getattr(dispute, "payment_intent", None)),
        state=_DISPUTES.get(dispute.status, DisputeState.WARNING),
        amount_minor=from_stripe(dispute.amount, dispute.currency, digits),
        reason=_text(dispute, "reason")[:100],
        answer_by=moment(due_by) if due_by else None,
    )


def read_method(method: stripe.PaymentMethod) -> Method:
    """The payment method. Raises GatewayRefused for a kind that is not charged here."""
    kind = _KINDS.get(method.type)
    if kind is None:
        message = "Only cards, ACH debits and SEPA debits can be charged."
        raise GatewayRefused("method_not_supported", message)
    details = getattr(method, method.type)
    brand = {
        MethodKind.CARD: _text(details, "brand").replace("_", " ").title(),
        MethodKind.ACH: _text(details, "bank_name").title(),
        MethodKind.SEPA: "",
    }[kind]
    last_four = _text(details, "last4")
    return Method(
        reference=method.id,
        kind=kind,
        brand="" if _FIVE_DIGITS.search(brand) else brand[:40],
        last_four=last_four if _FOUR_SIGNS.fullmatch(last_four) else "0000",
        customer=id_of(getattr(method, "customer", None)),
        expires_on=_last_day(details) if kind == MethodKind.CARD else None,
    )


def _last_day(card: Any) -> date | None:
    year, month = getattr(card, "exp_year", None), getattr(card, "exp_month", None)
    return date(year, month, monthrange(year, month)[1]) if year and month else None


def read_key(made: stripe.PaymentIntent | stripe.Refund) -> str:
    """With which key of ours it was made; empty if somebody made it in another way."""
    metadata = getattr(made, "metadata", None)
    return str(metadata[KEY]) if metadata is not None and KEY in metadata else ""


def id_of(thing: Any) -> str:
    """The id of what stands there whole or as its id; empty for nothing."""
    return thing if isinstance(thing, str) else str(getattr(thing, "id", "") or "")


def moment(seconds: int) -> datetime:
    """A moment as Stripe writes it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _text(thing: Any, name: str) -> str:
    return str(getattr(thing, name, None) or "")
