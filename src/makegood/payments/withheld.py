"""What of the payments of an invoice cannot go back although it has paid the invoice. Asks the database nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from makegood.credits.limits import money_of
from makegood.payments.models import Payment
from makegood.payments.refund_rules import Source
from makegood.providers.models import Provider


@dataclass(frozen=True)
class Withheld:
    """So much, in minor units, of what a payment has paid. words: of it, and why, in a sentence."""

    payment: Payment
    amount_minor: int
    words: str


def find_withheld(provider: Provider, paid: Sequence[tuple[Payment, Source]]) -> tuple[Withheld, ...]:
    """Where a payment pays more of the invoice than it still holds: its money went out by another way before."""
    found = []
    for payment, source in paid:
        if (minor := source.pays_minor - source.most_minor) > 0:
            why = "was paid out of Available Funds" if payment.paid_out_minor else "has gone back, or is on its way"
            words = f"{money_of(provider, minor)} of payment {payment.pk} cannot go back: so much of it {why}."
            found.append(Withheld(payment, minor, words))
    return tuple(found)
