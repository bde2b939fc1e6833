"""Reads of refunds and pay-outs."""

from collections.abc import Sequence

from django.db.models import Prefetch, Q, QuerySet, Sum

from makegood.credits.models import Credit, CreditEntry, CreditUse
from makegood.credits.rules import Given
from makegood.credits.services.return_funds import list_uses_newest_first
from makegood.customers.models import Customer
from makegood.gateways.rules import DisputeState
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.payments.models import Dispute, Payment, Refund, RefundTransfer
from makegood.payments.rules import BY_HAND, RefundPurpose, State, TransferState
from makegood.providers.models import Provider

REFUND_CAUSE = "refund"
"""What journal entries of refunds and pay-outs name as their cause."""


def list_refunds(provider: Provider) -> QuerySet[Refund]:
    """The provider's refunds and pay-outs with customer, invoice, GL code and who asked for them, newest first."""
    refunds = Refund.objects.select_related("provider", "customer", "invoice", "gl_code", "created_by")
    return refunds.filter(provider=provider).order_by("-id")


def list_refunds_on(invoice: Invoice) -> QuerySet[Refund]:
    """The refunds of the invoice, newest first."""
    return list_refunds(invoice.provider).filter(invoice=invoice)


def list_refunds_of(customer: Customer) -> QuerySet[Refund]:
    """The customer's refunds and pay-outs, newest first."""
    return list_refunds(customer.provider).filter(customer=customer)


def with_parts(refunds: QuerySet[Refund]) -> QuerySet[Refund]:
    """The refunds with their parts in the order in which they were made: one query for all of them."""
    parts = RefundTransfer.objects.select_related("payment__payment_method").order_by("id")
    return refunds.prefetch_related(Prefetch("transfers", parts))


def list_refunds_about(credit: Credit) -> QuerySet[Refund]:
    """The refunds and pay-outs that moved the credit or gave it, newest first."""
    moved = CreditEntry.objects.filter(credit=credit, journal_entry__cause_type=REFUND_CAUSE)
    given = RefundTransfer.objects.filter(refund__customer=credit.customer_id, credit=credit)
    refunds = list_refunds(credit.provider).filter(customer=credit.customer_id)
    return refunds.filter(
        Q(credit=credit) | Q(pk__in=given.values("refund")) | Q(pk__in=moved.values("journal_entry__cause_id"))
    )


def list_funds_moved(refund: Refund) -> QuerySet[CreditEntry]:
    """What the refund or pay-out put into credits and took out of them, in the order in which it was booked."""
    entries = CreditEntry.objects.select_related("credit").filter(
        provider_id=refund.provider_id, customer_id=refund.customer_id
    )
    caused = {"journal_entry__cause_type": REFUND_CAUSE, "journal_entry__cause_id": refund.pk}
    return entries.filter(**caused).order_by("journal_entry_id", "credit_id", "number")


def find_gone_by_hand(payment: Payment) -> int:
    """What of a payment that a processor charged was refunded by hand, in minor units; a bank can take that besides."""
    if payment.gateway_id is None:
        return 0
    given = RefundTransfer.objects.filter(payment=payment, way__in=BY_HAND, refund__purpose=RefundPurpose.REFUND)
    return int(given.filter(state=TransferState.SUCCEEDED).aggregate(sum=Sum("amount_minor", default=0))["sum"])


def get_refund(provider: Provider, pk: int) -> Refund:
    """The provider's refund or pay-out of that number; Refused if there is none."""
    refund = list_refunds(provider).filter(pk=pk).first()
    if refund is None:
        raise Refused("refund_unknown", f"There is no refund {pk}.", "refund")
    return refund


def find_refund_by_key(provider: Provider, key: str) -> Refund | None:
    """The refund or pay-out that was asked for with that key, if any."""
    return list_refunds(provider).filter(key=key).first()


def find_earlier_refund(wanted: Refund) -> Refund | None:
    """The refund that was asked for with the same key; Refused if that was another request."""
    earlier = find_refund_by_key(wanted.provider, wanted.key)
    if earlier is not None and earlier.request_hash != wanted.request_hash:
        raise Refused(
            "key_used",
            f"The key “{wanted.key}” belongs to another request, refund {earlier.pk}. Nothing was booked; use a new "
            "key for a new one.",
            "key",
        )
    return earlier


def list_returnable_uses(invoice: Invoice) -> list[CreditUse]:
    """What funds have paid of the invoice and can go back to their credits, newest use first.

    Not what settled it after a refund: that was given so that nothing is owed, and nobody has ever paid it.
    """
    settling = list_settling_credits(invoice)
    return [use for use in list_uses_newest_first(invoice_id=invoice.pk) if use.credit_id not in settling]


def keep_undisputed(payments: Sequence[Payment]) -> list[Payment]:
    """Those of which something can go back still, as no dispute is open; booked ones, in their order.

    What a bank took of one for good does not keep the rest of it from going back.
    """
    returned = [payment.pk for payment in payments if payment.state == State.RETURNED]
    open_ones = Dispute.objects.filter(payment__in=returned, state=DisputeState.OPEN) if returned else ()
    disputed = {dispute.payment_id for dispute in open_ones}
    states = (State.SUCCEEDED, State.RETURNED)
    return [payment for payment in payments if payment.state in states and payment.pk not in disputed]


def list_settling_credits(invoice: Invoice) -> set[int]:
    """The credits, by number, that refunds of the invoice were settled with."""
    refunds = Refund.objects.filter(provider_id=invoice.provider_id, invoice=invoice)
    settling = set(refunds.filter(credit__isnull=False).values_list("credit_id", flat=True))
    transfers = RefundTransfer.objects.filter(refund__in=refunds, credit__isnull=False)
    return settling | set(transfers.values_list("credit_id", flat=True))


def sum_waiting_to_settle(provider: Provider, staff_id: int) -> Given:
    """What credits refunds under way will give when they settle: what the person has asked for, and everybody.

    Nothing where no limit of a day asks for it.
    """
    if provider.person_day_limit_minor is None and provider.provider_day_limit_minor is None:
        return Given()
    found = run_sql(load_sql(__package__, "sum_waiting_to_settle"), {"provider": provider.pk, "staff": staff_id})
    return Given(**found[0])


def list_transfers(refund: Refund) -> QuerySet[RefundTransfer]:
    """The parts of a refund that go back to where they came from, in the order in which they were made."""
    transfers = RefundTransfer.objects.select_related(
        "payment", "payment__payment_method", "gateway", "gl_code", "credit", "bounce_credit"
    )
    return transfers.filter(provider_id=refund.provider_id, refund=refund).order_by("id")


def get_transfer(provider: Provider, pk: int) -> RefundTransfer:
    """The provider's part of a refund of that number, of what a processor gives back; Refused if there is none."""
    transfers = RefundTransfer.objects.select_related("refund", "refund__invoice", "customer", "payment", "gateway")
    transfer = transfers.filter(provider=provider, pk=pk, gateway__isnull=False).first()
    if transfer is None:
        raise Refused("refund_unknown", f"There is no part {pk} of a refund.", "refund")
    return transfer


def list_transfers_of(payment: Payment) -> QuerySet[RefundTransfer]:
    """What went back of the payment, or is on its way, with the refunds, newest first."""
    transfers = RefundTransfer.objects.select_related("refund", "refund__invoice", "gl_code", "gateway")
    return transfers.filter(provider_id=payment.provider_id, payment=payment).order_by("-id")
