"""Writing the audit."""

from collections.abc import Mapping
from typing import Any

from makegood.audit.models import AuditEntry
from makegood.kit.clock import now
from makegood.kit.transactions import demand_transaction


def record(
    *,
    provider_id: int | None,
    staff_id: int | None,
    action: str,
    subject_type: str,
    subject_id: int | None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Adds one audit entry. Demands a transaction, the one of the change itself.

    staff_id: None for the operator's command line and for the system itself.
    detail: names of changed personal fields, never their values; amounts in minor units.
    """
    demand_transaction()
    AuditEntry.objects.create(
        provider_id=provider_id,
        staff_id=staff_id,
        at=now(),
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        detail=detail or {},
    )


def record_each(
    *,
    provider_id: int,
    action: str,
    subject_type: str,
    details: Mapping[int, dict[str, Any]],
    staff_id: int | None = None,
) -> None:
    """Adds one audit entry for each of several records, whose details stand by their ids; otherwise as `record`.

    One statement. For changes of which each stands for itself, such as the suspension of an order.
    """
    demand_transaction()
    at = now()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            provider_id=provider_id,
            staff_id=staff_id,
            at=at,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            detail=detail,
        )
        for subject_id, detail in details.items()
    )
