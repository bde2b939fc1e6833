"""Numbers of cards and bank accounts, so that nobody's is kept by mistake. Pure."""

import re
import unicodedata
from enum import StrEnum

from stdnum import iban, luhn

_DIGITS = re.compile(r"\d(?:[\s.·/-]{0,2}\d){11,}")
LONGEST_CARD_NUMBER, SHORTEST_CARD_NUMBER = 19, 12

_GROUPS = re.compile(r"\d+(?:[\s-]{1,2}\d+)*")
_IBAN_IN_TEXT = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?:[\s-]?[A-Z0-9])+")
SHORTEST_IN_TEXT = 13
SHORTEST_IBAN, LONGEST_IBAN = 15, 34


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
    lengths = range(SHORTEST_IBAN, min(LONGEST_IBAN, len(plain)) + 1)
    return any(_is_iban(plain[:length]) for length in lengths)


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
    return digits[0] != 0 and luhn.is_valid("".join(map(str, digits)))


def _is_iban(text: str) -> bool:
    """The check of ISO 13616, and the length that the country has."""
    return text.isascii() and iban.is_valid(text, check_country=False)
