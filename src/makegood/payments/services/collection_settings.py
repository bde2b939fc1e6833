"""How a provider collects: when a failed charge is tried again, and how much may be submitted within an hour."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from makegood.audit.services import record
from makegood.kit.fingerprint import require_seen
from makegood.kit.refusal import Refused
from makegood.payments.collection_rules import check_collection
from makegood.payments.models import CollectionSettings
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

SETTINGS = ("retry_days", "charges_per_hour", "amount_per_hour_minor", "at_once")
"""Everything that can be changed, in the order in which people are shown it."""


def get_collection_settings(provider: Provider) -> CollectionSettings:
    """How the provider collects; the defaults, unsaved, where nobody has said yet."""
    settings = CollectionSettings.objects.filter(provider=provider).first() or CollectionSettings()
    settings.provider = provider
    return settings


def change_collection_settings(
    *, membership: Membership, seen: str | None = None, **changes: Any
) -> CollectionSettings:
    """Changes the named settings; the others stay. Opens a transaction.

    seen: the fingerprint of the settings named, in their order, that the person looked at. Amounts in minor units.
    Refused, beside the field, without the right to settings, for what cannot be, and where somebody else has changed
    them meanwhile. What waits for its next try keeps its day.
    """
    require_right(membership, Right.SETTINGS, "change how is collected")
    if not changes.keys() <= set(SETTINGS):
        raise Refused("setting_unknown", f"The settings are {', '.join(SETTINGS)}.")
    with transaction.atomic():
        locked = _lock(membership.provider)
        require_seen(locked, in_order(changes), seen)
        before = {name: getattr(locked, name) for name in SETTINGS}
        check_collection(before | changes)
        changed = [name for name in in_order(changes) if before[name] != changes[name]]
        for name in changed:
            setattr(locked, name, changes[name])
        if changed:
            locked.save()
            record(
                provider_id=membership.provider_id,
                staff_id=membership.staff_id,
                action="collection_settings.changed",
                subject_type="provider",
                subject_id=membership.provider_id,
                detail={
                    "before": {name: before[name] for name in changed},
                    "after": {name: changes[name] for name in changed},
                },
            )
    return locked


def in_order(names: Iterable[str]) -> list[str]:
    """The settings of those names in their order: what a fingerprint of what somebody saw is made of."""
    wanted = set(names)
    return [name for name in SETTINGS if name in wanted]


def _lock(provider: Provider) -> CollectionSettings:
    """The settings, locked; made with their defaults where nobody has said yet."""
    CollectionSettings.objects.bulk_create([CollectionSettings(provider=provider)], ignore_conflicts=True)
    return CollectionSettings.objects.select_for_update(no_key=True).get(provider=provider)
