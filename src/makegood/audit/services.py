"""Writing the audit."""

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
