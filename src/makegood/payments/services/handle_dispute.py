"""What is done about an event that tells of a dispute, or of a debit that a bank returned."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from makegood.audit.services import record
from makegood.credits.limits import money_of
from makegood.gateways.handlers import Done, NotYet
from makegood.gateways.interface import Dispute as Said
from makegood.gateways.interface import GatewayClient
from makegood.gateways.models import GatewayEvent
from makegood.gateways.rules import DisputeState
from makegood.kit.clock import now
from makegood.kit.transactions import demand_transaction, opens_transaction
from makegood.ledger.locks import hold_books, lock_customers
from makegood.payments.dispute_rules import goes_on, state_after, to_book
from makegood.payments.models import Dispute, Payment
from makegood.payments.refund_rules import UNDER_WAY
from makegood.payments.rules import Method
from makegood.payments.selectors import get_payment
from makegood.payments.selectors_refunds import find_gone_by_hand
from makegood.payments.services.bring_back import bring_back
from makegood.payments.services.handle_charge import find_booked_payment
from makegood.payments.services.hold_method import hold_after
from makegood.payments.services.take_back import take_back
from makegood.payments.telling_disputes import Came, tell_of_dispute
from makegood.providers.models import Provider

NOTHING_HERE = "Makegood did not ask for the charge that is disputed, so nothing is booked for it."


def handle_dispute(event: GatewayEvent, client: GatewayClient) -> Done:
    """Books how the dispute stands now at the processor. Asks it, then opens a transaction.

    What the payment still holds goes back, or comes again, as far as that is not booked yet. What it does not hold, as
    it had gone back by hand, is taken all the same, and written off.
    """
    said = client.find_dispute(event.reference)
    if said is None:
        return Done("The processor does not know of such a dispute.", ignored=True)
    payment = find_booked_payment(event.gateway_id, said.charge, client)
    if payment is None:
        return Done(NOTHING_HERE, ignored=True)
    return book_dispute(provider=payment.provider, payment=payment, said=said)


def book_dispute(*, provider: Provider, payment: Payment, said: Said) -> Done:
    """Books the difference between what is known of a dispute and what the processor says. Opens a transaction.

    Booked today; done twice it books nothing twice, and what has gone on since it was asked stays. Raises NotYet as
    long as a refund of the payment is under way: nobody knows yet what the payment holds.
    """
    with opens_transaction():
        booked_on = hold_books(provider)
        lock_customers(provider.pk, [payment.customer_id])
        payment = get_payment(provider, payment.pk)
        known = _find_or_make(payment, said)
        if not goes_on(known.dispute.state, said.state) and not known.is_new:
            return Done(f"The dispute of payment {payment.pk} has gone on since: {known.dispute.get_state_display()}.")
        before = DisputeState.WARNING if known.is_new else DisputeState(known.dispute.state)
        came = _book_difference(provider, payment, known.dispute, said, booked_on)
        if known.is_new or before != said.state:
            _follow(provider, payment, known.dispute, came)
    return _say(provider, payment, known.dispute, came.moved_minor)


def book_rest_of_disputes(*, provider: Provider, payment_id: int, booked_on: date) -> None:
    """Books what disputes of a payment could not take when they were told, as its money had gone back before.

    For when such money is there again. Does nothing while more of it is on its way. Demands the transaction of books
    and customer's lock.
    """
    demand_transaction()
    disputes = Dispute.objects.filter(payment_id=payment_id, state__in=(DisputeState.OPEN, DisputeState.LOST))
    for dispute in disputes.filter(booked_minor__lt=F("amount_minor")).order_by("pk"):
        payment = get_payment(provider, payment_id)
        if payment.refundable_minor and not _is_giving_back(payment):
            came = _book_difference(provider, payment, dispute, _say_again(payment, dispute), booked_on)
            _follow(provider, payment, dispute, came)


def _say_again(payment: Payment, dispute: Dispute) -> Said:
    return Said(
        reference=dispute.reference,
        charge=payment.gateway_reference,
        state=DisputeState(dispute.state),
        amount_minor=dispute.amount_minor,
        reason=dispute.reason,
        answer_by=dispute.answer_by,
    )


@dataclass(frozen=True)
class _Known:
    dispute: Dispute
    is_new: bool


def _find_or_make(payment: Payment, said: Said) -> _Known:
    """The dispute as it is known, under the customer's lock; a new one, not stored yet, is one that moves nothing."""
    if payment.gateway_id is None:
        raise RuntimeError(f"Payment {payment.pk} was not charged by a processor.")
    disputes = Dispute.objects.filter(gateway_id=payment.gateway_id, reference=said.reference)
    dispute = disputes.first()
    if dispute is not None:
        return _Known(dispute, False)
    dispute = Dispute(
        provider_id=payment.provider_id,
        gateway_id=payment.gateway_id,
        payment=payment,
        reference=said.reference,
        state=DisputeState.WARNING,
        reason=said.reason[:100],
        amount_minor=said.amount_minor,
        answer_by=said.answer_by,
        opened_at=now(),
    )
    return _Known(dispute, True)


def _book_difference(provider: Provider, payment: Payment, dispute: Dispute, said: Said, booked_on: date) -> Came:
    """What came of it, as far as it was not booked before."""
    demand_transaction()
    held_minor = payment.refundable_minor + payment.refunding_minor
    takable_minor = held_minor + find_gone_by_hand(payment) - payment.lost_minor
    moved_minor = to_book(said.state, said.amount_minor, dispute.booked_minor, takable_minor)
    if moved_minor > 0 and _is_giving_back(payment):
        raise NotYet(f"A refund of payment {payment.pk} is under way; the dispute is booked when that has settled.")
    dispute.booked_minor += moved_minor
    dispute.amount_minor = max(said.amount_minor, dispute.booked_minor)
    dispute.state = said.state
    dispute.answer_by = said.answer_by if said.state in (DisputeState.WARNING, DisputeState.OPEN) else dispute.answer_by
    closed = said.state in (DisputeState.WON, DisputeState.LOST)
    dispute.closed_at = (dispute.closed_at or now()) if closed else None
    dispute.save()
    others = Dispute.objects.filter(payment=payment, state=DisputeState.OPEN, booked_minor__gt=0)
    taken_minor = payment.returned_minor + payment.lost_minor + moved_minor
    state = state_after(payment.state, taken_minor, is_open=others.exists())
    if moved_minor > 0:
        parts = {"amount_minor": min(moved_minor, held_minor), "lost_minor": max(moved_minor - held_minor, 0)}
        return Came(taken=take_back(provider=provider, payment=payment, **parts, state=state, booked_on=booked_on))
    if moved_minor < 0:
        amount_minor = -moved_minor
        came = bring_back(
            provider=provider, payment=payment, amount_minor=amount_minor, state=state, booked_on=booked_on
        )
        return Came(brought=came)
    if payment.state != state:
        payment.state = state
        payment.save(update_fields=["state"])
    return Came()


def _is_giving_back(payment: Payment) -> bool:
    return bool(payment.refunding_minor) or payment.transfers.filter(state__in=UNDER_WAY).exists()


def _follow(provider: Provider, payment: Payment, dispute: Dispute, came: Came) -> None:
    """The payment's method is held or released; managers are told, and the audit knows of it."""
    held = hold_after(dispute, payment)
    if came.moved_minor or dispute.state != DisputeState.WON:
        # An enquiry that came to nothing concerns nobody any more.
        tell_of_dispute(dispute, came, held)
    record(
        provider_id=provider.pk,
        staff_id=None,
        action=f"dispute.{dispute.state}",
        subject_type="payment",
        subject_id=payment.pk,
        detail={"dispute": dispute.reference, "amount_minor": dispute.amount_minor, "booked_minor": came.moved_minor},
    )


def _say(provider: Provider, payment: Payment, dispute: Dispute, moved_minor: int) -> Done:
    stands = f"The dispute of payment {payment.pk} is {dispute.get_state_display().lower()}."
    if dispute.state == DisputeState.LOST and payment.method != Method.CARD:
        stands = f"The bank returned payment {payment.pk}."
    if moved_minor > 0:
        return Done(f"{stands} {money_of(provider, moved_minor)} went back.")
    if moved_minor < 0:
        return Done(f"{stands} {money_of(provider, -moved_minor)} came back.")
    return Done(f"{stands} No money moved by it.")
