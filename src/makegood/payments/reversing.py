"""What reversing a payment would do, for the preview and for the booking alike."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from makegood.credits.limits import money_of
from makegood.credits.models import Credit, CreditUse
from makegood.credits.services.return_funds import list_uses_newest_first
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment, PaymentAllocation
from makegood.payments.rules import State, state_without
from makegood.payments.selectors import get_payment
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right

REVERSE = "reverse payments"


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
class ReversalPlan:
    """What a reversal does, in minor units. uses: what the overpayment has paid meanwhile, newest first."""

    payment: Payment
    allocations: tuple[Unpaid, ...]
    uses: tuple[tuple[CreditUse, int], ...]
    overpaid_minor: int

    @property
    def returned_minor(self) -> int:
        """What the overpayment has paid and is due again."""
        return sum(amount for _, amount in self.uses)

    @property
    def due_again_minor(self) -> int:
        """What the customer owes more after it."""
        unpaid = sum(each.amount_minor for each in self.allocations if not each.is_written_off)
        return unpaid + self.returned_minor

    @property
    def written_off_minor(self) -> int:
        return sum(each.amount_minor for each in self.allocations if each.is_written_off)

    @property
    def funds_taken_minor(self) -> int:
        """What the customer's Available Funds lose."""
        return self.overpaid_minor - self.returned_minor


def preview_reversal(*, membership: Membership, payment: Payment) -> ReversalPlan:
    """What `reverse_payment` would do now. Books nothing; refused for the same reasons."""
    provider = membership.provider
    require_billing(provider)
    return plan_reversal(membership, get_payment(provider, payment.pk), today_of(provider))


def plan_reversal(membership: Membership, payment: Payment, today: date) -> ReversalPlan:
    """What the reversal does. Refused where the person may not, and, saying why, where it cannot be."""
    require_right(membership, Right.BILL, REVERSE)
    if payment.state != State.SUCCEEDED:
        raise Refused("payment_reversed", f"Payment {payment.pk} is reversed already.", "payment")
    credit = payment.overpayment_credit
    return ReversalPlan(
        payment=payment,
        allocations=tuple(_list_unpaid(payment, today)),
        uses=_list_uses(membership.provider, credit) if credit else (),
        overpaid_minor=credit.issued_minor if credit else 0,
    )


def _list_unpaid(payment: Payment, today: date) -> list[Unpaid]:
    given: Any = PaymentAllocation.objects.filter(provider_id=payment.provider_id, payment=payment)
    amounts = dict(given.values("invoice_id").annotate(amount=Sum("amount_minor")).values_list("invoice_id", "amount"))
    invoices = Invoice.objects.filter(provider_id=payment.provider_id, pk__in=amounts).order_by("due_on", "id")
    return [
        Unpaid(invoice, amounts[invoice.pk], state_without(invoice.state, invoice.due_on or today, today))
        for invoice in invoices
        if amounts[invoice.pk]
    ]


def _list_uses(provider: Provider, credit: Credit) -> tuple[tuple[CreditUse, int], ...]:
    """What the overpayment has paid and not got back. Refused where that cannot be unwound."""
    if credit.refunded_minor:
        raise Refused(
            "overpayment_paid_out",
            f"{money_of(provider, credit.refunded_minor)} of what was overpaid is paid out to the customer, so the "
            "payment cannot be reversed.",
            "payment",
        )
    uses = list_uses_newest_first(credit_id=credit.pk)
    for use in uses:
        if use.invoice.state == "uncollectible":
            raise Refused(
                "overpayment_written_off",
                f"What was overpaid has paid a part of invoice {use.invoice.number}, which is written off since, so "
                "the payment cannot be reversed.",
                "payment",
            )
    return tuple((use, use.amount_minor - use.returned_minor) for use in uses)
