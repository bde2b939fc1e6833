"""Booking what a processor says of payments, however often and in whatever order it says it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import DatabaseError
from django.db.models.functions import Coalesce

from makegood.audit.services import record
from makegood.credits.services.apply_funds import apply_late_funds
from makegood.gateways.interface import Charge
from makegood.gateways.rules import Standing
from makegood.invoices.services.suspension import lift_suspensions
from makegood.kit.clock import now
from makegood.kit.database_errors import Remedy, remedy_for
from makegood.kit.sql import Row, count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction, opens_transaction
from makegood.ledger.locks import allow_any_funds, hold_books, lock_balances
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.payments.after_failure import tell_of_failures
from makegood.payments.after_success import tell_of_receipts
from makegood.payments.failure_words import NEVER_ANSWERED
from makegood.payments.models import Payment
from makegood.payments.rules import IN_FLIGHT, LONGEST_FAILURE, State
from makegood.payments.schedule import POLL
from makegood.payments.selectors_story import CAME_LATE
from makegood.payments.services.retry import Failure, note_failures
from makegood.payments.telling import tell_of_late_success
from makegood.payments.telling_stuck import tell_of_never_answered
from makegood.providers.models import Provider

log = logging.getLogger(__name__)

LONGEST_CODE = Payment._meta.get_field("failure_code").max_length or 0


@dataclass(frozen=True)
class Answer:
    """What the processor says of a payment."""

    payment_id: int
    charge: Charge


@dataclass(frozen=True)
class Booked:
    """The payments that were changed, by what they became. late: of the succeeded, those that counted as failed.

    unusable: those of which the answer cannot be true, or could not be booked; nothing of them is changed.
    """

    succeeded: Sequence[int] = ()
    failed: Sequence[int] = ()
    processing: Sequence[int] = ()
    late: Sequence[int] = ()
    unusable: Sequence[int] = ()

    def __add__(self, other: "Booked") -> "Booked":
        return Booked(
            *([*getattr(self, name), *getattr(other, name)] for name in self.__dataclass_fields__),
        )


@dataclass
class _Sorted:
    """The answers by what is to be done about them, ascending by payment."""

    succeeded: list[Answer] = field(default_factory=list)
    failed: list[Answer] = field(default_factory=list)
    processing: list[Answer] = field(default_factory=list)
    unusable: list[int] = field(default_factory=list)


def book_results(*, provider: Provider, answers: Sequence[Answer]) -> Booked:
    """Books what the processor said, all in one transaction, which it opens: books, customers, then payments.

    A success is booked once: money, invoices, and what is over as Available Funds; one that had failed already pays
    what its invoices still owe. A failure ends the payment and lets its invoices go. What is booked is not booked
    again, and a failure that comes after a success changes nothing.
    Where the database refuses the answers together they are booked one by one, so that one cannot stop the others.
    """
    if not answers:
        return Booked()
    try:
        return _book_together(provider, answers)
    except DatabaseError as error:
        if remedy_for(error) is Remedy.TRY_AGAIN:
            raise
        if len(answers) == 1:
            log.exception("What the processor said of payment %s cannot be booked.", answers[0].payment_id)
            return Booked(unusable=[answers[0].payment_id])
    middle = len(answers) // 2
    return book_results(provider=provider, answers=answers[:middle]) + book_results(
        provider=provider, answers=answers[middle:]
    )


def _book_together(provider: Provider, answers: Sequence[Answer]) -> Booked:
    with opens_transaction():
        return book_here(provider, answers)


def book_here(provider: Provider, answers: Sequence[Answer]) -> Booked:
    """The same in the caller's transaction, which it demands: books, customers, then payments."""
    demand_transaction()
    booked_on = hold_books(provider)
    payments = Payment.objects.filter(provider=provider, pk__in=[answer.payment_id for answer in answers])
    lock_balances(provider.pk, sorted(set(payments.values_list("customer_id", flat=True))))
    # Read again under the locks, in a statement of its own.
    rows = payments.only(*_READ).order_by("pk")
    locked = {payment.pk: payment for payment in rows.select_for_update(no_key=True)}
    found = _sort(locked, answers)
    failed = _book_failures(provider, found.failed, booked_on)
    processing = _book_processing(provider, found.processing)
    succeeded = _book_successes(provider, found.succeeded, booked_on)
    booked = Booked(
        succeeded=[row["id"] for row in succeeded],
        failed=failed,
        processing=processing,
        late=[row["id"] for row in succeeded if row["was_failed"]],
        unusable=found.unusable,
    )
    codes = {answer.payment_id: answer.charge.failure_code for answer in found.failed}
    _write_late_down(provider, [locked[payment_id] for payment_id in booked.late])
    _write_down(provider, booked, sum(row["amount_minor"] for row in succeeded))
    tell_of_late_success(provider, booked.late)
    tell_of_never_answered(provider, [each for each in booked.failed if codes[each] == NEVER_ANSWERED])
    tell_of_failures(provider, booked.failed)
    tell_of_receipts(provider, booked.succeeded)
    return booked


_READ = ("state", "amount_minor", "attempt_key", "gateway_reference", "failure_code", "failure", "settled_at", "checks")


def _sort(locked: dict[int, Payment], answers: Sequence[Answer]) -> _Sorted:
    """What is to be done beside how the payments stand; the last answer of each payment counts, a success most."""
    by_payment: dict[int, Answer] = {}
    for answer in answers:
        earlier = by_payment.get(answer.payment_id)
        if earlier is None or earlier.charge.standing != Standing.SUCCEEDED:
            by_payment[answer.payment_id] = answer
    found = _Sorted()
    for payment_id, answer in sorted(by_payment.items()):
        payment = locked.get(payment_id)
        if payment is None or not _is_about(payment, answer.charge):
            log.error("The processor said of payment %s what cannot be true: %s.", payment_id, answer.charge.reference)
            found.unusable.append(payment_id)
        elif answer.charge.standing == Standing.SUCCEEDED:
            if payment.state in (*IN_FLIGHT, State.FAILED):
                found.succeeded.append(answer)
        elif payment.state in IN_FLIGHT:
            (found.failed if answer.charge.standing == Standing.FAILED else found.processing).append(answer)
    return found


def _is_about(payment: Payment, charge: Charge) -> bool:
    """Whether the answer can be about the payment: its amount, its key, and the reference under which it is known."""
    known = payment.gateway_reference
    return (
        charge.amount_minor == payment.amount_minor
        and charge.key in ("", str(payment.attempt_key))
        and (not known or not charge.reference or charge.reference == known)
    )


def _book_failures(provider: Provider, answers: Sequence[Answer], booked_on: date) -> list[int]:
    if not answers:
        return []
    parameters = {
        **_said(provider, answers),
        "codes": [answer.charge.failure_code[:LONGEST_CODE] for answer in answers],
        "words": [answer.charge.failure[:LONGEST_FAILURE] for answer in answers],
        "at": now(),
    }
    failed = [row["id"] for row in run_sql(load_sql(__package__, "book_failures"), parameters)]
    codes = {answer.payment_id: answer.charge.failure_code for answer in answers}
    note_failures(provider, [Failure(payment_id, codes[payment_id]) for payment_id in failed], booked_on)
    return failed


def _book_processing(provider: Provider, answers: Sequence[Answer]) -> list[int]:
    if answers:
        at = now()
        parameters = {**_said(provider, answers), "at": at, "next_check_at": at + POLL}
        count_changed(load_sql(__package__, "book_processing"), parameters)
    return [answer.payment_id for answer in answers]


def _book_successes(provider: Provider, answers: Sequence[Answer], booked_on: date) -> list[Row]:
    if not answers:
        return []
    # A payment that waits to be submitted again, and was charged all the same, has been submitted.
    waiting = Payment.objects.filter(pk__in=[answer.payment_id for answer in answers], state=State.CREATED)
    waiting.update(state=State.SUBMITTED, submitted_at=Coalesce("submitted_at", now()))
    # What was paid is the customer's, however much it makes.
    allow_any_funds()
    parameters = {
        **_said(provider, answers),
        "receivable": get_control_gl_code_id(provider.pk, GLCode.Type.RECEIVABLE),
        "funds": get_control_gl_code_id(provider.pk, GLCode.Type.AVAILABLE_FUNDS),
        "booked_on": booked_on,
        "at": now(),
    }
    booked = run_sql(load_sql(__package__, "book_successes"), parameters)
    over = sorted({row["customer_id"] for row in booked if row["over_minor"]})
    if over:
        apply_late_funds(provider=provider, customers=over, booked_on=booked_on)
    customers = sorted({row["customer_id"] for row in booked})
    lift_suspensions(provider_id=provider.pk, customer_ids=customers, day=booked_on)
    return booked


def _said(provider: Provider, answers: Sequence[Answer]) -> dict[str, object]:
    return {
        "provider": provider.pk,
        "payments": [answer.payment_id for answer in answers],
        "references": [answer.charge.reference for answer in answers],
    }


def _write_late_down(provider: Provider, payments: Sequence[Payment]) -> None:
    """What is forgotten of payments that were charged after all, as they were read before: when and why they failed."""
    for payment in payments:
        record(
            provider_id=provider.pk,
            staff_id=None,
            action=CAME_LATE,
            subject_type="payment",
            subject_id=payment.pk,
            detail={
                "amount_minor": payment.amount_minor,
                "failed_at": payment.settled_at.isoformat() if payment.settled_at else None,
                "code": payment.failure_code,
                "failure": payment.failure,
                "checks": payment.checks,
            },
        )


def _write_down(provider: Provider, booked: Booked, amount_minor: int) -> None:
    """One audit entry for all that was booked together."""
    if not booked.succeeded and not booked.failed:
        return
    record(
        provider_id=provider.pk,
        staff_id=None,
        action="payments.collected",
        subject_type="provider",
        subject_id=provider.pk,
        detail={
            "succeeded": len(booked.succeeded),
            "failed": len(booked.failed),
            "late": len(booked.late),
            "amount_minor": amount_minor,
        },
    )
