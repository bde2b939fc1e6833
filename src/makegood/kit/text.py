"""Texts that have to fit into a record."""

from typing import Any

from django.db.models import Model

from makegood.kit.refusal import Refused


def require_fitting(model: type[Model], **values: Any) -> None:
    """Refused, by the name of the field, for the first text that is longer than its field of the model."""
    for name, value in values.items():
        longest = getattr(model._meta.get_field(name), "max_length", None)
        if isinstance(value, str) and longest is not None and len(value) > longest:
            what = name.replace("_", " ")
            raise Refused(
                "too_long", f"The {what} has {len(value)} characters; at most {longest} characters fit.", name
            )
