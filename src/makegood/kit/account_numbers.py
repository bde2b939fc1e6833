"""Numbers of cards and bank accounts, so that nobody's is kept by mistake. Pure."""

import re
import unicodedata
from enum import StrEnum

_DIGITS = re.compile(r"\d(?:[\s.·/-]{0,2}\d){11,}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
LONGEST_CARD_NUMBER, SHORTEST_CARD_NUMBER = 19, 12

_GROUPS = re.compile(r"\d+(?:[\s-]{1,2}\d+)*")
_IBAN_IN_TEXT = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?:[\s-]?[A-Z0-9])+")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24,
    "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18,
    "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22,
    "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29, "VA": 22, "XK": 20,
}  # fmt: skip
SHORTEST_IN_TEXT = 13


class Number(StrEnum):
    """What must not stand in a text that people write."""

    CARD = "card"
    IBAN = "iban"


def find_number(text: str) -> Number | None:
    """The number of a card or of a bank account in a text that people write, such as a note; None if there is none.

    Of a card: 13 to 19 digits with a fitting check digit that begin as cards do, alone or in groups with spaces or
    dashes between them. Of an account: an IBAN of the length that its country has. So what banks and shops call a
    payment is let through, but for one in very many; `has_account_number` is for what must not be near to one.
    """
    plain = unicodedata.normalize("NFKC", text)
    if any(_has_card(found[0]) for found in _GROUPS.finditer(plain)):
        return Number.CARD
    upper = plain.upper()
    return Number.IBAN if any(_begins_with_iban(found[0]) for found in _IBAN_IN_TEXT.finditer(upper)) else None


def _has_card(text: str) -> bool:
    """Whether some groups, one after the other, make the number of a card."""
    groups = [[unicodedata.digit(each) for each in group] for group in re.findall(r"\d+", text)]
    for first in range(len(groups)):
        digits: list[int] = []
        for group in groups[first:]:
            digits += group
            if len(digits) > LONGEST_CARD_NUMBER:
                break
            if len(digits) >= SHORTEST_IN_TEXT and _begins_as_card(digits) and _fits_its_check_digit(digits):
                return True
    return False


def _begins_as_card(digits: list[int]) -> bool:
    """Those of the great networks begin with 3 to 6, or with 2200 to 2720; years and dates do not."""
    return digits[0] in (3, 4, 5, 6) or 2200 <= int("".join(map(str, digits[:4]))) <= 2720


def _begins_with_iban(text: str) -> bool:
    plain = re.sub(r"[\s-]", "", text)
    length = _IBAN_LENGTHS.get(plain[:2])
    return length is not None and len(plain) >= length and _is_iban(plain[:length])


def has_account_number(text: str) -> bool:
    """Whether the text has in it what can be the number of a card, or is the number of a bank account (IBAN).

    Digits of any script count, with whatever people write between groups of them.
    """
    plain = unicodedata.normalize("NFKC", text)
    if any(_has_card_number(found[0]) for found in _DIGITS.finditer(plain)):
        return True
    return _is_iban("".join(plain.upper().split()))


def _has_card_number(group: str) -> bool:
    digits = [unicodedata.digit(each) for each in group if each.isdigit()]
    lengths = range(SHORTEST_CARD_NUMBER, min(LONGEST_CARD_NUMBER, len(digits)) + 1)
    return any(_fits_its_check_digit(digits[at : at + n]) for n in lengths for at in range(len(digits) - n + 1))


def _fits_its_check_digit(digits: list[int]) -> bool:
    """The check of ISO/IEC 7812, which every number of a card passes. No card's number begins with 0."""
    if digits[0] == 0:
        return False
    doubled = (sum(divmod(2 * each, 10)) for each in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    """The check of ISO 13616."""
    if not _IBAN.fullmatch(text) or not text.isascii():
        return False
    return int("".join(str(int(each, 36)) for each in text[4:] + text[:4])) % 97 == 1
