"""What happened to a payment as sentences, in the order in which it happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from makegood.audit.models import AuditEntry
from makegood.gateways.rules import DisputeState
from makegood.kit.money import format_money
from makegood.payments.failure_words import WITHDRAWN, tell_staff_why
from makegood.payments.models import Dispute, Payment, PaymentMovement, RefundTransfer
from makegood.payments.rules import IN_FLIGHT, Method, Purpose, RefundPurpose, State, TransferState
from makegood.payments.selectors_story import Story
from makegood.statements.words import say_day
from makegood.web.frame.sentences import say_time

Type = PaymentMovement.Type


@dataclass(frozen=True)
class Happening:
    """One thing that happened. said: what people wrote with it. entry: of the journal. who: empty if nobody did it."""

    at: datetime
    words: str
    said: str = ""
    who: str = ""
    entry: int | None = None


def list_happenings(payment: Payment, story: Story) -> list[Happening]:
    """Everything that happened, newest first."""
    found = [
        *_begin(payment),
        *_answers(payment, story),
        *_movements(payment, story),
        *_transfers(payment, story.transfers),
        *_disputes(payment, story.disputes),
    ]
    # What happened at the same moment stays in the order in which it is told here.
    return [
        found[place] for place in sorted(range(len(found)), key=lambda place: (found[place].at, place), reverse=True)
    ]


def _begin(payment: Payment) -> Iterator[Happening]:
    amount, who = _money(payment, payment.amount_minor), str(payment.created_by or "")
    if payment.purpose == Purpose.HAND:
        return
    method = payment.payment_method
    asked = f"Asked for by autopay of {say_day(payment.collect_day)}" if payment.collect_day else "Charge asked for"
    yield Happening(payment.created_at, f"{asked}: {amount} from {method}", who=who)
    if payment.submitted_at is not None:
        yield Happening(payment.submitted_at, f"Submitted to {payment.gateway}")
    if payment.ordered_again_at is not None:
        yield Happening(payment.ordered_again_at, f"Submitted to {payment.gateway} again, as nothing had arrived")


def _answers(payment: Payment, story: Story) -> Iterator[Happening]:
    """That it failed; of one that was charged after all, what was known of it before, the movement says the rest."""
    if story.late is not None:
        yield from _failed_before(story.late, _booked_at(story) or story.late.at)
    elif payment.checks and payment.booked_on is not None and payment.settled_at is not None:
        yield Happening(payment.settled_at, f"The processor had been asked {_times(payment.checks)} in vain")
    if payment.state != State.FAILED or payment.settled_at is None:
        return
    if payment.failure_code == WITHDRAWN:
        yield Happening(payment.settled_at, "Withdrawn before it was submitted", payment.failure)
    else:
        yield Happening(payment.settled_at, f"Failed: {tell_staff_why(payment.failure_code, payment.failure)}")


def _failed_before(late: AuditEntry, booked_at: datetime) -> Iterator[Happening]:
    detail = late.detail
    failed_at = datetime.fromisoformat(detail["failed_at"]) if detail.get("failed_at") else late.at
    if detail.get("checks"):
        yield Happening(failed_at, f"Asked the processor {_times(detail['checks'])} in vain")
    why = tell_staff_why(detail.get("code", ""), detail.get("failure", ""))
    yield Happening(failed_at, f"Counted as failed: {why}")
    yield Happening(booked_at, "The processor said that it was charged after all")


def _booked_at(story: Story) -> datetime | None:
    """When its money was booked."""
    return next((movement.created_at for movement in story.movements if movement.type == Type.RECEIVED), None)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _movements(payment: Payment, story: Story) -> Iterator[Happening]:
    transfers = {transfer.pk: transfer for transfer in story.transfers}
    for movement in story.movements:
        amount = _money(payment, abs(movement.amount_minor))
        transfer = transfers.get(movement.transfer_id or 0)
        said, who = "", ""
        if movement.type == Type.RECEIVED:
            words = f"Recorded: {amount}" if payment.purpose == Purpose.HAND else f"Charged: {amount}"
            who = str(payment.created_by or "") if payment.purpose == Purpose.HAND else ""
        elif movement.type == Type.REVERSED:
            words, said, who = f"Reversed: {amount}", payment.reversal_reason, str(payment.reversed_by or "")
        elif movement.type == Type.BOUNCED and transfer is not None:
            words = f"{_say_bounced(transfer)}: {amount}"
        else:
            words = f"{_MOVED[Type(movement.type)]}: {amount}"
            if transfer is not None and movement.type != Type.BOUNCED:
                said, who = transfer.refund.reason, str(transfer.refund.created_by or "")
        yield Happening(movement.created_at, words, said, who, movement.journal_entry_id)


_MOVED = {
    Type.REFUNDED: "Refunded",
    Type.PAID_OUT: "Paid out of Available Funds",
    Type.BOUNCED: "Sent back by the bank",
    Type.RETURNED: "Taken back by the bank",
    Type.WON_BACK: "Won back",
}


def _say_bounced(transfer: RefundTransfer) -> str:
    """What it means that money which was to go back is there again; a pay-out that failed had never left."""
    what = _name(transfer).capitalize()
    if transfer.state == TransferState.FAILED:
        return f"{what} that failed is Available Funds again"
    if transfer.refund.invoice_id is not None and transfer.bounce_credit_id is None:
        return f"{what} bounced and is not written off any more"
    return f"{what} bounced and became Available Funds"


def _name(transfer: RefundTransfer) -> str:
    return "a pay-out" if transfer.refund.purpose == RefundPurpose.PAY_OUT else "a refund"


def _transfers(payment: Payment, transfers: Sequence[RefundTransfer]) -> Iterator[Happening]:
    """What of refunds is not booked: it is on its way, or failed."""
    for transfer in transfers:
        amount = _money(payment, transfer.amount_minor)
        refund, what = transfer.refund, _name(transfer).capitalize()
        who = str(refund.created_by or "")
        if transfer.state == TransferState.FAILED:
            why = tell_staff_why(transfer.failure_code, transfer.failure)
            yield Happening(transfer.settled_at or refund.created_at, f"{what} of {amount} failed: {why}")
        elif transfer.state != TransferState.SUCCEEDED:
            yield Happening(refund.created_at, f"{what} of {amount} was asked for", refund.reason, who)


def _disputes(payment: Payment, disputes: Sequence[Dispute]) -> Iterator[Happening]:
    for dispute in disputes:
        amount = _money(payment, dispute.amount_minor)
        if dispute.state == DisputeState.LOST and payment.method != Method.CARD:
            yield Happening(dispute.closed_at or dispute.opened_at, f"The bank returned {amount}", dispute.why)
            continue
        yield Happening(dispute.opened_at, f"{amount} was disputed", dispute.why)
        if dispute.closed_at is not None:
            yield Happening(dispute.closed_at, f"The dispute of {amount} was {dispute.state}")


def say_limit(turn: datetime) -> str:
    """That a charge waits because so much was charged within the hour. turn: when it goes, about."""
    return (
        "Waiting: the limit of this hour is reached (Settings > Billing > Collection). It goes out at about "
        f"{say_time(turn)}."
    ).replace("..", ".")


def say_where_it_stands(payment: Payment, turn: datetime | None = None) -> str:
    """What is happening with a payment under way, in a sentence; empty for one that has settled.

    turn: when it goes, about, where the limits of the hour keep it.
    """
    if payment.state not in IN_FLIGHT:
        return ""
    if turn is not None:
        return say_limit(turn)
    if payment.state == State.CREATED:
        return "It waits to be submitted to the processor."
    if payment.state == State.UNKNOWN:
        asked = (
            f" It was asked {payment.checks} time{'' if payment.checks == 1 else 's'} in vain."
            if payment.checks
            else ""
        )
        return (
            f"Nobody knows yet whether it was charged: the processor did not answer.{asked} It counts as on its way; "
            "nothing is booked or charged again until the processor has said."
        )
    if payment.gateway_reference:
        return "The processor has it and is at it. Debits of bank accounts take some days."
    return "It was submitted, and the processor has not answered yet."


def _money(payment: Payment, minor: int) -> str:
    return format_money(minor, payment.provider.currency, payment.provider.currency_digits)
