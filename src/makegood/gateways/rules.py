"""The words of gateways: kinds, and where what they were asked to do stands. Pure: no database, no clock."""

from django.db.models import TextChoices


class GatewayKind(TextChoices):
    """Which processor it is."""

    STRIPE = "stripe", "Stripe"
    SANDBOX = "sandbox", "Sandbox"


class MethodKind(TextChoices):
    """What a processor can charge."""

    CARD = "card", "Card"
    ACH = "ach", "ACH debit"
    SEPA = "sepa", "SEPA debit"


class Standing(TextChoices):
    """Where a charge or a refund stands at the processor."""

    SUCCEEDED = "succeeded", "Succeeded"
    PROCESSING = "processing", "Processing"
    FAILED = "failed", "Failed"


class DisputeState(TextChoices):
    """Where a dispute stands. A warning moves no money. A won one stays won; one that counted as lost can be won."""

    WARNING = "warning", "Warning"
    OPEN = "open", "Open"
    WON = "won", "Won"
    LOST = "lost", "Lost"


class EventState(TextChoices):
    """What became of an event that a processor sent."""

    RECEIVED = "received", "Waiting"
    HANDLED = "handled", "Handled"
    IGNORED = "ignored", "Ignored"
    FAILED = "failed", "Failed"


class EventAbout(TextChoices):
    """What an event tells of."""

    CHARGE = "charge", "Charge"
    REFUND = "refund", "Refund"
    DISPUTE = "dispute", "Dispute"
    METHOD = "method", "Payment method"
    OTHER = "other", "Something else"


class MovementKind(TextChoices):
    """What moved a processor's balance."""

    CHARGE = "charge", "Charge"
    REFUND = "refund", "Refund"
    DISPUTE = "dispute", "Dispute"
    PAY_OUT = "pay_out", "Pay-out to the bank"
    FEE = "fee", "Fee"
    OTHER = "other", "Something else"


OUR_FAULT = frozenset({"key_refused", "not_permitted", "keys_unreadable"})
"""Codes of GatewayRefused where the connection is wrong, not the payment: nothing can be done until it is mended."""
