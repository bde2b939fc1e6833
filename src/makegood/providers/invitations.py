"""Links by which a person chooses a password: each works once and for a while."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from makegood.audit.services import record
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Staff


def link_lifetime() -> timedelta:
    """How long a link works."""
    return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def can_have_link(membership: Membership) -> bool:
    """Whether the provider's admins may give the person a new password: only somebody who works for nobody else."""
    return is_of_one_provider(membership.staff)


def is_of_one_provider(staff: Staff) -> bool:
    """Whether the person works, or has worked, for one provider only.

    A link that was made before somebody else took the person on must not open that provider's records to its maker.
    """
    return Membership.objects.filter(staff=staff).count() == 1


def make_password_link(*, membership: Membership, staff_id: int | None) -> tuple[str, str]:
    """Who and the token, the two parts of a link by which the person chooses a password. Opens a transaction.

    Links made before for a person who has not chosen one yet stop working. Refused for somebody who may not act, and
    for somebody whose password is not this provider's business alone.
    """
    staff = membership.staff
    if not (membership.active and staff.is_active):
        raise Refused("staff_inactive", f"{staff.email} is deactivated; reactivate the person first.", "email")
    if not can_have_link(membership):
        raise Refused(
            "password_kept",
            f"{staff.email} had a log-in before and keeps that password. Who has forgotten it asks whoever runs this "
            "installation for a new one.",
            "email",
        )
    with transaction.atomic():
        if not staff.has_usable_password():
            staff.set_unusable_password()
            staff.save(update_fields=["password"])
        record(
            provider_id=membership.provider_id,
            staff_id=staff_id,
            action="staff.link_made",
            subject_type="staff",
            subject_id=staff.pk,
        )
    return urlsafe_base64_encode(force_bytes(staff.pk)), default_token_generator.make_token(staff)
