"""Invoices that were paid by card, by funds or by both, and what goes back of them; the processor is the sandbox."""

import secrets
from datetime import date
from typing import Any

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.gateways.selectors import get_active_gateway
from makegood.invoices.models import Invoice
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Payment, Refund, RefundTransfer
from makegood.payments.services.ask import ask_payments
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.pay_out import pay_out
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.payments.services.submit import submit_payments
from makegood.payments.services.transfers import ask_transfers, submit_transfers
from makegood.providers.models import Membership, Provider
from tests.support.billing import FIRST, add_billed_customer, add_billing_provider, invoice_of, issue_invoices
from tests.support.records import add_person
from tests.support.sandbox import add_method, connect

DAY = date(2026, 1, 5)
"""The day on which these tests pay and give back, unless they say otherwise: January's invoice is not due yet."""


def add_provider_with_sandbox(**settings: Any) -> tuple[Provider, Membership]:
    """A provider that bills and is connected with the sandbox, and a manager of it."""
    provider = add_billing_provider(**settings)
    manager = add_person(provider, "manager")
    connect(provider)
    return provider, manager


def add_invoiced(provider: Provider, number: str = "C1", *, price_minor: int = 6000, outcome: str = "") -> Invoice:
    """A customer's invoice of January, of 60.00; with a test method of that outcome, if one is named."""
    customer = add_billed_customer(provider, number, price_minor=price_minor)
    if outcome:
        add_method(customer, outcome)
    issue_invoices(provider, FIRST)
    return invoice_of(provider, number)


def charge(manager: Membership, *invoices: Invoice) -> Payment:
    """A payment of all that is due of the invoices, charged to the customer's default method and answered."""
    payment = charge_invoices(
        membership=manager, customer=invoices[0].customer, invoices=invoices, key=secrets.token_hex(8)
    )
    gateway = gateway_of(manager.provider)
    submit_payments(gateway=gateway, at_once=1)
    ask_payments(gateway=gateway)
    payment.refresh_from_db()
    return payment


def refund(membership: Membership, invoice: Invoice, amount_minor: int, **asked: Any) -> Refund:
    """A refund that settles the invoice, because a person says so; with a key of its own unless one is given."""
    asked = {"reason": "Paid for nothing", "key": secrets.token_hex(8), **asked}
    return refund_invoice(membership=membership, invoice=invoice, amount_minor=amount_minor, **asked)


def give_out(membership: Membership, customer: Customer, amount_minor: int, **asked: Any) -> Refund:
    """A pay-out, because a person says so; with a key of its own unless one is given."""
    asked = {"reason": "The customer leaves", "key": secrets.token_hex(8), **asked}
    return pay_out(membership=membership, customer=customer, amount_minor=amount_minor, **asked)


def work_transfers(provider: Provider) -> None:
    """What is due now goes to the processor, and is asked about."""
    gateway = gateway_of(provider)
    submit_transfers(gateway=gateway)
    ask_transfers(gateway=gateway)


def gateway_of(provider: Provider) -> Gateway:
    return get_active_gateway(provider)


def transfers_of(refund: Refund) -> list[tuple[str, int, str]]:
    """Way, amount and state of each part of the refund, oldest first."""
    transfers = RefundTransfer.objects.filter(refund=refund).order_by("id")
    return list(transfers.values_list("way", "amount_minor", "state"))


def account_of(invoice: Invoice) -> tuple[int, int]:
    """The customer's Available Funds, and what the customer owes."""
    balance = get_balance(invoice.provider_id, invoice.customer_id)
    return balance.funds_minor, balance.receivable_minor


def parts_of(payment: Payment | None) -> dict[str, int]:
    """Where the money of the payment is now; what there is nothing of is left out."""
    assert payment is not None
    payment.refresh_from_db()
    names = ("allocated", "over", "refunded", "refunding", "paid_out", "returned")
    return {name: amount for name in names if (amount := getattr(payment, f"{name}_minor"))}
