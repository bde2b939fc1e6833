"""Whether a record is still what a person saw when they began to change it."""

import hashlib
from collections.abc import Sequence

from django.db.models import Model

from makegood.kit.refusal import Refused


def fingerprint_of(record: Model, fields: Sequence[str]) -> str:
    """A short text that differs as soon as one of the record's fields does."""
    values = "\x00".join(f"{name}={record.serializable_value(name)!r}" for name in fields)
    return hashlib.sha256(values.encode()).hexdigest()[:32]


def require_seen(record: Model, fields: Sequence[str], seen: str | None) -> None:
    """Refused if the record, read under its lock, is no longer as it was seen; None is for who has not looked."""
    if seen is not None and seen != fingerprint_of(record, fields):
        raise Refused(
            "changed_meanwhile",
            "Somebody else has changed this since you opened it. What is saved now stands beside each field that "
            "differs. Save again if yours should hold.",
        )
