"""Amounts: read from text without guessing, kept as whole minor units, written without loss."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.kit.currencies import CURRENCY_DIGITS
from makegood.kit.money import LARGEST_AMOUNT_MINOR, decimal_string, format_money, parse_amount
from makegood.kit.refusal import Refused


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("10", 1000),
        ("10.5", 1050),
        ("10.50", 1050),
        ("0.01", 1),
        (" 10.00 ", 1000),
        ("0010", 1000),
        ("0" * 40 + "1", 100),
        ("9999999999999.99", 999_999_999_999_999),
        ("10000000000000", 10**15),
    ],
)
def test_an_amount_is_digits_with_a_point(text: str, minor: int) -> None:
    assert parse_amount(text, 2) == minor


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "amount_missing"),
        ("   ", "amount_missing"),
        ("0", "amount_zero"),
        ("0.00", "amount_zero"),
        ("000", "amount_zero"),
        ("-1", "amount_negative"),
        ("-0.01", "amount_negative"),
        ("10.005", "amount_decimals"),
        ("10.000", "amount_decimals"),
        ("10000000000000.01", "amount_too_large"),
        ("1" + "0" * 30, "amount_too_large"),
        ("9" * 100_000, "amount_too_large"),
        ("1e3", "amount_not_a_number"),
        ("10,00", "amount_not_a_number"),
        ("1,000.00", "amount_not_a_number"),
        ("1_000", "amount_not_a_number"),
        ("1 000", "amount_not_a_number"),
        ("10.", "amount_not_a_number"),
        (".50", "amount_not_a_number"),
        ("1.2.3", "amount_not_a_number"),
        ("+5", "amount_not_a_number"),
        ("--5", "amount_not_a_number"),
        ("−5", "amount_not_a_number"),
        ("$5", "amount_not_a_number"),
        ("ten", "amount_not_a_number"),
        ("0x10", "amount_not_a_number"),
        ("NaN", "amount_not_a_number"),
        ("inf", "amount_not_a_number"),
        ("Infinity", "amount_not_a_number"),
        ("١٠", "amount_not_a_number"),
        ("１０", "amount_not_a_number"),
        ("1٠", "amount_not_a_number"),
        ("²", "amount_not_a_number"),
        ("½", "amount_not_a_number"),
        ("10\n20", "amount_not_a_number"),
        ("10\x00", "amount_not_a_number"),
    ],
)
def test_whatever_else_is_refused_with_a_sentence(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_amount(text, 2)
    assert (refused.value.code, refused.value.field) == (code, "amount")
    assert refused.value.message.endswith(".")
    assert len(refused.value.message) < 160


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("10", "JPY", 10), ("10", "KWD", 10_000), ("10.005", "KWD", 10_005), ("1.0001", "CLF", 10_001)],
)
def test_the_currency_says_how_many_decimals_there_are(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, CURRENCY_DIGITS[currency]) == minor


@pytest.mark.parametrize(
    ("text", "currency", "sentence"),
    [
        ("10.0", "JPY", "The currency has no decimals; write a whole number."),
        ("10.0005", "KWD", "The currency has 3 decimals; the amount has more."),
        ("10.005", "USD", "The currency has 2 decimals; the amount has more."),
    ],
)
def test_more_decimals_than_the_currency_has_are_refused(text: str, currency: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        parse_amount(text, CURRENCY_DIGITS[currency])


def test_a_price_may_be_nothing() -> None:
    assert parse_amount("0.00", 2, "price", zero_allowed=True) == 0
    with pytest.raises(Refused) as refused:
        parse_amount("", 2, "price", zero_allowed=True)
    assert refused.value.field == "price"


@given(minor=st.integers(1, LARGEST_AMOUNT_MINOR), digits=st.integers(0, 4))
def test_what_is_written_reads_back_the_same(minor: int, digits: int) -> None:
    text = decimal_string(minor, digits)
    assert parse_amount(text, digits) == minor
    assert len(text.partition(".")[2]) == digits


@given(text=st.text(max_size=30), digits=st.integers(0, 4))
def test_any_text_is_an_amount_or_refused(text: str, digits: int) -> None:
    with contextlib.suppress(Refused):
        assert 0 < parse_amount(text, digits) <= LARGEST_AMOUNT_MINOR


@pytest.mark.parametrize(
    ("minor", "digits", "text"),
    [
        (1000, 2, "10.00"),
        (5, 2, "0.05"),
        (-1000, 2, "-10.00"),
        (0, 2, "0.00"),
        (7, 0, "7"),
        (10**17, 4, "10000000000000.0000"),
    ],
)
def test_programs_read_exactly_the_decimals_of_the_currency(minor: int, digits: int, text: str) -> None:
    assert decimal_string(minor, digits) == text


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (100_000, "USD", "en", "$1,000.00"),
        (-100_000, "USD", "en", "-$1,000.00"),
        (1000, "JPY", "en", "¥1,000"),
        (10_005, "KWD", "en", "KWD 10.005"),
        (-10_005, "KWD", "en", "-KWD 10.005"),
        (100_050, "EUR", "de", "1.000,50 €"),
        (1000, "JPY", "de", "1.000 ¥"),
        (10_005, "KWD", "de", "10,005 KWD"),
        (123_456_789, "USD", "en-US", "$1,234,567.89"),
    ],
)
def test_people_read_an_amount_in_their_language(minor: int, currency: str, language: str, text: str) -> None:
    written = format_money(minor, currency, CURRENCY_DIGITS[currency], language)
    assert written.replace("\xa0", " ") == text
