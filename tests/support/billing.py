"""Providers that bill, customers with something to be billed, and their invoices.

Invoices are made on days of the test's own choice: `on_day` says which day it is. Works in a test's transaction
(``db``) as well as on a copy where commits are real (``committed_db``); other threads need `tests.support.moved_clock`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.invoices.models import BillingAccount, BillingSettings, Invoice
from makegood.invoices.selectors import list_invoices, list_lines
from makegood.kit.clock import frozen_clock, now
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_balance, get_gl_code
from makegood.orders.models import Order, Service
from makegood.orders.services.add_service import add_service
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from tests.support.records import add_customer, add_order, add_person, add_provider, credit, credit_of, finish

FIRST = date(2026, 1, 1)
"""The first day that providers of these tests make invoices for."""


@contextmanager
def on_day(day: date) -> Iterator[None]:
    """Inside the block it is noon (UTC) of that day."""
    with frozen_clock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
        yield


def add_billing_provider(
    slug: str = "north",
    *,
    invoices_from: date | None = FIRST,
    currency: str = "USD",
    timezone: str = "America/Los_Angeles",
    **settings: Any,
) -> Provider:
    """A provider that makes invoices from January 1, 2026, due after 14 days; it sells DSL at 20.00 without tax."""
    with on_day(FIRST):
        provider = add_provider(slug, currency=currency, timezone=timezone)
        set_up_billing(provider, invoices_from=invoices_from, **settings)
    return provider


def set_up_billing(provider: Provider, **settings: Any) -> BillingSettings:
    """Sets some of the provider's billing settings, without asking whether that is wise."""
    saved, _ = BillingSettings.objects.update_or_create(provider=provider, defaults={**settings, "updated_at": now()})
    return saved


def add_taxed_service(
    provider: Provider, name: str = "Fiber", *, price_minor: int = 5000, tax_rate: str = "8.875", gl_code: str = "4000"
) -> Service:
    """A service with tax on it."""
    return add_service(
        provider=provider,
        name=name,
        price_minor=price_minor,
        gl_code=get_gl_code(provider, gl_code),
        tax_rate=Decimal(tax_rate),
        staff_id=None,
    )


def add_billed_customer(
    provider: Provider,
    number: str = "C1",
    *,
    from_date: date = FIRST,
    service: str = "DSL",
    price_minor: int | None = None,
    anniversary: bool = False,
    orders: int = 1,
    **fields: Any,
) -> Customer:
    """A customer with an order (C1-1), or several, since that day; billed on the 1st, or on anniversaries."""
    with on_day(max(from_date, FIRST)):
        customer = add_customer(provider, number, areas=(), **fields)
        if anniversary:
            BillingAccount.objects.filter(customer=customer).update(cycle="anniversary", billing_day=None)
        for position in range(1, orders + 1):
            add_order(customer, f"{number}-{position}", service=service, price_minor=price_minor, from_date=from_date)
    return customer


def order_of(provider: Provider, number: str = "C1-1") -> Order:
    """The order of that number, as it stands."""
    return Order.objects.select_related("provider", "customer").get(provider=provider, number=number)


def draft_invoices(provider: Provider, day: date, *, membership: Membership | None = None, **asked: Any) -> Run:
    """An invoice run of that day with its drafts, asked for by the day itself unless a person is given."""
    from makegood.invoices.services.invoice_run import prepare_invoice_run

    with on_day(day):
        run, _ = prepare_invoice_run(membership=membership, provider=provider, day=day, **asked)
    return run


def issue_drafts(run: Run, day: date, *, membership: Membership | None = None) -> Run:
    """The run after its drafts were issued on that day."""
    from makegood.runs.services.start_run import start_run

    with on_day(day):
        return finish(start_run(run=run, membership=membership))


def issue_invoices(provider: Provider, day: date, *, membership: Membership | None = None) -> Run:
    """Makes and issues all invoices that are due on that day, on that day. Refused if nobody is due."""
    return issue_drafts(draft_invoices(provider, day, membership=membership), day, membership=membership)


def invoices_of(provider: Provider, number: str = "C1") -> list[Invoice]:
    """The customer's invoices with a number, oldest first."""
    return list(list_invoices(provider).filter(customer__number=number, number__isnull=False).order_by("number"))


def invoice_of(provider: Provider, number: str = "C1") -> Invoice:
    """The customer's newest invoice with a number."""
    return invoices_of(provider, number)[-1]


def lines_of(invoice: Invoice) -> list[tuple[str, int, date | None, date | None]]:
    """Kind, amount, first and last day of each line of an invoice, in their order."""
    return list(list_lines(invoice).values_list("kind", "amount_minor", "from_on", "to_on"))


def give_credit(provider: Provider, number: str = "C1", amount_minor: int = 1000, *, day: date = FIRST) -> Credit:
    """A goodwill credit of 10.00 that was given to the customer on that day by a manager."""
    manager = Membership.objects.filter(provider=provider, role="manager").first() or add_person(provider, "manager")
    with on_day(day):
        credit(manager, customers=[get_customer(provider, number)], amount_minor=amount_minor)
    return credit_of(provider, number)


def receivable(provider: Provider, number: str = "C1") -> int:
    """What the customer owes, in minor units."""
    return get_balance(provider.pk, get_customer(provider, number).pk).receivable_minor


def balance_of_gl_code(provider: Provider, code: str) -> int:
    """Debits less credits of a GL code over all time, in minor units."""
    lines = GLCode.objects.get(provider=provider, code=code).journalline_set.all()
    return sum(line.debit_minor - line.credit_minor for line in lines)
