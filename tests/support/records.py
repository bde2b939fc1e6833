"""Records that tests start from, made quickly; with many of them in a few statements.

Works in a test's transaction (``db``) as well as on a copy where commits are real (``committed_db``).
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from makegood.audit.models import AuditEntry
from makegood.credits.models import Credit, CreditChange
from makegood.credits.services.change_credit import change_credit, void_credit
from makegood.credits.services.give_credit import fill_values, prepare_credit_run
from makegood.credits.services.take_back import prepare_take_back
from makegood.customers import services as customer_services
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.kit.clock import now
from makegood.kit.sql import run_sql
from makegood.ledger.models import CustomerBalance
from makegood.ledger.selectors import get_balance, get_credit_gl_code, get_gl_code
from makegood.ledger.services import make_gl_codes_of_a_new_provider
from makegood.notifications.models import Notification
from makegood.notifications.selectors import list_notifications
from makegood.orders.models import Order, Service
from makegood.orders.selectors import list_services
from makegood.orders.services.add_order import ServiceAddress
from makegood.orders.services.add_order import add_order as sell
from makegood.orders.services.add_service import add_service as add_service_to
from makegood.providers import services as provider_services
from makegood.providers.models import Membership, Provider
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run, Selection
from makegood.runs.rules import AT_WORK
from makegood.runs.selectors import outcome_code
from makegood.runs.services.select import select_listed, select_matching
from makegood.runs.services.start_run import start_run
from makegood.transaction_templates.selectors import get_credit_template
from tests.support.waiting import wait_until

FIRST_DAY = date(2026, 1, 1)
AREA = "Springfield"

MANY_CUSTOMERS = """
WITH made AS (
    INSERT INTO customer (
        provider_id, number, name, email, phone, street, postal_code, city, region, country, customer_type, language,
        status, billing_enabled, autopay, email_opt_out, created_at, updated_at
    )
    SELECT
        %(provider)s, %(prefix)s || n, 'Customer ' || n, %(prefix)s || n || '@example.org', '', '', '', '', '', '',
        'residential', 'en', 'active', true, false, false, %(at)s, %(at)s
    FROM generate_series(1, %(count)s) AS n
    ORDER BY n
    RETURNING id
)
INSERT INTO customer_figures (customer_id, provider_id, active_orders, monthly_price_minor)
SELECT id, %(provider)s, %(orders)s, %(orders)s * %(price)s::bigint FROM made
"""

ORDERS_OF_MANY = """
WITH made AS (
    INSERT INTO customer_order (
        provider_id, customer_id, number, service_id, street, postal_code, area, status, price_minor, from_date,
        created_at, updated_at
    )
    SELECT
        %(provider)s, customer.id, customer.number || '-' || n, %(service)s, '', '', %(area)s, 'active', %(price)s,
        %(first_day)s, %(at)s, %(at)s
    FROM customer
    CROSS JOIN generate_series(1, %(orders)s) AS n
    WHERE customer.provider_id = %(provider)s AND customer.number ~ ('^' || %(prefix)s || '[0-9]+$')
    RETURNING id, provider_id, from_date, price_minor
)
INSERT INTO order_price (provider_id, order_id, effective_from, price_minor)
SELECT provider_id, id, from_date, price_minor FROM made
"""


def add_provider(
    slug: str = "north", *, currency: str = "USD", timezone: str = "America/Los_Angeles", name: str | None = None
) -> Provider:
    """A service provider with its GL codes and one service, DSL, at 20.00 a month."""
    with transaction.atomic():
        provider = provider_services.add_provider(
            slug=slug, name=name or slug.capitalize(), currency=currency, timezone=timezone
        )
        make_gl_codes_of_a_new_provider(provider=provider)
    add_service(provider, "DSL", 20 * 10**provider.currency_digits)
    return provider


def add_person(provider: Provider, role: str = "billing", email: str | None = None) -> Membership:
    """A member of the provider's staff; the address is ``<role>@<slug>.example`` unless given."""
    return provider_services.add_staff(
        provider=provider, email=email or f"{role}@{provider.slug}.example", role=role, password=None
    )


def add_service(provider: Provider, name: str, price_minor: int = 2000) -> Service:
    """A service on GL code 4000."""
    return add_service_to(
        provider=provider, name=name, price_minor=price_minor, gl_code=get_gl_code(provider, "4000"), staff_id=None
    )


def add_customer(
    provider: Provider, number: str = "C1", *, areas: Sequence[str] = (AREA,), name: str = "", **fields: Any
) -> Customer:
    """A customer with one active order in each of the areas: C1-1, C1-2 and so on."""
    fields.setdefault("email", f"{number.lower()}@example.org")
    customer = customer_services.add_customer(
        provider=provider, number=number, name=name or f"Customer {number}", staff_id=None, **fields
    )
    for position, area in enumerate(areas, start=1):
        add_order(customer, f"{number}-{position}", area=area)
    return customer


def add_order(
    customer: Customer,
    number: str,
    *,
    area: str = AREA,
    service: str = "DSL",
    price_minor: int | None = None,
    from_date: date = FIRST_DAY,
    status: str = Order.Status.ACTIVE,
) -> Order:
    """An order of the customer."""
    return sell(
        customer=customer,
        service=list_services(customer.provider).get(name=service),
        number=number,
        address=ServiceAddress(area=area),
        from_date=from_date,
        price_minor=price_minor,
        status=status,
        staff_id=None,
    )


def add_customers(
    provider: Provider, count: int, *, prefix: str = "C", area: str = AREA, orders_each: int = 1
) -> list[Customer]:
    """Customers C1, C2, ... with orders C1-1, ... in an area; a few statements, however many they are."""
    parameters = {
        "provider": provider.pk,
        "service": list_services(provider).get(name="DSL").pk,
        "count": count,
        "prefix": prefix,
        "area": area,
        "orders": orders_each,
        "price": 2000,
        "first_day": FIRST_DAY,
        "at": now(),
    }
    with transaction.atomic():
        run_sql(MANY_CUSTOMERS, parameters)
        run_sql(ORDERS_OF_MANY, parameters)
    return list(Customer.objects.filter(provider=provider, number__regex=f"^{prefix}[0-9]+$").order_by("id"))


def draft_credit(
    membership: Membership,
    *,
    area: str | None = None,
    filter: Mapping[str, Sequence[str]] | None = None,
    customers: Sequence[Customer] | None = None,
    list_name: str = "customers",
    per: str = "customer",
    amount_minor: int | None = 1000,
    description: str | None = None,
    gl_code: str | None = None,
    template: str | None = None,
    key: str | None = None,
    notify: bool | None = None,
) -> Run:
    """A rehearsed credit run of 10.00 each: for the customers, else for who matches area or filter, else for all."""
    provider = membership.provider
    values = fill_values(
        provider=provider,
        template=get_credit_template(provider, template) if template else None,
        amount_minor=amount_minor,
        description=description,
        gl_code=get_credit_gl_code(provider, gl_code) if gl_code else None,
        notify=notify,
    )
    if customers is not None:
        ids = [customer.pk for customer in customers]
        selection = select_listed(membership=membership, list_name="customers", record_ids=ids)
    else:
        matching = {"area": [area]} if area else filter or {}
        selection = select_matching(membership=membership, list_name=list_name, values=matching)
    numbers = [customer.number for customer in customers or ()]
    chosen = selection.filter if customers is None else numbers
    run, _ = prepare_credit_run(
        membership=membership, selection=selection, unit=per, values=values, chosen=chosen, key=key
    )
    return run


def draft_credit_of(membership: Membership, selection: Selection, amount_minor: int = 1000) -> Run:
    """A rehearsed credit run of 10.00 each for a selection."""
    values = fill_values(
        provider=membership.provider, template=None, amount_minor=amount_minor, description=None, gl_code=None
    )
    run, _ = prepare_credit_run(
        membership=membership, selection=selection, unit="customer", values=values, chosen=[str(selection.pk)]
    )
    return run


def start(run: Run, membership: Membership) -> Run:
    """The run, queued and not yet worked."""
    return start_run(run=run, membership=membership)


def finish(run: Run, after_step: Callable[[], None] | None = None) -> Run:
    """The run at its rest, worked by this process, or by a worker that has taken it before."""
    if not carry_out(run.pk, after_step=after_step):
        wait_until(lambda: reload(run).state not in AT_WORK, f"run {run.pk} rests")
    return reload(run)


def credit(membership: Membership, **asked: Any) -> Run:
    """A credit run from the asking (see `draft_credit`) to its end."""
    return finish(start(draft_credit(membership, **asked), membership))


def take_back(membership: Membership, run: Run, key: str | None = None) -> Run:
    """A take-back of the run, carried out."""
    draft, _ = prepare_take_back(membership=membership, run=run, key=key)
    return finish(start(draft, membership))


def edit(membership: Membership, credit: Credit, *, key: str | None = None, **changes: Any) -> CreditChange:
    """A change of the credit by hand; see `change_credit`. A key of its own unless one is given."""
    key = key or secrets.token_hex(8)
    return change_credit(membership=membership, credit=credit, key=key, **changes)


def void(membership: Membership, credit: Credit, *, key: str | None = None, **how: Any) -> CreditChange:
    """What is left of the credit is taken back by hand."""
    return void_credit(membership=membership, credit=credit, key=key or secrets.token_hex(8), **how)


def credit_of(provider: Provider, number: str) -> Credit:
    """The customer's newest credit."""
    return Credit.objects.filter(provider=provider, customer__number=number).order_by("-id")[0]


def reload(run: Run) -> Run:
    """The run as it stands in the database."""
    return Run.objects.select_related("provider", "created_by").get(pk=run.pk)


def funds(provider: Provider, number: str) -> int:
    """The customer's Available Funds in minor units."""
    return get_balance(provider.pk, get_customer(provider, number).pk).funds_minor


def funds_of_all(provider: Provider) -> dict[str, int]:
    """Everybody's Available Funds in minor units, by customer number; in the order in which they came."""
    balances = CustomerBalance.objects.filter(provider=provider).order_by("customer_id")
    return dict(balances.values_list("customer__number", "funds_minor"))


def messages(membership: Membership) -> list[Notification]:
    """The person's Notifications area, oldest first."""
    return list(list_notifications(membership.provider_id, membership.staff_id).order_by("id"))


def outcomes(run: Run) -> dict[str, str]:
    """The outcome of each row of the run, by order number where rows are orders, else by customer number; in order."""
    run = reload(run)
    rows = run.rows.select_related("customer", "order").order_by("customer_id", "order_id")
    return {row.order.number if row.order else row.customer.number: outcome_code(run, row) for row in rows}


def audit_of(run: Run) -> list[str]:
    """What happened to the run according to the audit, oldest first."""
    events = AuditEntry.objects.filter(subject_type="run", subject_id=run.pk).order_by("id")
    return list(events.values_list("action", flat=True))


def count_jobs(run: Run) -> int:
    """How many jobs of the queue wait to wake somebody for the run."""
    return ProcrastinateJob.objects.filter(args__run_id=run.pk, status="todo").count()
