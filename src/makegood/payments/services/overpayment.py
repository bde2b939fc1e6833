"""The credit in which what is over of a payment is Available Funds: made, grown, and what its sub-ledger says.

All demand the transaction of books and customer's lock.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Max

from makegood.credits.models import Credit, CreditEntry, Kind
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import allow_any_funds
from makegood.ledger.models import CustomerBalance
from makegood.payments.models import Payment, PaymentMovement


@dataclass(frozen=True)
class Moving:
    """How money is taken out of a payment, or put back. at: when. staff_id: who has it done; None for a bank.

    type: the movement that it is. by_hand: whether the invoices that are owed again are left to people.
    """

    type: PaymentMovement.Type
    booked_on: date
    at: datetime
    staff_id: int | None = None
    by_hand: bool = True

    @property
    def event(self) -> str:
        """What the journal calls it."""
        return f"payment_{self.type}"


def put_into_overpayment(
    payment: Payment, amount_minor: int, description: str, entry_id: int, moving: Moving
) -> Credit:
    """The payment's overpayment grows by so much, in minor units, or there is one now, of that description.

    payment: with its overpayment, as both are under the lock; that it names the credit is left to be saved.
    """
    demand_transaction()
    # What was paid is the customer's, however much it makes.
    allow_any_funds()
    credit = payment.overpayment_credit
    if credit is not None:
        Credit.objects.filter(pk=credit.pk).update(adjusted_minor=F("adjusted_minor") + amount_minor)
        enter_funds(payment, credit, amount_minor, CreditEntry.Type.ADJUSTED, entry_id, moving)
        return credit
    credit = Credit.objects.create(
        provider_id=payment.provider_id,
        customer_id=payment.customer_id,
        gl_code_id=payment.gl_code_id,
        created_at=moving.at,
        issued_minor=amount_minor,
        issued_on=moving.booked_on,
        kind=Kind.OVERPAYMENT,
        description=description,
    )
    enter_funds(payment, credit, amount_minor, CreditEntry.Type.ISSUED, entry_id, moving)
    return credit


def enter_funds(
    payment: Payment, credit: Credit, amount_minor: int, type: CreditEntry.Type, entry_id: int, moving: Moving
) -> None:
    """The customer's funds change by so much, signed, in minor units, and the credit's sub-ledger says why."""
    demand_transaction()
    balances = CustomerBalance.objects.filter(customer_id=payment.customer_id)
    balances.update(funds_minor=F("funds_minor") + amount_minor)
    last_number = CreditEntry.objects.filter(credit=credit).aggregate(last=Max("number"))["last"] or 0
    CreditEntry.objects.create(
        credit=credit,
        number=last_number + 1,
        provider_id=payment.provider_id,
        customer_id=payment.customer_id,
        journal_entry_id=entry_id,
        amount_minor=amount_minor,
        funds_after_minor=balances.values_list("funds_minor", flat=True).get(),
        created_at=moving.at,
        booked_on=moving.booked_on,
        type=type,
    )
