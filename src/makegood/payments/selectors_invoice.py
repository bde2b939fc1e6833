"""Reads of how the collection of invoices stands, for whoever looks at them."""

from collections.abc import Collection as Several
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from makegood.invoices.models import Invoice
from makegood.payments.models import Collection, Payment, PaymentClaim, PaymentMethod
from makegood.payments.rules import State
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


@dataclass(frozen=True)
class OnItsWay:
    """What a payment under way is to pay of an invoice, in minor units."""

    payment: Payment
    amount_minor: int


def find_on_its_way(invoices: Several[Invoice]) -> Mapping[int, OnItsWay]:
    """The payments under way for those of the invoices that have one, by invoice; one query, or none."""
    wanted = [invoice.pk for invoice in invoices if invoice.in_flight_minor]
    if not wanted:
        return {}
    claims = PaymentClaim.objects.select_related("payment__payment_method").filter(invoice__in=wanted, open=True)
    return {claim.invoice_id: OnItsWay(claim.payment, claim.amount_minor) for claim in claims}


def find_collection(invoice: Invoice) -> Collection | None:
    """How autopay stands with the invoice once it has tried, with its last payment; None before."""
    found = Collection.objects.select_related("last_payment__payment_method")
    return found.filter(provider_id=invoice.provider_id, invoice=invoice).first()


def find_last_failed(invoice: Invoice) -> Payment | None:
    """The last payment that was to pay the invoice, if it failed; None if it did not, or is still under way."""
    claims = PaymentClaim.objects.select_related("payment__payment_method")
    last = claims.filter(provider_id=invoice.provider_id, invoice=invoice).order_by("-payment_id").first()
    return last.payment if last is not None and last.payment.state == State.FAILED else None


@dataclass(frozen=True)
class NextCharge:
    """When autopay charges what is due of an invoice next, as things stand, and what it charges.

    on: the provider's day; what should have been tried before is tried on the next one.
    """

    on: date
    method: PaymentMethod


def foresee_charge(invoice: Invoice, collection: Collection | None, method: PaymentMethod | None) -> NextCharge | None:
    """What autopay will do for the invoice, read with its customer; None if nothing. Asks the database nothing.

    method: the customer's default one, if it can be charged now; what is held after a dispute is not.
    """
    customer = invoice.customer
    is_owed = invoice.state in ("open", "late") and invoice.collect_on is not None
    if not (is_owed and customer.autopay and customer.billing_enabled and method) or method.held_at is not None:
        return None
    if invoice.by_hand or invoice.in_flight_minor:
        return None
    on = invoice.collect_on if collection is None else collection.next_try_on
    return NextCharge(max(on, next_day_of_autopay(invoice.provider)), method) if on is not None else None


def next_day_of_autopay(provider: Provider) -> date:
    """The first day that autopay has not been through: today's work is done when the day begins."""
    today = today_of(provider)
    is_done = provider.day_reached is not None and provider.day_reached >= today
    return today + timedelta(days=1) if is_done else today
