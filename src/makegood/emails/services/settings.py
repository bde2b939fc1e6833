"""Whom a provider's e-mail comes from, and how much of it leaves in a minute."""

from django.db import transaction

from makegood.audit.services import record
from makegood.emails.models import EmailSettings
from makegood.emails.selectors import get_email_settings
from makegood.emails.sending.addresses import AddressInvalid, read_address
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting, require_plain
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

MOST_PER_MINUTE = 100_000


def set_email_settings(
    *, membership: Membership, sender_name: str, sender_address: str, reply_to: str, per_minute: int
) -> EmailSettings:
    """Sets whom the provider's e-mail comes from. Empty texts mean what the installation says. Opens a transaction.

    Refused, beside the field, for an address that cannot be one and for a number per minute that makes no sense.
    """
    require_right(membership, Right.SETTINGS, "change the settings of e-mail")
    values = {
        "sender_name": sender_name.strip(),
        "sender_address": sender_address.strip(),
        "reply_to": reply_to.strip(),
    }
    require_plain(**values)
    require_fitting(EmailSettings, **values)
    for field in ("sender_address", "reply_to"):
        _require_address(values[field], field)
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise Refused("per_minute_range", f"Write a number from 1 to {MOST_PER_MINUTE:,}.", "per_minute")
    with transaction.atomic():
        before = get_email_settings(membership.provider)
        wanted = {**values, "per_minute": per_minute}
        changed = sorted(name for name, value in wanted.items() if getattr(before, name) != value)
        settings, _ = EmailSettings.objects.update_or_create(provider=membership.provider, defaults=wanted)
        record(
            provider_id=membership.provider_id,
            staff_id=membership.staff_id,
            action="email_settings.changed",
            subject_type="provider",
            subject_id=membership.provider_id,
            detail={"fields": changed},
        )
    return settings


def _require_address(text: str, field: str) -> None:
    if not text:
        return
    try:
        address = read_address(text)
    except AddressInvalid as error:
        raise Refused("address_invalid", str(error), field) from None
    if address.needs_smtputf8:
        message = "Most mail servers do not take letters such as ü before the @. Choose another address."
        raise Refused("address_invalid", message, field)
