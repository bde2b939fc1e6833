"""Customers whose payments a sandbox is asked for, and how they stand afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.gateways.selectors import get_active_gateway
from makegood.invoices.models import Invoice
from makegood.kit.clock import frozen_clock
from makegood.payments.collector import Collected
from makegood.payments.models import Payment
from makegood.payments.services.ask import ask_payments
from makegood.payments.services.make_charges import make_charges
from makegood.payments.services.submit import submit_payments
from makegood.providers.models import Provider
from tests.support import movements, records, sandbox

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 20, tzinfo=UTC)
"""Noon of that day where the provider is."""


@contextmanager
def after(**passed: float) -> Iterator[None]:
    """Inside the block it is so much later than noon: ``after(minutes=5)``."""
    with frozen_clock(NOON + timedelta(**passed)):
        yield


def add_payer(provider: Provider, number: str = "C1", outcome: str = "card_succeeds", *owed_minor: int) -> Customer:
    """A customer with autopay and a test method, who owes 60.00, or these invoices, to be collected on the day."""
    with after():
        sandbox.connect(provider)
        customer = records.add_customer(provider, number, autopay=True)
        sandbox.add_method(customer, outcome)
        for amount_minor in owed_minor or (6000,):
            movements.owe(customer, amount_minor, due_on=DAY)
    return customer


def charge(provider: Provider) -> list[Payment]:
    """What autopay makes on the day, by customer."""
    with after():
        make_charges(provider=provider, day=DAY)
    return list(Payment.objects.filter(provider=provider).order_by("customer_id"))


def submit(provider: Provider, **passed: float) -> Collected:
    """Submits, so much later than noon."""
    with after(**passed):
        return submit_payments(gateway=gateway_of(provider))


def ask(provider: Provider, **passed: float) -> Collected:
    """Asks what became of payments, so much later than noon."""
    with after(**passed):
        return ask_payments(gateway=gateway_of(provider))


def gateway_of(provider: Provider) -> Gateway:
    return get_active_gateway(provider)


def state_of(payment: Payment) -> str:
    """As it stands now."""
    payment.refresh_from_db()
    return str(payment.state)


def invoices_of(customer: Customer) -> list[tuple[str, int, int, int]]:
    """State, paid, due and in flight of each invoice, oldest first."""
    found = Invoice.objects.filter(customer=customer).order_by("id")
    return list(found.values_list("state", "paid_minor", "due_minor", "in_flight_minor"))
