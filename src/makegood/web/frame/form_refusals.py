"""What a service refuses is said beside the field it is about, and what was typed stays."""

from collections.abc import Mapping

from django import forms

from makegood.kit.refusal import Refused
from makegood.web.frame.sentences import in_words


def add_refusal(form: forms.Form, refused: Refused, fields: Mapping[str, str] | None = None) -> None:
    """Adds the refusal to its field, else to the form as a whole.

    fields: the form's names for those of the service, where they differ.
    """
    name = (fields or {}).get(refused.field or "", refused.field)
    form.add_error(name if name in form.fields else None, in_words(refused.message))
