"""The credits' side of a pay-out: paid money leaves them, and comes back where it could not be given."""

from collections.abc import Mapping
from datetime import date

from django.db.models import F

from makegood.credits.models import Credit, CreditEntry
from makegood.kit.clock import now
from makegood.kit.sql import run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import allow_any_funds
from makegood.ledger.models import CustomerBalance


def take_for_pay_out(*, balance: CustomerBalance, parts: Mapping[int, int], entry_id: int, booked_on: date) -> None:
    """Takes so much (minor units) out of each credit, by its number: credits, entries and balance.

    Demands the transaction that books the journal entry and holds the customer's lock. balance: as it is under the
    lock; it is brought up to date.
    """
    demand_transaction()
    taken = {credit_id: -amount for credit_id, amount in parts.items()}
    _move(balance, taken, CreditEntry.Type.REFUNDED, entry_id, booked_on)


def return_from_pay_out(*, balance: CustomerBalance, parts: Mapping[int, int], entry_id: int, booked_on: date) -> None:
    """Puts so much back into each credit that it was taken out of. As `take_for_pay_out`, the other way round."""
    demand_transaction()
    # What comes back is the customer's, however much it makes.
    allow_any_funds()
    _move(balance, parts, CreditEntry.Type.UNREFUNDED, entry_id, booked_on)


def _move(
    balance: CustomerBalance, parts: Mapping[int, int], type: CreditEntry.Type, entry_id: int, booked_on: date
) -> None:
    CustomerBalance.objects.filter(pk=balance.pk).update(funds_minor=F("funds_minor") + sum(parts.values()))
    funds_minor = balance.funds_minor
    balance.refresh_from_db(fields=["funds_minor"])
    at = now()
    # Entries of one booking are read by credit.
    for credit_id, amount_minor in sorted(parts.items()):
        funds_minor += amount_minor
        Credit.objects.filter(pk=credit_id).update(refunded_minor=F("refunded_minor") - amount_minor)
        CreditEntry.objects.create(
            credit_id=credit_id,
            number=_next_number(credit_id),
            provider_id=balance.provider_id,
            customer_id=balance.customer_id,
            journal_entry_id=entry_id,
            amount_minor=amount_minor,
            funds_after_minor=funds_minor,
            created_at=at,
            booked_on=booked_on,
            type=type,
        )


def _next_number(credit_id: int) -> int:
    found = run_sql(
        "SELECT max(number) AS number FROM credit_entry WHERE credit_id = %(credit)s", {"credit": credit_id}
    )
    return int(found[0]["number"]) + 1
