"""Filling the demo provider."""

from dataclasses import dataclass
from decimal import Decimal

from makegood.customers.selectors import list_customers
from makegood.demo.records import SERVICES, make_customers
from makegood.imports.services import save_records
from makegood.kit.refusal import Refused
from makegood.kit.transactions import opens_transaction
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import make_gl_codes_of_a_new_provider
from makegood.orders.selectors import list_services
from makegood.orders.services.add_service import add_service
from makegood.providers.models import Provider, Role
from makegood.providers.selectors import list_staff
from makegood.providers.services import add_provider, add_staff
from makegood.transaction_templates.selectors import list_templates
from makegood.transaction_templates.services import add_template, set_template_active

NAME = "Saltmarsh Fiber"


@dataclass(frozen=True)
class LogIn:
    """A member of the demo provider's staff. The password is no secret: it is printed and documented."""

    email: str
    name: str
    role: str
    password: str


LOG_INS = tuple(
    LogIn(f"{role}@demo.example", name, role, f"saltmarsh-{role}")
    for role, name in (
        (Role.VIEWER.value, "Vera Lindqvist"),
        (Role.AGENT.value, "Amadou Keita"),
        (Role.BILLING.value, "Bilal Haddad"),
        (Role.MANAGER.value, "Marisol Vega"),
        (Role.ADMIN.value, "Adele Okoye"),
    )
)

# Name, direction, kind, amount in minor units, description, GL code, notify, active.
TEMPLATES = (
    ("Storm outage", "credit", "outage", 1_000, "Credit for the outage after the storm", "4910", True, True),
    ("Goodwill 5", "credit", "goodwill", 500, "With our apologies", "4900", False, True),
    ("Billing correction", "credit", "correction", None, "Correction of an earlier bill", "4920", False, True),
    ("Technician visit", "charge", "goodwill", 7_500, "Visit of a technician", None, False, True),
    ("Winter promotion", "credit", "goodwill", 1_500, "Winter promotion", "4900", False, False),
)


def fill_demo(*, slug: str = "demo") -> Provider:
    """Makes the demo provider, or what is still missing of it, the same each time. Opens several transactions.

    What people have changed in the demo stays as it is. Refused if the slug is of a provider that is no demo.
    """
    provider = _make_provider(slug)
    known = {service.name for service in list_services(provider)}
    for name, price_minor, code, tax_rate in SERVICES:
        if name not in known:
            add_service(
                provider=provider,
                name=name,
                price_minor=price_minor,
                gl_code=get_gl_code(provider, code),
                tax_rate=Decimal(tax_rate),
                staff_id=None,
            )
    _add_templates(provider)
    if not list_customers(provider).exists():
        save_records(provider=provider, records=make_customers())
    # Last, so that whoever can log in finds everything.
    members = {membership.staff.email for membership in list_staff(provider)}
    for log_in in LOG_INS:
        if log_in.email not in members:
            add_staff(
                provider=provider,
                email=log_in.email,
                role=log_in.role,
                password=log_in.password,
                name=log_in.name,
            )
    return provider


def _make_provider(slug: str) -> Provider:
    provider = Provider.objects.filter(slug=slug).first()
    if provider is None:
        with opens_transaction():
            provider = add_provider(slug=slug, name=NAME, currency="USD", timezone="America/Los_Angeles", is_demo=True)
            make_gl_codes_of_a_new_provider(provider=provider)
    elif not provider.is_demo:
        raise Refused(
            "provider_not_demo",
            f"The provider “{slug}” ({provider.name}) is not a demo provider and is left alone. "
            "Choose another slug with --provider-slug.",
            "provider_slug",
        )
    return provider


def _add_templates(provider: Provider) -> None:
    known = {template.name for template in list_templates(provider)}
    for name, direction, kind, amount_minor, description, code, notify, active in TEMPLATES:
        if name in known:
            continue
        template = add_template(
            provider=provider,
            name=name,
            direction=direction,
            kind=kind,
            amount_minor=amount_minor,
            description=description,
            gl_code=get_gl_code(provider, code) if code else None,
            notify=notify,
            staff_id=None,
        )
        if not active:
            set_template_active(template=template, active=False, staff_id=None)
