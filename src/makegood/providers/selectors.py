"""Reads of providers and staff."""

from collections.abc import Iterable

from django.db.models import QuerySet

from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider, Staff
from makegood.providers.rules import Right, rights_of, roles_with


def get_provider(slug: str) -> Provider:
    """The provider of that slug; Refused if there is none."""
    provider = Provider.objects.filter(slug=slug).first()
    if provider is None:
        raise Refused("provider_unknown", f"There is no provider “{slug}”.", "provider")
    return provider


def list_providers() -> QuerySet[Provider]:
    """All providers of this installation, by name."""
    return Provider.objects.order_by("name", "id")


def find_membership(provider_id: int, staff_id: int) -> Membership | None:
    """The person's active membership with the provider, or None if the person may not act for it (any more)."""
    return (
        Membership.objects.select_related("staff", "provider")
        .filter(provider_id=provider_id, staff_id=staff_id, active=True, staff__is_active=True)
        .first()
    )


def get_membership(provider: Provider, email: str) -> Membership:
    """The active membership of the person with that e-mail address; Refused if there is none."""
    staff = Staff.objects.filter(email=email.strip().lower()).first()
    membership = find_membership(provider.pk, staff.pk) if staff else None
    if membership is None:
        raise Refused("staff_unknown", f"{email} is not an active member of {provider.name}'s staff.", "as")
    return membership


def list_memberships_of(staff_id: int) -> QuerySet[Membership]:
    """The person's active memberships, with their providers, by the providers' names."""
    memberships = Membership.objects.select_related("provider").filter(staff_id=staff_id, active=True)
    return memberships.order_by("provider__name", "provider_id")


def list_staff(provider: Provider) -> QuerySet[Membership]:
    """The provider's staff, by e-mail address."""
    return Membership.objects.select_related("staff").filter(provider=provider).order_by("staff__email")


def name_staff(staff_ids: Iterable[int]) -> dict[int, str]:
    """The people's names, or e-mail addresses where they have none, by id."""
    return {staff.pk: str(staff) for staff in Staff.objects.filter(pk__in=set(staff_ids))}


def list_managers(provider_id: int) -> list[int]:
    """Ids of the staff who are told when something failed."""
    managers = Membership.objects.filter(provider_id=provider_id, role="manager", active=True, staff__is_active=True)
    return list(managers.order_by("staff_id").values_list("staff_id", flat=True))


def can_act(membership: Membership, right: Right) -> bool:
    """Whether the person's role allows `right`."""
    return right in rights_of(membership.role)


def require_right(membership: Membership, right: Right, what: str) -> None:
    """Refused, with who could do it, if the person's role does not allow `right`."""
    if not can_act(membership, right):
        *others, last = roles_with(right)
        who = f"{', '.join(others)} or {last}" if others else last
        raise Refused("not_allowed", f"Your role ({membership.role}) may not {what}. A person with role {who} can.")


def require_billing(provider: Provider) -> None:
    """Refused while End Customer Billing is off for the provider."""
    if not provider.end_customer_billing:
        raise Refused(
            "billing_off",
            f"End Customer Billing is off for {provider.name}, so no credit can be given. "
            "Whoever runs this installation can switch it on.",
        )


def get_member(provider: Provider, pk: int) -> Membership:
    """The membership of that number with the provider; Refused if there is none."""
    membership = list_staff(provider).filter(pk=pk).first()
    if membership is None:
        raise Refused("staff_unknown", f"{provider.name} has no such person.", "staff")
    return membership
