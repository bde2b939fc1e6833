"""Withdrawing payments that wait to be submitted: nothing was asked of the processor, and nothing is any more."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from makegood.audit.services import record
from makegood.credits.services.void_invoice import clean_reason
from makegood.gateways.models import Gateway
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import Row, count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction, opens_transaction
from makegood.ledger.locks import hold_books, lock_balances, lock_customers
from makegood.payments.failure_words import WITHDRAWN
from makegood.payments.models import Payment
from makegood.payments.rules import LONGEST_FAILURE, State
from makegood.payments.telling_stuck import tell_of_withdrawn
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

AT_ONCE = 500


def withdraw_payment(*, membership: Membership, payment: Payment, reason: str) -> Payment:
    """Ends a payment that waits to be submitted; its invoices are due as before. Opens a transaction.

    What autopay had made it makes again on the next day, unless the invoice is left to people meanwhile. Done twice it
    changes nothing. Refused without the right, without a reason, and once the processor was asked.
    """
    require_right(membership, Right.BILL, "withdraw payments")
    reason = clean_reason(reason)
    provider = membership.provider
    with opens_transaction():
        booked_on = hold_books(provider)
        lock_customers(provider.pk, [payment.customer_id])
        payment = Payment.objects.select_for_update(no_key=True).get(provider=provider, pk=payment.pk)
        if payment.state == State.FAILED and payment.failure_code == WITHDRAWN:
            return payment
        if refusal := find_why_not_withdrawn(payment):
            raise refusal
        _end(provider, {payment.pk: WITHDRAWN}, reason, booked_on)
        record(
            provider_id=provider.pk,
            staff_id=membership.staff_id,
            action="payment.withdrawn",
            subject_type="payment",
            subject_id=payment.pk,
            detail={"amount_minor": payment.amount_minor, "reason": reason},
        )
    payment.refresh_from_db()
    return payment


def withdraw_stranded(*, gateway: Gateway, should_let_go: Callable[[], bool] = lambda: False) -> int:
    """Ends the payments of a gateway that wait, and that nobody will submit any more; returns how many.

    Because the gateway is not in use, the method was removed or is held after a dispute, or the customer has autopay or
    automatic billing disabled by now. Nobody counts it as a try. Managers and who had something charged are told. Opens
    transactions.
    """
    withdrawn = 0
    while not should_let_go():
        ended = _withdraw_next(gateway)
        withdrawn += ended
        if ended < AT_ONCE:
            break
    return withdrawn


def _withdraw_next(gateway: Gateway) -> int:
    provider = gateway.provider
    if not _list_stranded(gateway):
        return 0
    with opens_transaction():
        booked_on = hold_books(provider)
        lock_balances(provider.pk, sorted({row["customer_id"] for row in _list_stranded(gateway)}))
        # Read again under the locks, each in a statement of its own.
        codes = {row["id"]: row["code"] for row in _list_stranded(gateway)}
        waiting = Payment.objects.filter(pk__in=codes, state=State.CREATED).order_by("pk")
        payments = list(waiting.select_for_update(no_key=True))
        _end(provider, {payment.pk: codes[payment.pk] for payment in payments}, "", booked_on)
        _write_down(gateway, payments)
        tell_of_withdrawn(gateway, payments)
    return len(payments)


def _list_stranded(gateway: Gateway) -> list[Row]:
    return run_sql(load_sql(__package__, "list_stranded"), {"gateway": gateway.pk, "limit": AT_ONCE})


def find_why_not_withdrawn(payment: Payment) -> Refused | None:
    """Why nobody can withdraw the payment; None if somebody can. No query."""
    if payment.state == State.CREATED:
        return None
    label = State(payment.state).label.lower()
    return Refused(
        "payment_not_waiting",
        f"Payment {payment.pk} is {label}. Only one that waits to be submitted can be withdrawn.",
        "payment",
    )


def _end(provider: Provider, codes: Mapping[int, str], words: str, booked_on: date) -> None:
    """Ends payments whose rows and customers are locked. codes: why, by payment. Demands the transaction."""
    demand_transaction()
    payments = sorted(codes)
    parameters = {
        "provider": provider.pk,
        "payments": payments,
        "references": [""] * len(payments),
        "codes": [codes[payment] for payment in payments],
        "words": [words[:LONGEST_FAILURE]] * len(payments),
        "at": now(),
    }
    run_sql(load_sql(__package__, "book_failures"), parameters)
    count_changed(load_sql(__package__, "note_withdrawals"), {"payments": payments, "day": booked_on})


def _write_down(gateway: Gateway, payments: Sequence[Payment]) -> None:
    """One audit entry for all that were withdrawn together."""
    if payments:
        record(
            provider_id=gateway.provider_id,
            staff_id=None,
            action="payments.withdrawn",
            subject_type="provider",
            subject_id=gateway.provider_id,
            detail={"payments": len(payments), "amount_minor": sum(payment.amount_minor for payment in payments)},
        )
