"""How an invoice is being collected and what goes back of it, for its page; and what a person is offered for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from makegood.audit.models import AuditEntry
from makegood.invoices.models import Invoice, ReceivableEntry
from makegood.invoices.rules import OWED, State, is_left_to_people
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.payments.collecting import find_turn_of
from makegood.payments.failure_words import tell_staff_why
from makegood.payments.models import Refund, RefundTransfer
from makegood.payments.refunding import preview_refund
from makegood.payments.rules import RefundState, TransferState
from makegood.payments.selectors_invoice import (
    OnItsWay,
    find_collection,
    find_last_failed,
    foresee_charge,
)
from makegood.payments.selectors_methods import list_usable_methods
from makegood.payments.selectors_refunds import list_refunds_on
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import can_act
from makegood.web.payments.happenings import say_limit

SENDS_BACK_BY_HAND = ("invoice.by_hand", "invoice.by_itself")
LOOKS_FOR = timedelta(minutes=2)
"""How long after something has begun its page looks by itself what became of it."""
WAITS = ("payment_pending", "refund_pending", "payment_disputed")
"""Why nothing can be refunded now, where that passes."""


@dataclass(frozen=True)
class ShownTransfer:
    """A part of a refund with what is said of it."""

    transfer: RefundTransfer
    why: str

    @property
    def is_unknown(self) -> bool:
        return self.transfer.state == TransferState.UNKNOWN


@dataclass(frozen=True)
class ShownRefund:
    """A refund with its parts."""

    refund: Refund
    transfers: Sequence[ShownTransfer]


@dataclass(frozen=True)
class ByHandSince:
    """Since when people collect an invoice, and why."""

    on: date | None
    reason: str


def describe_collecting(
    invoice: Invoice, on_its_way: OnItsWay | None, entries: Iterable[ReceivableEntry], events: Sequence[AuditEntry]
) -> dict[str, Any]:
    """What is on its way, what autopay will do or did in vain, since when people collect, and what went back."""
    is_owed = invoice.state in OWED
    turn = find_turn_of(on_its_way.payment, now()) if on_its_way else None
    collection = find_collection(invoice) if is_owed else None
    failed = find_last_failed(invoice) if is_owed else None
    methods = list_usable_methods(invoice.customer) if is_owed else []
    default = next((method for method in methods if method.is_default), None)
    refunds = _list_refunds(invoice) if invoice.number is not None else []
    pending = next((each.refund for each in refunds if each.refund.state == RefundState.PENDING), None)
    return {
        "on_its_way": on_its_way,
        "limit": say_limit(turn) if turn is not None else "",
        "collection": collection,
        "failed": failed,
        "failed_why": tell_staff_why(failed.failure_code, failed.failure) if failed else "",
        "next_charge": foresee_charge(invoice, collection, default),
        "held": default if default and default.held_at and invoice.customer.autopay and not invoice.by_hand else None,
        "by_hand_since": _since(entries, events)
        if is_left_to_people(state=invoice.state, by_hand=invoice.by_hand)
        else None,
        "refunds": refunds,
        "pending_refund": pending,
        "looks_again": mark_of(invoice, pending) if _is_moving(on_its_way, pending) else "",
        "methods": methods,
    }


def offer(membership: Membership, invoice: Invoice, collecting: dict[str, Any]) -> dict[str, Any]:
    """What the person is offered; nothing that would be refused, and why not, where one would look for it."""
    if not membership.provider.end_customer_billing:
        return {}
    may_bill, may_credit = can_act(membership, Right.BILL), can_act(membership, Right.CREDIT_ONE)
    is_owed, waits = invoice.state in OWED, bool(invoice.in_flight_minor or collecting["pending_refund"])
    refusal = _find_refusal_to_refund(membership, invoice) if may_bill else None
    return {
        "can_credit": may_credit and is_owed and not waits,
        "can_charge": may_bill and is_owed and not waits and bool(collecting["methods"]),
        "can_turn_back": may_bill and is_owed and invoice.by_hand,
        "can_collect_by_hand": may_bill and is_owed and not invoice.by_hand,
        "can_refund": may_bill
        and not waits
        and _is_paid_at_all(invoice)
        and (refusal is None or refusal.code == "way_gone"),
        "not_now": refusal.message if refusal is not None and refusal.code in WAITS else "",
        "waits": waits,
    }


def _is_paid_at_all(invoice: Invoice) -> bool:
    is_issued = invoice.number is not None and invoice.state in (*OWED, State.PAID)
    return is_issued and invoice.paid_minor + invoice.used_minor > 0


def _find_refusal_to_refund(membership: Membership, invoice: Invoice) -> Refused | None:
    return preview_refund(membership=membership, invoice=invoice).refusal if _is_paid_at_all(invoice) else None


def _list_refunds(invoice: Invoice) -> list[ShownRefund]:
    refunds = list(list_refunds_on(invoice))
    if not refunds:
        return []
    transfers = RefundTransfer.objects.select_related("payment__payment_method", "credit", "bounce_credit")
    by_refund: dict[int, list[ShownTransfer]] = {refund.pk: [] for refund in refunds}
    for transfer in transfers.filter(provider_id=invoice.provider_id, refund__in=refunds).order_by("id"):
        why = tell_staff_why(transfer.failure_code, transfer.failure) if transfer.state == TransferState.FAILED else ""
        by_refund[transfer.refund_id].append(ShownTransfer(transfer, why))
    return [ShownRefund(refund, by_refund[refund.pk]) for refund in refunds]


def _since(entries: Iterable[ReceivableEntry], events: Sequence[AuditEntry]) -> ByHandSince:
    """The newest of: money went back, or somebody said so. events: newest first."""
    back = max((entry.created_at for entry in entries if entry.type == ReceivableEntry.Type.UNPAID), default=None)
    said = next((event for event in events if event.action in SENDS_BACK_BY_HAND), None)
    if said is not None and said.action == "invoice.by_hand" and (back is None or said.at > back):
        return ByHandSince(_day(said.at), said.detail.get("reason", ""))
    return ByHandSince(_day(back), "")


def _day(at: datetime | None) -> date | None:
    return timezone.localtime(at).date() if at else None


def _is_moving(on_its_way: OnItsWay | None, pending: Refund | None) -> bool:
    """Whether something may change any moment, so that the page looks again by itself."""
    began = [on_its_way.payment.created_at] if on_its_way else []
    began += [pending.created_at] if pending else []
    return any(now() - at < LOOKS_FOR for at in began)


def mark_of(invoice: Invoice, pending: Refund | None) -> str:
    """What the page shows of payments and refunds under way, in a word that changes with it."""
    parts = (invoice.state, invoice.due_minor, invoice.in_flight_minor, pending.pk if pending else 0)
    return "-".join(str(part) for part in parts)
