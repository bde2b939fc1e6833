"""Reads of the audit."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from makegood.audit.models import AuditEntry


def list_entries_about(provider_id: int, subjects: Mapping[str, Iterable[Any]]) -> QuerySet[AuditEntry]:
    """What was done to the provider's records, newest first. subjects: ids, or a query of ids, by type of record."""
    about = Q(pk__in=[])
    for subject_type, ids in subjects.items():
        about |= Q(subject_type=subject_type, subject_id__in=ids)
    return AuditEntry.objects.filter(about, provider_id=provider_id).order_by("-id")
