"""Customers whose cards a processor charges over HTTP, for races: what is booked is held against what it really did."""

from datetime import timedelta

from django.db.models import F

from makegood.customers.models import Customer
from makegood.gateways.selectors import get_active_gateway
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.ledger.models import GLCode
from makegood.payments.models import Payment, RefundTransfer
from makegood.payments.refund_rules import UNDER_WAY
from makegood.payments.rules import IN_FLIGHT
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.collect_now import collect_now
from makegood.providers.models import Membership, Provider
from tests.support import movements, records, sandbox
from tests.support.billing import balance_of_gl_code
from tests.support.stripe_proxy import Processor

MOST_ROUNDS = 8


def add_payer(provider: Provider, number: str) -> Customer:
    """A customer with autopay and a card that the processor keeps."""
    customer = records.add_customer(provider, number, autopay=True)
    sandbox.add_method(customer)
    return customer


def pay_by_card(clerk: Membership, customer: Customer, amount_minor: int) -> tuple[Invoice, Payment]:
    """An invoice of so much, charged and paid."""
    invoice = movements.owe(customer, amount_minor)
    payment = charge_invoices(membership=clerk, customer=customer, invoices=[invoice], key=f"paid {invoice.pk}")
    collect_now(provider=clerk.provider)
    payment.refresh_from_db()
    assert payment.state == "succeeded"
    return invoice, payment


def settle(provider: Provider) -> None:
    """All that is under way comes to its end: nobody holds it, and it is time."""
    for _ in range(MOST_ROUNDS):
        payments = Payment.objects.filter(provider=provider, state__in=IN_FLIGHT)
        transfers = RefundTransfer.objects.filter(provider=provider, state__in=UNDER_WAY)
        if not payments.exists() and not transfers.exists():
            return
        for under_way in (payments, transfers):
            under_way.update(next_check_at=now() - timedelta(seconds=1), held_until=None)
        collect_now(provider=provider)
    raise AssertionError("It does not come to its end.")


def require_as_processor(provider: Provider, processor: Processor, taken_by_banks_minor: int = 0) -> None:
    """What is booked is what the processor has: each charge and each refund once, and the clearing account holds it."""
    charged = {key: amount for _, key, amount, state in processor.charges() if state == "succeeded"}
    given = {key: amount for _, key, _, amount, _ in processor.refunds()}
    assert len(charged) == sum(state == "succeeded" for _, _, _, state in processor.charges())
    assert len(given) == len(processor.refunds())
    gateway = get_active_gateway(provider)
    booked = Payment.objects.filter(gateway=gateway, movements__type="received")
    back = RefundTransfer.objects.filter(gateway=gateway, state="succeeded")
    assert {str(key): amount for key, amount in booked.values_list("attempt_key", "amount_minor")} == charged
    assert {str(key): amount for key, amount in back.values_list("attempt_key", "amount_minor")} == given
    clearing = GLCode.objects.get(provider=provider, type="clearing").code
    held = sum(charged.values()) - sum(given.values()) - taken_by_banks_minor
    assert balance_of_gl_code(provider, clearing) == held


def in_flight(provider: Provider) -> int:
    """How many invoices have something in flight, or more settled and in flight than their total."""
    return Invoice.objects.filter(provider=provider, in_flight_minor__gt=F("total_minor")).count()
