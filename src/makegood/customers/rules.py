"""What a customer's fields may say. Pure: no database."""

import re

LONGEST_NUMBER = 40
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)


def is_language(text: str) -> bool:
    """Whether the text is a language tag, such as ``en`` or ``pt-BR``."""
    return len(text) <= 12 and _LANGUAGE.fullmatch(text) is not None
