"""What a person can do with providers and staff. (GL codes of a new provider: `makegood.ledger.services`.)"""

from django.db import transaction
from django.db.models import Q

from makegood.audit.services import record
from makegood.kit.clock import now
from makegood.kit.currencies import CURRENCY_DIGITS
from makegood.kit.fingerprint import require_seen
from makegood.kit.refusal import Refused
from makegood.kit.transactions import demand_transaction
from makegood.providers.checks import (
    check_limit,
    check_name_and_timezone,
    check_password,
    check_provider,
    check_staff,
)
from makegood.providers.models import Membership, Provider, Role, Staff
from makegood.providers.rules import (
    DEFAULT_AGENT_LIMIT_MAJOR,
    DEFAULT_LARGEST_FUNDS_MAJOR,
    DEFAULT_RUN_LIMIT_MAJOR,
    LIMIT_FIELDS,
    Right,
    rights_of,
)

SHOWN_OF_PROVIDER = ("name", "timezone", "end_customer_billing")
SHOWN_OF_MEMBER = ("role", "active")
"""What a person looks at who changes these, for `change_provider` and `change_membership`."""


def add_provider(*, slug: str, name: str, currency: str, timezone: str, is_demo: bool = False) -> Provider:
    """Adds a service provider with default limits. Demands a transaction, in which its GL codes are made too.

    Refused for a slug that is taken or malformed, an empty name, an unknown currency or time zone.
    """
    demand_transaction()
    check_provider(slug, name, currency, timezone)
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


def change_provider(
    *, provider: Provider, name: str, timezone: str, staff_id: int | None, seen: str | None = None
) -> None:
    """Changes what the provider is called and by which clock it works, from now on. Opens a transaction.

    seen: the fingerprint of `SHOWN_OF_PROVIDER` that the person looked at. Refused for an empty name, an unknown time
    zone, and where somebody else has changed the provider meanwhile.
    """
    name = name.strip()
    check_name_and_timezone(name, timezone)
    with transaction.atomic():
        locked = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        require_seen(locked, SHOWN_OF_PROVIDER, seen)
        before = {"name": locked.name, "timezone": locked.timezone}
        Provider.objects.filter(pk=provider.pk).update(name=name, timezone=timezone)
        record(
            provider_id=provider.pk,
            staff_id=staff_id,
            action="provider.changed",
            subject_type="provider",
            subject_id=provider.pk,
            detail={"before": before, "after": {"name": name, "timezone": timezone}},
        )
    provider.refresh_from_db()


def set_limits(
    *, provider: Provider, staff_id: int | None, seen: str | None = None, **limits_minor: int | None
) -> None:
    """Changes limits, each named as its field, in minor units; None for no limit, where there need be none.

    Opens a transaction. seen: the fingerprint of all limits that the person looked at. Refused for a limit that is
    unknown, below its smallest, too large, or missing, and where somebody else has changed the limits meanwhile.
    """
    known = {limit.name: limit for limit in LIMIT_FIELDS}
    if not limits_minor or not limits_minor.keys() <= known.keys():
        raise Refused("limit_unknown", f"The limits are {', '.join(sorted(known))}.")
    for name, value in limits_minor.items():
        check_limit(known[name], value)
    with transaction.atomic():
        locked = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        require_seen(locked, [limit.name for limit in LIMIT_FIELDS], seen)
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


def add_staff(
    *,
    provider: Provider,
    email: str,
    role: str,
    password: str | None,
    name: str = "",
    staff_id: int | None = None,
) -> Membership:
    """Makes a person a member of the provider's staff; a known person gets a further membership. Opens a transaction.

    password: None leaves a known person's password as it is, and makes a new person unable to log in until one is set.
    staff_id: who adds the person; None for the operator's command line.
    Refused for a malformed address, an unknown role, a short password, a person who is a member already.
    """
    email, name = email.strip().lower(), name.strip()
    check_staff(email, name, role, password)
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
            staff_id=staff_id,
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
    *,
    membership: Membership,
    role: str | None = None,
    active: bool | None = None,
    password: str | None = None,
    staff_id: int | None = None,
    seen: str | None = None,
) -> None:
    """Gives a member another role or a new password, or deactivates or reactivates the membership. Opens a transaction.

    The password is the person's, with every provider. staff_id: who does it; None for the operator's command line.
    seen: the fingerprint of `SHOWN_OF_MEMBER` that the person who does it looked at.
    Refused for an unknown role, a short password, and where a person would take the admin role from themselves or
    from the provider's last active admin.
    """
    if role is not None and role not in Role.values:
        raise Refused("role_unknown", f"The roles are {', '.join(Role.values)}.", "role")
    if password is not None:
        check_password(password)
    with transaction.atomic():
        locked = _lock_membership(membership, staff_id)
        require_seen(locked, SHOWN_OF_MEMBER, seen)
        new_role, new_active = role or locked.role, locked.active if active is None else active
        if staff_id is not None and locked.role == Role.ADMIN and (new_role != Role.ADMIN or not new_active):
            _require_another_admin(locked, staff_id)
        if password is not None:
            membership.staff.set_password(password)
            membership.staff.save(update_fields=["password"])
        membership.role, membership.active = new_role, new_active
        membership.save(update_fields=["role", "active"])
        record(
            provider_id=membership.provider_id,
            staff_id=staff_id,
            action="staff.changed",
            subject_type="staff",
            subject_id=membership.staff_id,
            detail={"role": membership.role, "active": membership.active} | ({"password": "set"} if password else {}),
        )


def _lock_membership(membership: Membership, staff_id: int | None) -> Membership:
    """The membership as it is now, locked together with all of the provider's admins, in one order.

    Refused if who does it has lost the right meanwhile: two admins may be taking the role from each other.
    """
    concerned = Membership.objects.select_for_update().filter(provider_id=membership.provider_id)
    concerned = concerned.filter(Q(pk=membership.pk) | Q(role=Role.ADMIN) | Q(staff_id=staff_id)).order_by("pk")
    by_id = {found.pk: found for found in concerned}
    if staff_id is not None:
        actor = next((found for found in by_id.values() if found.staff_id == staff_id and found.active), None)
        if actor is None or Right.STAFF not in rights_of(actor.role):
            raise Refused("not_allowed", "Your own role has been changed meanwhile; it no longer allows this.")
    return by_id[membership.pk]


def _require_another_admin(membership: Membership, staff_id: int) -> None:
    if membership.staff_id == staff_id:
        raise Refused(
            "own_admin_role", "You cannot take the admin role from yourself. Another admin of yours can.", "role"
        )
    others = Membership.objects.filter(provider_id=membership.provider_id, role=Role.ADMIN, active=True)
    if not others.filter(staff__is_active=True).exclude(pk=membership.pk).exists():
        raise Refused("last_admin", "This is the last active admin; make somebody else an admin first.", "role")
