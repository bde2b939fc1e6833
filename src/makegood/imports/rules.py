"""What a cell of a file may say, and what it becomes. Pure: no database, no clock.

A parser takes the text of a cell and returns the text that is staged, which never holds a control character.
It raises BadValue, with a reason that continues the sentence “this value …”, for what it cannot take.
"""

import calendar
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused

Parser = Callable[[str], str]

NO_DATE = "infinity"
"""Staged for a date that is known to be absent; a field that the map does not name is staged as null instead."""

EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
MOST_MONTHS = 1_200
_LINE_BREAKS = re.compile(r"[\t-\r\x85\u2028\u2029]+")
_EMAIL = re.compile(
    r"[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+(?:\.[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}(?<!-)"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_YES_NO = {"yes": "t", "true": "t", "1": "t", "no": "f", "false": "f", "0": "f"}
_PRICE_REASONS = {
    "amount_negative": "is negative; a price is zero or more",
    "amount_too_large": "is larger than any price can be",
}


class BadValue(Exception):
    """A value that a field cannot take; the reason is a part of a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean(cell: str) -> str:
    """The cell without space around it, line breaks inside made to one space. Refuses what no person typed."""
    value = cell.strip()
    if value.isprintable():
        return value
    value = _LINE_BREAKS.sub(" ", value)
    for character in value:
        category = unicodedata.category(character)
        if category == "Cs":
            raise BadValue("has a byte that is not of the file's encoding; does the map name the right one?")
        if category == "Cc":
            raise BadValue(f"has the control character U+{ord(character):04X}")
    return value


def text(limit: int, *, required: bool = False) -> Parser:
    """Text of at most `limit` characters."""

    def parse(cell: str) -> str:
        value = cell.strip()
        if not value.isprintable():
            value = clean(value)
        if len(value) > limit:
            raise BadValue(f"has {len(value):,} characters; at most {limit} are possible")
        if required and not value:
            raise BadValue("is empty")
        return value

    return parse


def email(cell: str) -> str:
    """An e-mail address, or nothing."""
    value = clean(cell)
    if value and (len(value) > 254 or not _EMAIL.fullmatch(value)):
        raise BadValue("is not an e-mail address")
    return value


def language(cell: str) -> str:
    """A language tag, such as ``en`` or ``pt-BR``."""
    value = clean(cell)
    if len(value) > 12 or not _LANGUAGE.fullmatch(value):
        raise BadValue("is not a language, such as en or pt-BR")
    return value


def yes_no(cell: str) -> str:
    """Yes or no, in one of the ways in which programs write it."""
    staged = _YES_NO.get(clean(cell).lower())
    if staged is None:
        raise BadValue("is not yes or no (or true, false, 1, 0)")
    return staged


def choice(choices: Mapping[str, str], *, what: str) -> Parser:
    """One word of a closed list, each with what it is staged as."""

    def parse(cell: str) -> str:
        value = clean(cell)
        staged = choices.get(value.lower(), choices.get(value))
        if staged is None:
            raise BadValue(f"is not {what} ({', '.join(choices)})" if choices else f"is not {what}")
        return staged

    return parse


def price(digits: int, decimal_sign: str) -> Parser:
    """A price in a currency of `digits` decimals, zero allowed, as minor units. No signs between thousands."""

    def parse(cell: str) -> str:
        value = clean(cell)
        if not value:
            raise BadValue("is empty; a price of nothing is written 0")
        if decimal_sign == "," and "." in value:
            raise BadValue("is not an amount; the map says that decimals stand after a comma")
        try:
            return str(parse_amount(value.replace(decimal_sign, "."), digits))
        except Refused as refused:
            if refused.code == "amount_zero":
                return "0"
            if refused.code == "amount_decimals":
                raise BadValue(f"has more decimals than the currency, which has {digits}") from None
            other = f"is not an amount; decimals stand after a {'point' if decimal_sign == '.' else 'comma'}"
            raise BadValue(_PRICE_REASONS.get(refused.code, other)) from None

    return parse


def day(pattern: str, *, required: bool = False) -> Parser:
    """A date written as `pattern`, made of yyyy, mm, dd and what stands between them."""
    expression = re.escape(pattern)
    for part, digits in (("yyyy", r"(?P<year>\d{4})"), ("mm", r"(?P<month>\d\d)"), ("dd", r"(?P<day>\d\d)")):
        expression = expression.replace(part, digits)
    compiled = re.compile(expression, re.ASCII)

    def parse(cell: str) -> str:
        value = clean(cell)
        if not value and not required:
            return NO_DATE
        found = compiled.fullmatch(value)
        try:
            parsed = date(**{name: int(digits) for name, digits in found.groupdict().items()}) if found else None
        except ValueError:
            parsed = None
        if parsed is None:
            raise BadValue(f"is not a date written {pattern}" if value else "is empty")
        return _plausible(parsed)

    return parse


def months_before(last: date, *, required: bool = False) -> Parser:
    """So many whole months before `last`; the day of the month is kept, or the last one that the month has."""

    def parse(cell: str) -> str:
        value = clean(cell)
        if not value and not required:
            return NO_DATE
        if not (value.isascii() and value.isdigit() and len(value) <= 4 and int(value) <= MOST_MONTHS):
            raise BadValue(f"is not a number of months from 0 to {MOST_MONTHS:,}" if value else "is empty")
        month_index = last.year * 12 + last.month - 1 - int(value)
        year, month = month_index // 12, month_index % 12 + 1
        return _plausible(date(year, month, min(last.day, calendar.monthrange(year, month)[1])))

    return parse


def shown(value: str, longest: int = 60) -> str:
    """A value as a report shows it: shortened, and what cannot be printed written out."""
    short = value if len(value) <= longest else value[:longest] + "…"
    if short.isprintable():
        return short
    return "".join(character if character.isprintable() else _written_out(character) for character in short)


def enumerate_words(words: Sequence[str], most: int = 40) -> str:
    """A list of words for a sentence, cut where it would be too long to read."""
    shown_words = ", ".join(shown(word, 30) for word in words[:most])
    return shown_words + (f" and {len(words) - most:,} more" if len(words) > most else "")


def _written_out(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\x{number - 0xDC00:02x}"
    return f"\\u{number:04x}" if number > 0xFF else f"\\x{number:02x}"


def _plausible(parsed: date) -> str:
    if not EARLIEST <= parsed <= LATEST:
        raise BadValue(f"is not between {EARLIEST.year} and {LATEST.year}")
    return parsed.isoformat()
