"""Changing how a provider bills."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from makegood.audit.services import record
from makegood.invoices.models import BillingSettings, InvoiceCounter
from makegood.invoices.selectors import get_next_number, has_issued
from makegood.invoices.settings_rules import GL_CODE_TYPES, check_next_number, check_values
from makegood.kit.clock import now
from makegood.kit.fingerprint import require_seen
from makegood.kit.refusal import Refused
from makegood.ledger.locks import hold_gl_code
from makegood.ledger.models import GLCode
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

SETTINGS = (
    "invoices_from", "review_drafts", "prices_include_tax", "due_days", "autopay_days", "charge_tax_rate", "late_fee",
    "late_fee_minor", "late_fee_percent", "late_fee_grace_days", "reminder_days", "suspend_after_days", "tax_gl_code",
    "late_fee_gl_code", "write_off_gl_code", "charge_gl_code",
)  # fmt: skip
"""Everything that can be changed, in the order in which people are shown it. (The next number besides.)"""


def in_order(names: Iterable[str]) -> list[str]:
    """The settings of those names in their order: what a fingerprint of what somebody saw is made of."""
    wanted = set(names)
    return [name for name in SETTINGS if name in wanted]


def change_billing_settings(
    *, membership: Membership, seen: str | None = None, next_number: int | None = None, **changes: Any
) -> BillingSettings:
    """Changes the named settings; the others stay. Opens a transaction.

    Rates in percent, amounts in minor units, GL codes as records or None. seen: the fingerprint of the settings named,
    `in_order`, that the person looked at. next_number: the number of the first invoice.

    Refused, beside the field, without the right to settings, for what cannot be, where somebody else has changed them
    meanwhile, and once an invoice is issued for its first day, its number, and whether prices include tax.
    """
    require_right(membership, Right.SETTINGS, "change the billing settings")
    provider = membership.provider
    if not changes.keys() <= set(SETTINGS):
        raise Refused("setting_unknown", f"The settings are {', '.join(SETTINGS)}.")
    with transaction.atomic():
        locked = _lock(provider)
        require_seen(locked, in_order(changes), seen)
        before = {name: getattr(locked, name) for name in SETTINGS}
        check_values(before | changes)
        _require_gl_codes(provider, changes)
        changed = [name for name in in_order(changes) if before[name] != changes[name]]
        if has_issued(provider):
            _require_free(changed, next_number, provider)
        for name in changed:
            setattr(locked, name, changes[name])
        numbered = _set_next_number(provider, next_number)
        if changed:
            locked.updated_at = now()
            locked.save()
        if changed or numbered:
            after = {name: changes[name] for name in changed}
            _record(membership, {name: before[name] for name in changed}, after, next_number if numbered else None)
    return locked


def _lock(provider: Provider) -> BillingSettings:
    """The settings, locked; made with their defaults where nobody has said yet."""
    defaults = BillingSettings(provider=provider, updated_at=now())
    BillingSettings.objects.bulk_create([defaults], ignore_conflicts=True)
    settings = BillingSettings.objects.select_for_update(no_key=True, of=("self",))
    return settings.select_related("tax_gl_code", "late_fee_gl_code", "write_off_gl_code", "charge_gl_code").get(
        provider=provider
    )


def _require_gl_codes(provider: Provider, changes: Mapping[str, Any]) -> None:
    for name, types in GL_CODE_TYPES.items():
        chosen: GLCode | None = changes.get(name)
        if chosen is None:
            continue
        # As it is now, and so until the end: deactivating it asks the settings whether they need it.
        gl_code = hold_gl_code(chosen.pk)
        if gl_code.provider_id != provider.pk or gl_code.type not in types or not gl_code.active:
            wanted = " or ".join(each.replace("_", "-") for each in types)
            raise Refused("gl_code_type", f"Choose an active GL code of type {wanted}.", name)


def _require_free(changed: list[str], next_number: int | None, provider: Provider) -> None:
    """Refused for what the first invoice has fixed."""
    if "prices_include_tax" in changed:
        raise Refused(
            "prices_fixed",
            "Whether prices include tax is fixed, because invoices have been issued with it. "
            "Change the prices themselves instead.",
            "prices_include_tax",
        )
    if "invoices_from" in changed:
        raise Refused(
            "first_day_fixed",
            "The first day of invoices is fixed, because invoices have been issued. To pause, switch automatic billing "
            "off for the customers, or End Customer Billing for all.",
            "invoices_from",
        )
    if next_number is not None and next_number != get_next_number(provider):
        raise Refused(
            "numbers_fixed",
            "Invoice numbers go on without gaps from the first invoice, which has been issued.",
            "next_number",
        )


def _set_next_number(provider: Provider, number: int | None) -> bool:
    if number is None or number == get_next_number(provider):
        return False
    check_next_number(number)
    InvoiceCounter.objects.update_or_create(provider=provider, defaults={"last_number": number - 1})
    return True


def _record(
    membership: Membership, before: Mapping[str, Any], after: Mapping[str, Any], next_number: int | None
) -> None:
    def plain(values: Mapping[str, Any]) -> dict[str, Any]:
        kept = (type(None), bool, int, list)
        return {name: value if isinstance(value, kept) else str(value) for name, value in values.items()}

    record(
        provider_id=membership.provider_id,
        staff_id=membership.staff_id,
        action="billing_settings.changed",
        subject_type="provider",
        subject_id=membership.provider_id,
        detail={"before": plain(before), "after": plain(after)}
        | ({"next_number": next_number} if next_number is not None else {}),
    )
