"""Reads of payments, and of what can be paid."""

from typing import Any

from django.db.models import Q, QuerySet

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import list_gl_codes
from makegood.payments.models import Payment, PaymentAllocation
from makegood.providers.models import Provider


def list_payments(provider: Provider) -> QuerySet[Payment]:
    """The provider's payments with customer, GL code, overpayment, method and who recorded them, newest first."""
    payments = Payment.objects.select_related(
        "customer", "gl_code", "overpayment_credit", "created_by", "payment_method"
    )
    return payments.filter(provider=provider).order_by("-id")


def list_payments_of(customer: Customer) -> QuerySet[Payment]:
    """The customer's payments, newest first."""
    return list_payments(customer.provider).filter(customer=customer)


def get_payment(provider: Provider, pk: int) -> Payment:
    """The provider's payment of that number, with provider, gateway and who reversed it; Refused if there is none."""
    payments = list_payments(provider).select_related("provider", "reversed_by", "gateway")
    payment = payments.filter(pk=pk).first()
    if payment is None:
        raise Refused("payment_unknown", f"There is no payment {pk}.", "payment")
    return payment


def find_payment_by_key(provider: Provider, key: str) -> Payment | None:
    """The payment that was recorded with that key, if any."""
    return list_payments(provider).filter(key=key).first()


def find_reversal_by_key(provider: Provider, key: str) -> Payment | None:
    """The payment that was reversed with that key, if any."""
    return list_payments(provider).filter(reversal_key=key).first()


def list_allocations(payment: Payment) -> QuerySet[PaymentAllocation, Any]:
    """What went to invoices and was taken away again, with the invoices, in the order in which it happened."""
    allocations = PaymentAllocation.objects.select_related("invoice")
    return allocations.filter(provider_id=payment.provider_id, payment=payment).order_by("number")


def list_first_allocations(payment: Payment) -> QuerySet[PaymentAllocation, Any]:
    """What invoices got when the payment was booked, whatever was taken away or came back since, in that order."""
    return list_allocations(payment).filter(journal_entry=payment.journal_entry_id)


def list_payable(customer: Customer, besides: list[int] | None = None) -> QuerySet[Invoice]:
    """The customer's invoices with something due, oldest due first. besides: ids of others that are listed as well."""
    invoices = Invoice.objects.filter(provider_id=customer.provider_id, customer=customer)
    return invoices.filter(Q(state__in=OWED) | Q(pk__in=besides or [])).order_by("due_on", "id")


def list_cash_gl_codes(provider: Provider) -> list[GLCode]:
    """The GL codes that a payment can be booked on now, by code; the first is the one of who names none."""
    return list(list_gl_codes(provider).filter(type=GLCode.Type.CASH, active=True))


def get_default_cash_gl_code(provider: Provider) -> GLCode:
    """The GL code of payments that name none: the first active one of type cash. Refused if there is none."""
    found = list_gl_codes(provider).filter(type=GLCode.Type.CASH, active=True).first()
    if found is None:
        raise Refused(
            "gl_code_missing", f"{provider.name} has no active GL code of type cash. Add one under GL Codes.", "gl_code"
        )
    return found


def require_cash_gl_code(gl_code: GLCode) -> None:
    """Refused if a payment cannot be booked on the GL code now."""
    if gl_code.type != GLCode.Type.CASH:
        raise Refused(
            "gl_code_type",
            f"GL code {gl_code.code} is of type {gl_code.type.replace('_', ' ')}; a payment needs one of type cash.",
            "gl_code",
        )
    if not gl_code.active:
        raise Refused("gl_code_inactive", f"GL code {gl_code.code} is not active any more.", "gl_code")
