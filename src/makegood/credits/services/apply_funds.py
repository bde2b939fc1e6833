"""Using Available Funds for invoices: by themselves when it is time, at once for late ones, and by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from makegood.audit.services import record
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED, State
from makegood.invoices.services.suspension import lift_suspensions
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import demand_transaction, opens_transaction
from makegood.ledger.locks import hold_books, lock_balances, lock_customers
from makegood.ledger.models import GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book, next_journal_entry_id
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.chunked import CUSTOMERS_AT_ONCE, Chunked
from makegood.runs.kinds import Chunk


@dataclass(frozen=True)
class Used:
    """What was used. amount_minor: in minor units. invoices_paid: how many have nothing due any more."""

    customers: Sequence[int] = ()
    uses: int = 0
    amount_minor: int = 0
    invoices_paid: int = 0


@dataclass(frozen=True)
class Wanted:
    """The invoices that funds are to be used for.

    day: Open ones whose day to collect is reached on it; None for none. late: Late ones. invoices: these alone instead.
    credits: these alone are used; all that the customers have if None.
    """

    day: date | None = None
    late: bool = True
    invoices: tuple[int, ...] | None = None
    credits: tuple[int, ...] | None = None


def apply_due_funds(*, provider: Provider, day: date, after: int = 0, limit: int = CUSTOMERS_AT_ONCE) -> Chunked:
    """Uses funds of the next customers for what is to be collected by this day of the provider, and for Late ones.

    Opens a transaction. Booked today; where that is another day than `day`, that is the day it concerns. Funds that
    came after a day that is made up for are used as well, after those of the day; what they pay concerns today. Who has
    billing disabled is left alone. Done twice it uses nothing twice.
    """
    with opens_transaction():
        booked_on = hold_books(provider)
        if not hold_provider(provider.pk).end_customer_billing:
            return Chunked(0, None)
        parameters = {"provider": provider.pk, "day": day, "after": after, "limit": limit}
        found = run_sql(load_sql(__package__, "find_customers_to_collect"), parameters)
        customers = [row["customer_id"] for row in found]
        lock_balances(provider.pk, customers)
        used = use_funds(provider, customers, Wanted(day=day), booked_on=booked_on, effective_on=day)
        later = Used()
        if day != booked_on:
            later = use_funds(provider, customers, Wanted(day=day), booked_on=booked_on)
    upto = customers[-1] if len(customers) == limit else None
    return Chunked(len({*used.customers, *later.customers}), upto, used.amount_minor + later.amount_minor)


def apply_late_funds(*, provider: Provider, customers: Sequence[int], booked_on: date) -> Used:
    """Uses the funds of customers for their Late invoices at once. Demands a transaction that holds their locks.

    Called whenever funds arrive. booked_on: what `hold_books` gave. Who has billing disabled is left alone.
    """
    demand_transaction()
    enabled = Customer.objects.filter(
        provider=provider,
        pk__in=customers,
        billing_enabled=True,
        invoices__state=State.LATE,
        invoices__in_flight_minor=0,
        invoices__by_hand=False,
    )
    late = list(enabled.order_by("pk").values_list("pk", flat=True).distinct())
    return use_funds(provider, late, Wanted(), booked_on=booked_on)


def apply_late_funds_of_chunk(provider: Provider, chunk: Chunk) -> Used:
    """The same for the customers of a run's chunk who were credited in it. Demands the chunk's transaction."""
    demand_transaction()
    late = run_sql(load_sql(__package__, "find_late_customers_of_chunk"), chunk.parameters())
    return use_funds(provider, [row["customer_id"] for row in late], Wanted(), booked_on=chunk.booked_on)


def apply_now(*, membership: Membership, customer: Customer, invoice: Invoice | None = None) -> Used:
    """Uses a customer's funds at once for one invoice, or for all that is owed. Opens a transaction.

    A second click finds nothing more to do, so it needs no key. Refused without the right, while End Customer Billing
    is off, and, saying why, where nothing can be used.
    """
    provider = membership.provider
    require_right(membership, Right.BILL, "use Available Funds for invoices")
    with opens_transaction():
        booked_on = hold_books(provider)
        balances = lock_customers(provider.pk, [customer.pk])
        if not balances:
            raise Refused("customer_unknown", f"There is no customer {customer.number}.", "customer")
        require_billing(hold_provider(provider.pk))
        owed = Invoice.objects.filter(provider=provider, customer=customer, state__in=OWED)
        if invoice is not None:
            owed = owed.filter(pk=invoice.pk)
        if not owed:
            raise Refused("nothing_owed", "Nothing is due, so nothing can be used.", "invoice")
        wanted = tuple(each.pk for each in owed if not each.in_flight_minor)
        if not wanted:
            raise Refused("invoice_in_flight", "A payment is on its way. Wait until it has settled.", "invoice")
        used = use_funds(
            provider, [customer.pk], Wanted(invoices=wanted), booked_on=booked_on, created_by_id=membership.staff_id
        )
        if not used.uses:
            raise Refused("no_funds", f"Customer {customer.number} has no Available Funds to use.", "customer")
        record(
            provider_id=provider.pk,
            staff_id=membership.staff_id,
            action="funds.applied",
            subject_type="customer",
            subject_id=customer.pk,
            detail={"amount_minor": used.amount_minor, "invoices_paid": used.invoices_paid},
        )
    return used


def use_funds(
    provider: Provider,
    customers: Sequence[int],
    wanted: Wanted,
    *,
    booked_on: date,
    effective_on: date | None = None,
    created_by_id: int | None = None,
) -> Used:
    """Uses the funds of customers for the wanted invoices.

    Demands a transaction that holds the books and the customers' locks. effective_on: the day that it concerns, if that
    is another; credits that came after it are left alone, so that nothing is used before it was there.
    """
    demand_transaction()
    if not customers:
        return Used()
    entry_id = next_journal_entry_id()
    effective_on = None if effective_on == booked_on else effective_on
    parameters = {
        "provider": provider.pk,
        "customers": list(customers),
        "invoices": None if wanted.invoices is None else list(wanted.invoices),
        "day": wanted.day,
        "late": wanted.late,
        "credits": None if wanted.credits is None else list(wanted.credits),
        "booked_on": booked_on,
        "effective_on": effective_on,
        "created_at": now(),
        "created_by": created_by_id,
        "journal_entry": entry_id,
    }
    used = Used(**run_sql(load_sql(__package__, "use_funds"), parameters)[0])
    if used.uses:
        book(
            entry_id=entry_id,
            provider_id=provider.pk,
            booked_on=booked_on,
            effective_on=effective_on,
            event="funds_used",
            cause_type="provider",
            cause_id=provider.pk,
            lines=[
                Line(get_control_gl_code_id(provider.pk, GLCode.Type.AVAILABLE_FUNDS), debit_minor=used.amount_minor),
                Line(get_control_gl_code_id(provider.pk, GLCode.Type.RECEIVABLE), credit_minor=used.amount_minor),
            ],
        )
        lift_suspensions(provider_id=provider.pk, customer_ids=customers, day=effective_on or booked_on)
    return used
