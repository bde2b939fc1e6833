"""Charging a customer's invoices because a person says so."""

from collections.abc import Sequence
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F

from makegood.audit.services import record
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.ledger.locks import hold_books
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.payments.charging import ChargePlan, plan_charge
from makegood.payments.models import Payment, PaymentClaim, PaymentMethod
from makegood.payments.rules import Purpose, State
from makegood.payments.selectors import find_payment_by_key
from makegood.payments.services.record_payment import lock_customer, require_key
from makegood.payments.wake import wake_collecting
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership, Provider
from makegood.runs.rules import hash_request


def charge_invoices(
    *,
    membership: Membership,
    customer: Customer,
    invoices: Sequence[Invoice] | None = None,
    payment_method: PaymentMethod | None = None,
    seen_minor: int | None = None,
    key: str,
) -> Payment:
    """Makes a payment of all that is due of the invoices, or of all that are owed; it is submitted in the background.

    Opens a transaction: books, then the customer. payment_method: the customer's default one if left out. An invoice
    that people collect can be charged by them. Nothing is booked until the processor says that it has the money.
    seen_minor: what the person saw that it comes to, in minor units; refused if it comes to something else by now.
    key: the same key with the same request gives the first payment and makes nothing again; with another it is refused.
    Refused without the right, while billing is off, and, saying why, where nothing can be charged.
    """
    require_key(key)
    provider = membership.provider
    asked = _hash(customer, invoices, payment_method)
    try:
        with transaction.atomic():
            hold_books(provider)
            lock_customer(provider, customer)
            if earlier := _find_earlier(provider, key, asked):
                return earlier
            plan = plan_charge(
                membership=membership,
                customer=customer,
                invoices=invoices,
                payment_method=payment_method,
                provider=hold_provider(provider.pk),
            )
            if seen_minor not in (None, plan.amount_minor):
                raise Refused("changed_meanwhile", "What is due has changed since you looked. Look at it again.")
            return _make(membership, customer, plan, key, asked)
    except IntegrityError:
        # The same key for another customer at the same moment: only the database saw both.
        if earlier := _find_earlier(provider, key, asked):
            return earlier
        raise


def _hash(customer: Customer, invoices: Sequence[Invoice] | None, method: PaymentMethod | None) -> str:
    return hash_request(
        {
            "charge": customer.pk,
            "invoices": None if invoices is None else sorted({invoice.pk for invoice in invoices}),
            "method": method.pk if method else None,
        }
    )


def _find_earlier(provider: Provider, key: str, asked: str) -> Payment | None:
    earlier = find_payment_by_key(provider, key)
    if earlier is not None and earlier.request_hash != asked:
        raise Refused(
            "key_used",
            f"The key “{key}” belongs to another payment, {earlier.pk}. Nothing was charged; use a new key for a new "
            "charge.",
            "key",
        )
    return earlier


def _make(membership: Membership, customer: Customer, plan: ChargePlan, key: str, asked: str) -> Payment:
    at = now()
    payment = Payment.objects.create(
        provider_id=customer.provider_id,
        customer=customer,
        method=plan.method.kind,
        purpose=Purpose.CHARGE,
        state=State.CREATED,
        amount_minor=plan.amount_minor,
        gl_code_id=get_control_gl_code_id(customer.provider_id, GLCode.Type.CLEARING),
        payment_method=plan.method,
        gateway=plan.gateway,
        attempt_key=uuid4(),
        next_check_at=at,
        key=key,
        request_hash=asked,
        created_by_id=membership.staff_id,
        created_at=at,
    )
    PaymentClaim.objects.bulk_create(
        PaymentClaim(payment=payment, invoice=invoice, provider_id=customer.provider_id, amount_minor=invoice.due_minor)
        for invoice in plan.invoices
    )
    Invoice.objects.filter(pk__in=[invoice.pk for invoice in plan.invoices]).update(in_flight_minor=F("due_minor"))
    record(
        provider_id=customer.provider_id,
        staff_id=membership.staff_id,
        action="payment.charged",
        subject_type="payment",
        subject_id=payment.pk,
        detail={"amount_minor": payment.amount_minor, "invoices": len(plan.invoices)},
    )
    # The job belongs to this transaction: it is there as soon as the payment is.
    wake_collecting(plan.gateway)
    return payment
