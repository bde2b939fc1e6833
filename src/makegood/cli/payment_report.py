"""A payment and what happened to it, for people: labels in words, amounts with their currency, the provider's clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices

from makegood.cli.output import moment_of, money_of, print_pairs, print_table, print_text
from makegood.gateways.rules import DisputeState, EventState
from makegood.payments.models import PaymentMovement
from makegood.payments.rules import Method, Purpose, State, TransferState, Way
from makegood.providers.models import Provider

MONEY, PLAIN, YES_NO, AT = "money", "plain", "yes or no", "at"
Kind = str | type[TextChoices]
"""What a value is: of these four, or a word of choices."""
LABELS: Mapping[str, tuple[str, Kind]] = {
    "payment": ("Payment", PLAIN),
    "customer": ("Customer", PLAIN),
    "state": ("State", State),
    "purpose": ("Why there is a payment", Purpose),
    "method": ("Method", Method),
    "payment_method": ("Charged to", PLAIN),
    "amount": ("Amount", MONEY),
    "on_invoices": ("On invoices", MONEY),
    "to_funds": ("Became Available Funds", MONEY),
    "refunded": ("Refunded", MONEY),
    "refund_under_way": ("Refund on its way", MONEY),
    "paid_out": ("Paid out", MONEY),
    "returned": ("Returned", MONEY),
    "asked_at": ("Asked for or recorded", AT),
    "collect_day": ("Autopay's day", PLAIN),
    "received_on": ("Received", PLAIN),
    "booked_on": ("Booked", PLAIN),
    "reference": ("Reference", PLAIN),
    "processor_reference": ("Processor's reference", PLAIN),
    "failure_code": ("Processor's word", PLAIN),
    "why": ("Why it failed", PLAIN),
    "note": ("Note", PLAIN),
    "gl_code": ("GL code", PLAIN),
    "credit": ("What was over is credit", PLAIN),
    "recorded_by": ("Asked for or recorded by", PLAIN),
    "reversed_on": ("Reversed", PLAIN),
    "reversal_reason": ("Reversed because", PLAIN),
    "next_try_on": ("Next try", PLAIN),
}
PARTS: Mapping[str, tuple[str, Mapping[str, tuple[str, Kind]]]] = {
    "allocations": ("What it paid", {"invoice": ("Invoice", PLAIN), "amount": ("Amount", MONEY)}),
    "asked_for": (
        "What it was to pay",
        {"invoice": ("Invoice", PLAIN), "amount": ("Amount", MONEY), "under_way": ("On its way", YES_NO)},
    ),
    "movements": (
        "What moved its money",
        {"type": ("Movement", PaymentMovement.Type), "amount": ("Amount", MONEY), "booked_on": ("Booked", PLAIN)},
    ),
    "given_back": (
        "Refunds and pay-outs",
        {
            "refund": ("Refund", PLAIN),
            "invoice": ("Invoice", PLAIN),
            "amount": ("Amount", MONEY),
            "way": ("How", Way),
            "state": ("State", TransferState),
            "reference": ("Reference", PLAIN),
            "failure": ("Why it failed", PLAIN),
        },
    ),
    "disputes": (
        "Disputes",
        {
            "dispute": ("Dispute", PLAIN),
            "state": ("State", DisputeState),
            "amount": ("Amount", MONEY),
            "reason": ("Reason", PLAIN),
            "answer_by": ("Answer by", AT),
        },
    ),
    "tries": (
        "Other tries",
        {
            "payment": ("Payment", PLAIN),
            "state": ("State", State),
            "amount": ("Amount", MONEY),
            "asked_at": ("Asked for", AT),
        },
    ),
    "events": (
        "The processor's events",
        {
            "event": ("Event", PLAIN),
            "type": ("Type", PLAIN),
            "happened_at": ("Happened", AT),
            "state": ("State", EventState),
        },
    ),
}
RIGHT = ("Invoice", "Amount", "Payment", "Refund")


def print_payment(provider: Provider, described: Mapping[str, Any], parts: Mapping[str, Sequence[Any]]) -> None:
    """What `describe_payment` and the parts of its story say; fields and parts without a label are for programs."""
    shown = [(LABELS[name], value) for name, value in described.items() if name in LABELS]
    print_pairs((label, _say(provider, kind, value, with_zone=True)) for (label, kind), value in shown)
    for name, (title, columns) in PARTS.items():
        if parts.get(name):
            print_text(f"\n{title}")
            heads = [_head(provider, label, kind) for label, kind in columns.values()]
            rows = [[_say(provider, kind, row[column]) for column, (_, kind) in columns.items()] for row in parts[name]]
            print_table(heads, rows, right=[head for head in heads if head in RIGHT])


def _head(provider: Provider, label: str, kind: Kind) -> str:
    return f"{label} ({provider.timezone})" if kind == AT else label


def _say(provider: Provider, kind: Kind, value: Any, *, with_zone: bool = False) -> str:
    if value in (None, ""):
        return "none"
    if kind == MONEY:
        return money_of(provider, int(Decimal(value).scaleb(provider.currency_digits)))
    if kind == YES_NO:
        return "yes" if value else "no"
    if kind == AT:
        # What a processor wants answered by is a day.
        at = moment_of(provider, value) if isinstance(value, datetime) else str(value)
        return f"{at} ({provider.timezone})" if with_zone else at
    if isinstance(kind, type):
        # A part that bounced is more than its state.
        return str(kind(value).label) if value in kind.values else str(value).capitalize()
    return str(value)
