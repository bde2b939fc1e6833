"""What a payment gives back when its money is taken away again, for previews and for the booking alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from makegood.credits.models import CreditUse
from makegood.credits.services.return_funds import list_uses_newest_first
from makegood.invoices.models import Invoice
from makegood.kit.sql import run_sql
from makegood.payments.models import Payment
from makegood.payments.rules import state_without

ALLOCATED = """
SELECT invoice_id, sum(amount_minor)::bigint AS amount_minor, max(number) FILTER (WHERE amount_minor > 0) AS number
FROM payment_allocation
WHERE payment_id = %(payment)s AND provider_id = %(provider)s
GROUP BY invoice_id
HAVING sum(amount_minor) > 0
ORDER BY number DESC
"""


@dataclass(frozen=True)
class Unpaid:
    """What an invoice loses by it, in minor units, and the state that it has after it."""

    invoice: Invoice
    amount_minor: int
    state_after: str

    @property
    def is_written_off(self) -> bool:
        """Whether what it loses is written off with the rest of it instead of being due again."""
        return self.state_after == "uncollectible"

    @property
    def due_after_minor(self) -> int:
        return 0 if self.is_written_off else int(self.invoice.due_minor + self.amount_minor)


@dataclass(frozen=True)
class TakePlan:
    """What a payment loses, in minor units.

    overpaid_minor: what the credit of its overpayment loses. uses: what that credit has paid and gets back before,
    newest first. allocations: what its invoices lose, by due date. shortfall_minor: what of the overpayment cannot come
    back, because it was paid out or has paid what is written off; it is written off. lost_minor: what a bank takes
    besides, although it had gone back by hand before; it is written off too.
    """

    payment: Payment
    allocations: tuple[Unpaid, ...] = ()
    uses: tuple[tuple[CreditUse, int], ...] = ()
    overpaid_minor: int = 0
    shortfall_minor: int = 0
    lost_minor: int = 0

    @property
    def amount_minor(self) -> int:
        """What is taken of what the payment still holds."""
        return self.overpaid_minor + self.unpaid_minor + self.shortfall_minor

    @property
    def moved_minor(self) -> int:
        """What leaves the account of the payment."""
        return self.amount_minor + self.lost_minor

    @property
    def unpaid_minor(self) -> int:
        """What its invoices lose."""
        return sum(each.amount_minor for each in self.allocations)

    @property
    def returned_minor(self) -> int:
        """What the overpayment has paid and is due again."""
        return sum(amount for _, amount in self.uses)

    @property
    def due_again_minor(self) -> int:
        """What the customer owes more after it."""
        return self.unpaid_minor - self.written_off_minor + self.returned_minor

    @property
    def written_off_minor(self) -> int:
        """What its invoices lose that are written off already."""
        return sum(each.amount_minor for each in self.allocations if each.is_written_off)

    @property
    def funds_taken_minor(self) -> int:
        """What the customer's Available Funds lose."""
        return self.overpaid_minor - self.returned_minor

    @property
    def reopened(self) -> list[int]:
        """Ids of the invoices that are owed again, or more than before."""
        unpaid = {each.invoice.pk for each in self.allocations if not each.is_written_off}
        return sorted(unpaid | {use.invoice_id for use, _ in self.uses})


def plan_taking(payment: Payment, amount_minor: int, today: date) -> TakePlan:
    """What the payment loses if so much of it is taken away, in minor units. Books nothing; reads as it is now.

    First what is left of its overpayment, then what that has paid since, newest use first, then what the payment itself
    has paid, newest allocation first. What was paid out or has paid an invoice that is written off cannot come back.
    """
    left = min(amount_minor, payment.over_minor)
    credit = payment.overpayment_credit
    uses: list[tuple[CreditUse, int]] = []
    from_funds = 0
    if credit is not None:
        from_funds = min(left, credit.remaining_minor)
        uses = _spread(_list_unwindable(credit.pk), left - from_funds)
    overpaid_minor = from_funds + sum(part for _, part in uses)
    allocations = _take_newest_first(payment, amount_minor - overpaid_minor, today)
    return TakePlan(
        payment=payment,
        allocations=allocations,
        uses=tuple(uses),
        overpaid_minor=overpaid_minor,
        shortfall_minor=amount_minor - overpaid_minor - sum(each.amount_minor for each in allocations),
    )


def _list_unwindable(credit_id: int) -> list[CreditUse]:
    return [use for use in list_uses_newest_first(credit_id=credit_id) if use.invoice.state != "uncollectible"]


def _spread(uses: Iterable[CreditUse], amount_minor: int) -> list[tuple[CreditUse, int]]:
    parts = []
    for use in uses:
        part = min(amount_minor, use.amount_minor - use.returned_minor)
        if part > 0:
            parts.append((use, part))
            amount_minor -= part
    return parts


def _take_newest_first(payment: Payment, amount_minor: int, today: date) -> tuple[Unpaid, ...]:
    """The invoices that lose something by it, by due date."""
    taken: dict[int, int] = {}
    for row in run_sql(ALLOCATED, {"payment": payment.pk, "provider": payment.provider_id}):
        part = min(amount_minor, row["amount_minor"])
        if part > 0:
            taken[row["invoice_id"]] = part
            amount_minor -= part
    invoices = Invoice.objects.filter(provider_id=payment.provider_id, pk__in=taken).order_by("due_on", "id")
    return tuple(
        Unpaid(invoice, taken[invoice.pk], state_without(invoice.state, invoice.due_on or today, today))
        for invoice in invoices
    )
