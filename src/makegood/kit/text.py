"""Texts that have to fit into a record."""

import re
import unicodedata
from typing import Any

from django.db.models import Model

from makegood.kit.account_numbers import Number, find_number
from makegood.kit.refusal import Refused

# With a letter among them, so that it is no number; in so many digits there would be one by chance now and then.
_RANDOM = re.compile(r"(?<![^\W_])(?=[0-9-]*[a-f])[0-9a-f-]{16,}(?![^\W_])")


def require_fitting(model: type[Model], **values: Any) -> None:
    """Refused, by the name of the field, for the first text that is longer than its field of the model."""
    for name, value in values.items():
        longest = getattr(model._meta.get_field(name), "max_length", None)
        if isinstance(value, str) and longest is not None and len(value) > longest:
            what = name.replace("_", " ")
            raise Refused(
                "too_long", f"The {what} has {len(value)} characters; at most {longest} characters fit.", name
            )


def require_plain(**values: Any) -> None:
    """Refused, by the name of the field, for the first text with a character that is no part of a line of text."""
    for name, value in values.items():
        if not isinstance(value, str) or value.isprintable():
            continue
        # Zl and Zp are line and paragraph breaks; Cs is half a character, which no database takes.
        odd = [each for each in value if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp")]
        if odd:
            what = name.replace("_", " ")
            message = f"The {what} has a character that cannot be typed (U+{ord(odd[0]):04X}). Type it again by hand."
            raise Refused("control_character", message, name)


def require_no_number_in_key(key: str) -> None:
    """As `require_no_number`, for the key of a request. What is random hexadecimal digits is not looked into."""
    require_no_number(key=_RANDOM.sub("random", key))


def require_no_number(**values: Any) -> None:
    """Refused, by the name of the field, for the first text with the number of a card or of a bank account in it.

    For what people write about money, which is kept and shown to others. The sentence does not repeat it.
    """
    for name, value in values.items():
        found = find_number(value) if isinstance(value, str) else None
        if found is not None:
            what = "a card" if found is Number.CARD else "a bank account"
            raise Refused(
                "account_number",
                f"This looks like the number of {what}. Such numbers are not kept here: write the last four "
                "characters, or what tells it apart in another way.",
                name,
            )
