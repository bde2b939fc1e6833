"""Messages that Stripe sends by itself: who signed them, when, and what they tell of."""

import json
import math
from datetime import timedelta
from typing import Any

import stripe

from makegood.gateways.interface import Event, ForgedEvent
from makegood.gateways.rules import EventAbout
from makegood.gateways.stripe.reading import id_of, moment
from makegood.kit.account_numbers import find_number
from makegood.kit.clock import now

TOLERANCE = timedelta(minutes=5)
"""A signature that is older, or from so far ahead, is not believed: somebody may have kept the message."""

_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
_NOT_SIGNED = (stripe.SignatureVerificationError, StopIteration, *_UNREADABLE)
_BY_OBJECT = {
    "payment_intent": EventAbout.CHARGE,
    "charge": EventAbout.CHARGE,
    "refund": EventAbout.REFUND,
    "dispute": EventAbout.DISPUTE,
    "payment_method": EventAbout.METHOD,
}


def read_event(body: bytes, signature: str, secret: str) -> Event:
    """The event in the message. Raises ForgedEvent unless it was signed with the secret within the tolerance.

    Raises it also for a message that is signed and is no event, or cannot be stored.
    The time is looked at here, as the library would ask the machine's own clock.
    """
    if not secret:
        raise ForgedEvent("The gateway has no signing secret yet.")
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(text, signature, secret)
        # The first time that is named, as the library takes it: with another one an old message would look new.
        signed_at = moment(int(next(part[2:] for part in signature.split(",") if part.startswith("t="))))
    except _NOT_SIGNED:
        raise ForgedEvent("The message is not signed with the gateway's signing secret.") from None
    if abs(now() - signed_at) > TOLERANCE:
        raise ForgedEvent("The signature of the message is too old.")
    try:
        event = _read(json.loads(text, parse_constant=_read_number, parse_float=_read_number))
        return _require_plain(event)
    except _UNREADABLE:
        raise ForgedEvent("The message is signed, and nobody can read it as an event.") from None


def _read_number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("No database keeps this number.")
    return number


def _require_plain(event: Event) -> Event:
    """Refused, by ValueError, where what is found again has what no database keeps, or the number of a card."""
    for text in (event.id, event.type, event.reference, event.charge):
        if not text.isprintable() or find_number(text):
            raise ValueError("The event cannot be stored.")
    return event


def _read(sent: dict[str, Any]) -> Event:
    thing = sent["data"]["object"]
    kind, own = str(thing.get("object", "")), str(thing.get("id", ""))
    charge = own if kind == "payment_intent" else id_of(thing.get("payment_intent"))
    if isinstance(thing.get("payment_intent"), dict):
        charge = str(thing["payment_intent"].get("id", ""))
    about = _BY_OBJECT.get(kind, EventAbout.OTHER)
    # A charge is known here by its payment intent.
    reference = charge if about == EventAbout.CHARGE else own
    if about == EventAbout.CHARGE and not charge:
        about = EventAbout.OTHER
    return Event(
        id=str(sent["id"]),
        type=str(sent["type"]),
        about=about,
        reference=reference,
        charge=charge if about in (EventAbout.CHARGE, EventAbout.REFUND, EventAbout.DISPUTE) else "",
        happened_at=moment(int(sent["created"])),
        payload=sent,
    )
