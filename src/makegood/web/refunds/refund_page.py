"""Pages: one refund or pay-out: where it went, what became of each part, what followed, who asked for it and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.kit.money import format_money
from makegood.payments.models import Refund, RefundTransfer
from makegood.payments.refund_words import has_bounced, list_settling, say_way, say_what_followed, sum_given
from makegood.payments.rules import RefundPurpose, RefundState, TransferState
from makegood.payments.selectors_refunds import get_refund, list_funds_moved, list_transfers
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.refunds.parts import list_parts


@dataclass(frozen=True)
class Happening:
    """One thing that happened. who: empty if nobody did it."""

    at: datetime
    words: str
    said: str = ""
    who: str = ""


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """A refund or a pay-out."""
    provider = request.membership.provider
    refund = or_404(get_refund, provider, pk)
    prefetch_related_objects([refund], Prefetch("transfers", list_transfers(refund)))
    parts = list_parts(request.membership, refund.transfers.all())
    context = {
        "refund": refund,
        "what": "Refund" if refund.purpose == RefundPurpose.REFUND else "Pay-out",
        "parts": parts,
        "given_minor": sum_given(refund),
        "followed": say_what_followed(refund),
        "settling": list_settling(refund),
        "moved": list(list_funds_moved(refund)),
        "bounced": has_bounced(refund),
        "is_unknown": any(part.transfer.state == TransferState.UNKNOWN for part in parts),
        "failed_why": next((part.why for part in parts if part.why), ""),
        "happenings": sorted(_tell(refund, [part.transfer for part in parts]), key=lambda each: each.at, reverse=True),
    }
    return render(request, "refunds/refund.html", context)


def _tell(refund: Refund, transfers: list[RefundTransfer]) -> Iterator[Happening]:
    """What happened, in the order in which things at the same moment follow each other from the end."""
    if refund.settled_at is not None:
        yield Happening(refund.settled_at, _ENDED[RefundState(refund.state)])
    for transfer in transfers:
        words = f"{_money(refund, transfer.amount_minor)} {say_way(transfer.way, transfer.payment)}"
        if transfer.bounced_at is not None:
            yield Happening(transfer.bounced_at, f"Sent back by the bank: {words}")
        if transfer.settled_at is not None:
            state = "Given back" if transfer.state == TransferState.SUCCEEDED else "Could not be given back"
            yield Happening(transfer.settled_at, f"{state}: {words}")
        if transfer.submitted_at is not None:
            yield Happening(transfer.submitted_at, f"Submitted to {transfer.gateway}: {words}")
    yield Happening(
        refund.created_at,
        f"Asked for: {_money(refund, refund.amount_minor)}",
        refund.reason,
        str(refund.created_by or ""),
    )


_ENDED = {
    RefundState.PENDING: "",
    RefundState.DONE: "Done",
    RefundState.PARTLY: "Done in part",
    RefundState.FAILED: "Failed",
}


def _money(refund: Refund, minor: int) -> str:
    provider = refund.provider
    return format_money(minor, provider.currency, provider.currency_digits)
