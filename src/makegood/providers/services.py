"""What a person can do with providers and staff. (GL codes of a new provider: `makegood.ledger.services`.)"""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from makegood.audit.services import record
from makegood.kit.clock import now
from makegood.kit.currencies import CURRENCY_DIGITS
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting
from makegood.kit.transactions import demand_transaction
from makegood.providers.models import Membership, Provider, Role, Staff
from makegood.providers.rules import (
    DEFAULT_AGENT_LIMIT_MAJOR,
    DEFAULT_LARGEST_FUNDS_MAJOR,
    DEFAULT_RUN_LIMIT_MAJOR,
)

SHORTEST_PASSWORD = 10


def add_provider(*, slug: str, name: str, currency: str, timezone: str, is_demo: bool = False) -> Provider:
    """Adds a service provider with default limits. Demands a transaction, in which its GL codes are made too.

    Refused for a slug that is taken or malformed, an empty name, an unknown currency or time zone.
    """
    demand_transaction()
    _check_provider(slug, name, currency, timezone)
    digits = CURRENCY_DIGITS[currency]
    major = 10**digits
    provider = Provider.objects.create(
        slug=slug,
        name=name.strip(),
        currency=currency,
        currency_digits=digits,
        timezone=timezone,
        is_demo=is_demo,
        agent_credit_limit_minor=DEFAULT_AGENT_LIMIT_MAJOR * major,
        run_limit_minor=DEFAULT_RUN_LIMIT_MAJOR * major,
        largest_funds_minor=DEFAULT_LARGEST_FUNDS_MAJOR * major,
        created_at=now(),
    )
    record(
        provider_id=provider.pk,
        staff_id=None,
        action="provider.added",
        subject_type="provider",
        subject_id=provider.pk,
        detail={"slug": slug, "currency": currency, "timezone": timezone},
    )
    return provider


def set_end_customer_billing(*, provider: Provider, on: bool, staff_id: int | None) -> None:
    """Switches End Customer Billing on or off. Opens a transaction; waits for a chunk of a run that is being booked."""
    with transaction.atomic():
        Provider.objects.filter(pk=provider.pk).update(end_customer_billing=on)
        record(
            provider_id=provider.pk,
            staff_id=staff_id,
            action="provider.billing_switched",
            subject_type="provider",
            subject_id=provider.pk,
            detail={"on": on},
        )
    provider.end_customer_billing = on


def set_limits(*, provider: Provider, staff_id: int | None, **limits_minor: int) -> None:
    """Changes limits, each named as its field, in minor units. Opens a transaction."""
    known = {"agent_credit_limit_minor", "run_limit_minor", "largest_funds_minor"}
    if not limits_minor or not limits_minor.keys() <= known:
        raise Refused("limit_unknown", f"The limits are {', '.join(sorted(known))}.")
    with transaction.atomic():
        Provider.objects.filter(pk=provider.pk).update(**limits_minor)
        record(
            provider_id=provider.pk,
            staff_id=staff_id,
            action="provider.limits_changed",
            subject_type="provider",
            subject_id=provider.pk,
            detail=dict(limits_minor),
        )
    provider.refresh_from_db()


def add_staff(*, provider: Provider, email: str, role: str, password: str | None, name: str = "") -> Membership:
    """Makes a person a member of the provider's staff; a known person gets a further membership. Opens a transaction.

    password: None leaves a known person's password as it is, and makes a new person unable to log in until one is set.
    Refused for a malformed address, an unknown role, a short password, a person who is a member already.
    """
    email = email.strip().lower()
    _check_staff(email, name, role, password)
    with transaction.atomic():
        staff, is_new = Staff.objects.get_or_create(email=email, defaults={"name": name, "created_at": now()})
        if password is not None or is_new:
            staff.set_password(password)
            staff.save(update_fields=["password"])
        membership, added = Membership.objects.get_or_create(
            provider=provider, staff=staff, defaults={"role": role, "created_at": now()}
        )
        if not added:
            raise Refused("staff_exists", f"{email} is a member of {provider.name}'s staff already.", "email")
        record(
            provider_id=provider.pk,
            staff_id=None,
            action="staff.added",
            subject_type="staff",
            subject_id=staff.pk,
            detail={"role": role},
        )
    return membership


def change_password(*, staff: Staff, password: str) -> None:
    """Gives a person the password that the person chose; its strength was checked. Opens a transaction."""
    with transaction.atomic():
        staff.set_password(password)
        staff.save(update_fields=["password"])
        record(
            provider_id=None,
            staff_id=staff.pk,
            action="staff.password_changed",
            subject_type="staff",
            subject_id=staff.pk,
        )


def change_membership(
    *, membership: Membership, role: str | None = None, active: bool | None = None, password: str | None = None
) -> None:
    """Gives a member another role or a new password, or deactivates or reactivates the membership. Opens a transaction.

    Refused for an unknown role and a short password. The password is the person's, with every provider.
    """
    if role is not None and role not in Role.values:
        raise Refused("role_unknown", f"The roles are {', '.join(Role.values)}.", "role")
    if password is not None:
        _check_password(password)
    with transaction.atomic():
        if password is not None:
            membership.staff.set_password(password)
            membership.staff.save(update_fields=["password"])
        membership.role = role or membership.role
        membership.active = membership.active if active is None else active
        membership.save(update_fields=["role", "active"])
        record(
            provider_id=membership.provider_id,
            staff_id=None,
            action="staff.changed",
            subject_type="staff",
            subject_id=membership.staff_id,
            detail={"role": membership.role, "active": membership.active} | ({"password": "set"} if password else {}),
        )


def _check_provider(slug: str, name: str, currency: str, timezone: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError:
        raise Refused(
            "slug_malformed", "A slug has letters, digits, hyphens and underscores only, such as north-fiber.", "slug"
        ) from None
    if len(slug) > 40:
        raise Refused("slug_too_long", "A slug has at most 40 characters.", "slug")
    if Provider.objects.filter(slug=slug).exists():
        raise Refused("slug_taken", f"There is a provider “{slug}” already.", "slug")
    if not name.strip():
        raise Refused("name_missing", "A provider needs a name.", "name")
    require_fitting(Provider, name=name.strip())
    if currency not in CURRENCY_DIGITS:
        raise Refused("currency_unknown", f"“{currency}” is not a currency of ISO 4217, such as USD.", "currency")
    if timezone not in available_timezones():
        raise Refused("timezone_unknown", f"“{timezone}” is not a time zone, such as America/Los_Angeles.", "timezone")


def _check_staff(email: str, name: str, role: str, password: str | None) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("email_malformed", f"“{email}” is not an e-mail address.", "email") from None
    require_fitting(Staff, email=email, name=name)
    if role not in Role.values:
        raise Refused("role_unknown", f"The roles are {', '.join(Role.values)}.", "role")
    if password is not None:
        _check_password(password)


def _check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Refused("password_short", f"A password has at least {SHORTEST_PASSWORD} characters.", "password")
