"""What the variables of an e-mail template can hold, and how it is written in a customer's language. Pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date

from makegood.kit.money import format_money

Variables = Mapping[str, object]
"""Texts, numbers, truths, dates and `Money`, and lists and mappings of these; None for what is not there."""

FALLBACK = "en"


@dataclass(frozen=True)
class Money:
    """An amount in minor units of a currency of so many decimals."""

    minor: int
    currency: str
    digits: int


@lru_cache(maxsize=256)
def find_locale(language: str) -> str | None:
    """The language as it can be written in: itself, else its base language, else None."""
    for name in list_languages(language):
        try:
            Locale.parse(name.replace("-", "_"))
        except (UnknownLocaleError, ValueError, TypeError):
            continue
        return name
    return None


def list_languages(language: str) -> list[str]:
    """The language, then what it is a kind of: ``pt-BR``, ``pt``. Case and underscores make no difference."""
    parts = [part for part in language.strip().replace("_", "-").split("-") if part]
    return [
        "-".join(_write_part(place, part) for place, part in enumerate(parts[:end])) for end in range(len(parts), 0, -1)
    ]


def choose_locale(customer_language: str, text_language: str) -> str:
    """How amounts and dates in a text are written: as in the language of the text, and as where the customer is.

    So an English text has English amounts, whatever the customer's language; of two kinds of a language the customer's
    counts.
    """
    wanted = find_locale(customer_language) or find_locale(text_language) or FALLBACK
    is_same = list_languages(wanted)[-1] == list_languages(text_language)[-1]
    return wanted if is_same else find_locale(text_language) or FALLBACK


def write_out(value: object, locale: str) -> object:
    """The value as a template gets it: amounts and dates as text, nothing as empty text, everything else as it is."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return _write_money(value.minor, value.currency, value.digits, locale)
    if isinstance(value, date):
        return _write_date(value, locale)
    if isinstance(value, Mapping):
        return {name: write_out(each, locale) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [write_out(each, locale) for each in value]
    return value


@lru_cache(maxsize=4096)
def _write_money(minor: int, currency: str, digits: int, language: str) -> str:
    return format_money(minor, currency, digits, language)


@lru_cache(maxsize=1024)
def _write_date(on: date, language: str) -> str:
    return format_date(on, format="long", locale=language.replace("-", "_"))


def _write_part(place: int, part: str) -> str:
    if place == 0:
        return part.lower()
    return part.upper() if len(part) == 2 else part.title()
