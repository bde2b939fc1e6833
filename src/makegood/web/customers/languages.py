"""Languages to choose from."""

from functools import cache

from babel.core import Locale


@cache
def list_languages() -> list[tuple[str, str]]:
    """Codes of two letters with the languages' English names, by name."""
    names = [(code, str(name)) for code, name in Locale("en").languages.items() if len(code) == 2]
    return sorted(names, key=lambda each: each[1])


def name_language(code: str) -> str:
    """The language's English name; the code where it has none."""
    return dict(list_languages()).get(code, code)
