"""A text that a person typed as one line. Pure: no database."""

from makegood.kit.refusal import Refused
from makegood.kit.text import require_no_number


def clean_line(text: str, *, longest: int, name: str) -> str:
    """The text on one line, without needless spaces. Refused, by the name of the field, if it cannot be stored.

    Nor with the number of a card or a bank account in it.
    """
    text = " ".join(text.split())
    what = name.replace("_", " ")
    if len(text) > longest:
        message = f"The {what} has {len(text)} characters; at most {longest} fit."
        raise Refused(f"{name}_too_long", message, name)
    if "\x00" in text:
        raise Refused(f"{name}_malformed", f"The {what} has a character that cannot be stored.", name)
    require_no_number(**{name: text})
    return text
