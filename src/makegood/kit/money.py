"""Money as integer minor units, and its way in from and out to text. Never a float."""

import re
from decimal import Decimal
from functools import lru_cache

from babel.core import Locale
from babel.numbers import NumberPattern, parse_pattern

from makegood.kit.refusal import Refused

LARGEST_AMOUNT_MINOR = 10**15
"""Larger amounts are typing errors; sums of many such amounts still fit into a bigint."""

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")


def parse_amount(text: str, digits: int, field: str = "amount", *, zero_allowed: bool = False) -> int:
    """Minor units of an amount written with a point, such as ``10`` or ``10.50``, in a currency of `digits` decimals.

    Raises Refused, with a code and a sentence, for whatever is not a positive amount that the currency can hold.
    zero_allowed: for prices, which may be nothing.
    """
    text = text.strip()
    if not text:
        raise Refused("amount_missing", "An amount is needed.", field)
    if text.startswith("-") and _PLAIN.fullmatch(text[1:]):
        raise Refused("amount_negative", "The amount must be greater than zero.", field)
    if not _PLAIN.fullmatch(text):
        raise Refused(
            "amount_not_a_number",
            f"“{_shown(text)}” is not an amount. Write digits with a point before the decimals, such as 10.50.",
            field,
        )
    whole, _, fraction = text.partition(".")
    if len(fraction) > digits:
        raise Refused("amount_decimals", _decimals_sentence(digits), field)
    if len(whole.lstrip("0")) > 18:
        raise Refused("amount_too_large", "The amount is larger than any amount can be.", field)
    minor = int(whole + fraction.ljust(digits, "0"))
    if minor == 0 and not zero_allowed:
        raise Refused("amount_zero", "The amount must be greater than zero.", field)
    if minor > LARGEST_AMOUNT_MINOR:
        raise Refused("amount_too_large", "The amount is larger than any amount can be.", field)
    return minor


def decimal_string(minor: int, digits: int) -> str:
    """`minor` units as text with a point and exactly `digits` decimals: ``1000`` with 2 is ``10.00``."""
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def format_money(minor: int, currency: str, digits: int, language: str = "en") -> str:
    """The amount as a person of that language reads it, with its currency: ``$1,000.00``, ``KWD 1.000``."""
    locale, pattern = _pattern_of(language, digits)
    text = str(pattern.apply(Decimal(minor).scaleb(-digits), locale, currency=currency, currency_digits=False))
    return _LETTER_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", text)


@lru_cache(maxsize=256)
def _pattern_of(language: str, digits: int) -> tuple[Locale, NumberPattern]:
    """How a language writes an amount; to find it out takes longer than to write one."""
    locale = Locale.parse(language.replace("-", "_"))
    # The locale's own decimals are those of its usual currency, babel's are not ISO's.
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return locale, pattern


def _decimals_sentence(digits: int) -> str:
    if digits == 0:
        return "The currency has no decimals; write a whole number."
    return f"The currency has {digits} decimals; the amount has more."


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
