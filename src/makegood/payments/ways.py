"""By which way the money of payments goes back, and why it cannot go back to its method."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from makegood.gateways.models import Gateway
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting, require_no_number, require_plain
from makegood.ledger.models import GLCode
from makegood.payments.models import Payment, RefundTransfer
from makegood.payments.recording import clean_words
from makegood.payments.refund_rules import WAY_GONE
from makegood.payments.rules import BY_HAND, TransferState, Way
from makegood.payments.selectors import get_default_cash_gl_code, require_cash_gl_code
from makegood.providers.models import Provider


@dataclass(frozen=True)
class ByHand:
    """That money is given back by hand. gl_code: of type cash; None for the provider's first. reference: for staff."""

    way: str
    gl_code: GLCode | None = None
    reference: str = ""

    @property
    def words(self) -> list[object]:
        """What of it makes two requests the same."""
        return [str(self.way), self.gl_code.pk if self.gl_code else None, self.reference]


@dataclass(frozen=True)
class GoesBack:
    """How the money of a payment goes back. gl_code: what that is booked on, None if there is none for it.

    gone: why it cannot go back to its payment method; empty if it can.
    """

    way: Way
    gl_code: GLCode | None
    gone: str = ""
    reference: str = ""


def clean_by_hand(provider: Provider, by_hand: ByHand) -> ByHand:
    """As it can be stored. Refused for what is no way by hand, and for a GL code that money cannot go back on."""
    if by_hand.way not in BY_HAND:
        raise Refused("way_unknown", f"By hand money goes back by {' or '.join(BY_HAND)}.", "way")
    reference = clean_words(by_hand.reference)
    require_plain(reference=reference)
    require_no_number(reference=reference)
    require_fitting(RefundTransfer, reference=reference)
    gl_code = by_hand.gl_code or get_default_cash_gl_code(provider)
    if gl_code.provider_id != provider.pk:
        raise Refused("gl_code_unknown", f"{provider.name} has no such GL code.", "gl_code")
    require_cash_gl_code(gl_code)
    return ByHand(Way(by_hand.way), gl_code, reference)


def find_ways(provider: Provider, payments: Sequence[Payment], by_hand: ByHand | None) -> dict[int, GoesBack]:
    """How the money of each payment goes back, by its number. by_hand: for money whose method is gone.

    What came by hand goes back by hand, by the same way, on the GL code that it came on, or the first active one.
    """
    gone = find_gone(provider, [payment for payment in payments if payment.gateway_id is not None])
    ways = {}
    for payment in payments:
        if payment.method in BY_HAND:
            gl_code = payment.gl_code if payment.gl_code.active else _find_cash_gl_code(provider)
            ways[payment.pk] = GoesBack(Way(payment.method), gl_code)
        elif payment.pk in gone and by_hand is not None:
            ways[payment.pk] = GoesBack(Way(by_hand.way), by_hand.gl_code, gone[payment.pk], by_hand.reference)
        else:
            ways[payment.pk] = GoesBack(Way.GATEWAY, payment.gl_code, gone.get(payment.pk, ""))
    return ways


def find_gone(provider: Provider, payments: Sequence[Payment]) -> dict[int, str]:
    """Why the money of payments cannot go back to their methods, by the payment's number; those that can are absent."""
    if not payments:
        return {}
    active = set(Gateway.objects.filter(provider=provider, active=True).values_list("pk", flat=True))
    refused = RefundTransfer.objects.filter(provider=provider, payment__in=payments, failure_code__in=WAY_GONE)
    refused = refused.filter(Q(state=TransferState.FAILED) | Q(bounced_at__isnull=False))
    closed = set(refused.values_list("payment_id", flat=True))
    gone = {}
    for payment in payments:
        name = f"{payment.payment_method or 'payment method'}"
        if payment.gateway_id not in active:
            gone[payment.pk] = f"The payment gateway that charged {name} is not connected any more."
        elif payment.pk in closed:
            gone[payment.pk] = f"{name} takes nothing back any more: its bank has refused a refund before."
    return gone


def _find_cash_gl_code(provider: Provider) -> GLCode | None:
    try:
        return get_default_cash_gl_code(provider)
    except Refused:
        return None
