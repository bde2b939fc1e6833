"""Changing what is sold: for orders to come, never for those there are."""

from decimal import Decimal

from django.db import IntegrityError, transaction

from makegood.audit.services import record
from makegood.kit.fingerprint import require_seen
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.orders.models import Service
from makegood.orders.services.add_service import check_service

SHOWN_OF_SERVICE = ("name", "price_minor", "tax_rate", "gl_code", "active")
"""What a person looks at who changes a service, for `change_service`."""


def change_service(
    *,
    service: Service,
    name: str,
    price_minor: int,
    tax_rate: Decimal,
    gl_code: GLCode,
    staff_id: int | None,
    seen: str | None = None,
) -> None:
    """Changes a service; its price, in minor units per month, is that of new orders. Opens a transaction.

    seen: the fingerprint of `SHOWN_OF_SERVICE` that the person looked at. Refused as `add_service`, and where somebody
    else has changed the service meanwhile.
    """
    name = name.strip()
    check_service(name, price_minor, tax_rate, gl_code)
    wanted = {"name": name, "price_minor": price_minor, "tax_rate": tax_rate, "gl_code_id": gl_code.pk}
    with transaction.atomic():
        locked = Service.objects.select_for_update(no_key=True).get(pk=service.pk)
        require_seen(locked, SHOWN_OF_SERVICE, seen)
        changed = {field: value for field, value in wanted.items() if getattr(locked, field) != value}
        if changed:
            try:
                with transaction.atomic():
                    Service.objects.filter(pk=service.pk).update(**changed)
            except IntegrityError:
                raise Refused("name_taken", f"There is a service “{name}” already.", "name") from None
            before = {field: str(getattr(locked, field)) for field in changed}
            after = {field: str(value) for field, value in changed.items()}
            _record(locked, "service.changed", staff_id, before=before, after=after)
    service.refresh_from_db()


def set_service_active(*, service: Service, active: bool, staff_id: int | None) -> None:
    """Sells a service again, or no longer; its orders go on either way. Opens a transaction."""
    with transaction.atomic():
        if Service.objects.filter(pk=service.pk).exclude(active=active).update(active=active):
            _record(service, f"service.{'activated' if active else 'deactivated'}", staff_id)
    service.active = active


def _record(service: Service, action: str, staff_id: int | None, **detail: object) -> None:
    record(
        provider_id=service.provider_id,
        staff_id=staff_id,
        action=action,
        subject_type="service",
        subject_id=service.pk,
        detail={"name": service.name} | detail,
    )
