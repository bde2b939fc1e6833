"""What can be a processor's reference of a payment method, and how long a card can be used. Pure."""

import re
from datetime import date, timedelta

from django.db.models import TextChoices

from makegood.kit.account_numbers import has_account_number
from makegood.kit.refusal import Refused

LONGEST_METHOD_REFERENCE = 255
LONGEST_BRAND = 40
SOON = timedelta(days=45)
"""A month and a fortnight: before that is over, the next autopay date has come."""

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:.-]*")
_LAST_FOUR = re.compile(r"[0-9A-Za-z]{4}")
_MOSTLY_DIGITS = re.compile(r"[\d\W_]{8,}")


class Expiry(TextChoices):
    """How long a payment method can be used. SOON: it expires before the next autopay date, or at it."""

    FINE = "fine", "Valid"
    SOON = "soon", "Expires soon"
    EXPIRED = "expired", "Expired"


class HasMethod(TextChoices):
    """Whether a customer has something to be charged: a default payment method, and one that can be used.

    HELD: autopay does not charge it after a dispute.
    """

    YES = "yes", "Yes"
    EXPIRING = "expiring", "Expires soon"
    EXPIRED = "expired", "Expired"
    HELD = "held", "On hold"
    NO = "no", "No"


def expiry_of(expires_on: date | None, today: date) -> Expiry:
    """expires_on: the last day on which it can be used; None for what does not expire. today: the provider's day."""
    if expires_on is None or expires_on > today + SOON:
        return Expiry.FINE
    return Expiry.SOON if expires_on >= today else Expiry.EXPIRED


def clean_reference(text: str) -> str:
    """The reference without the space around it.

    Refused for what can be the number of a card or of a bank account: it is not repeated, stored or sent anywhere. And
    for what no processor calls a payment method.
    """
    reference = text.strip()
    if not reference:
        raise Refused(
            "reference_missing", "Write what the processor calls the payment method, such as pm_1Abc.", "reference"
        )
    if has_account_number(reference) or _MOSTLY_DIGITS.fullmatch(reference):
        raise Refused(
            "account_number",
            "This looks like the number of a card or a bank account. Such numbers must not be written here; nothing of "
            "it was kept. Enter the card in the processor's own form, or write the processor's reference, as pm_1Abc.",
            "reference",
        )
    if len(reference) > LONGEST_METHOD_REFERENCE or not _REFERENCE.fullmatch(reference):
        raise Refused(
            "reference_malformed",
            "This is not a processor's reference. It has letters, digits and underscores, such as pm_1Abc.",
            "reference",
        )
    return reference


def clean_brand(text: str) -> str:
    """What the processor calls the brand or the bank, as it can be kept: never with a row of digits."""
    return re.sub(r"\d{5,}", "", " ".join(text.split()))[:LONGEST_BRAND].strip()


def clean_last_four(text: str) -> str:
    """The last four characters of the number; Refused if the processor says anything else."""
    if not _LAST_FOUR.fullmatch(text):
        raise Refused(
            "last_four_odd", "The processor does not say the last four characters of this payment method.", "reference"
        )
    return text
