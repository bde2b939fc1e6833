"""Writing down what moved the money of a payment."""

from datetime import date

from makegood.kit.clock import now
from makegood.kit.sql import run_sql
from makegood.kit.transactions import demand_transaction
from makegood.payments.models import Payment, PaymentMovement


def note_movement(
    payment: Payment,
    type: str,
    amount_minor: int,
    booked_on: date,
    effective_on: date | None = None,
    *,
    entry_id: int | None = None,
    transfer_id: int | None = None,
) -> None:
    """Adds a movement of the payment's money, signed, in minor units. Demands the transaction that books it.

    entry_id: of the journal; that of the payment itself if left out. transfer_id: the part of a refund that it is.
    """
    demand_transaction()
    entry_id = entry_id if entry_id is not None else payment.journal_entry_id
    if entry_id is None:
        raise RuntimeError(f"Payment {payment.pk} is not booked, so nothing has moved.")
    last = run_sql(
        "SELECT coalesce(max(number), 0) AS number FROM payment_movement WHERE payment_id = %(payment)s",
        {"payment": payment.pk},
    )[0]["number"]
    PaymentMovement.objects.create(
        payment=payment,
        number=last + 1,
        provider_id=payment.provider_id,
        journal_entry_id=entry_id,
        transfer_id=transfer_id,
        type=type,
        amount_minor=amount_minor,
        created_at=now(),
        booked_on=booked_on,
        effective_on=effective_on,
    )
