"""What a cell may say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.imports import rules
from makegood.imports.rules import NO_DATE, BadValue, Parser


def reason(parse: Parser, cell: str) -> str:
    with pytest.raises(BadValue) as bad:
        parse(cell)
    return bad.value.reason


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("  Anna ", "Anna"),
        ("Anna\r\nBerg", "Anna Berg"),
        ("a\tb", "a b"),
        ("Zoë Núñez", "Zoë Núñez"),
        ("前川", "前川"),
        ("x\u00a0y", "x\u00a0y"),
        ("", ""),
    ],
)
def test_text_loses_the_space_around_it_and_line_breaks_inside(cell: str, becomes: str) -> None:
    assert rules.text(20)(cell) == becomes


def test_text_that_no_person_typed_is_bad() -> None:
    assert "U+0000" in reason(rules.text(20), "a\0b")
    assert "U+0007" in reason(rules.text(20), "ring\a")
    assert "not of the file's encoding" in reason(rules.text(20), "caf\udce9")


def test_text_has_a_limit_and_may_be_needed() -> None:
    assert rules.text(3)("abc") == "abc"
    assert "4 characters" in reason(rules.text(3), "abcd")
    assert reason(rules.text(3, required=True), "  ") == "is empty"


@pytest.mark.parametrize("cell", ["", "a@example.org", "a.b+c@mail.example.org", "customer-3668-QPYBK@example.net"])
def test_an_email_address(cell: str) -> None:
    assert rules.email(cell) == cell


@pytest.mark.parametrize(
    "cell",
    ["a", "a@b", "a b@example.org", "a@@example.org", "a@example..org", ".a@example.org", "a@b.org,b@c.de"],
)
def test_no_email_address(cell: str) -> None:
    assert reason(rules.email, cell) == "is not an e-mail address"


@pytest.mark.parametrize(
    ("cell", "sign", "minor"),
    [("10", ".", "1000"), ("70.7", ".", "7070"), ("0", ".", "0"), ("0.00", ".", "0"), ("53,85", ",", "5385")],
)
def test_a_price_may_be_zero_and_may_have_a_decimal_comma(cell: str, sign: str, minor: str) -> None:
    assert rules.price(2, sign)(cell) == minor


@pytest.mark.parametrize(
    ("cell", "sign", "says"),
    [
        ("", ".", "is empty"),
        ("-1", ".", "negative"),
        ("1e3", ".", "is not an amount"),
        ("1,50", ".", "after a point"),
        ("1.50", ",", "after a comma"),
        ("1.234,50", ",", "after a comma"),
        ("1,234.50", ".", "is not an amount"),
        ("10.005", ".", "more decimals than the currency"),
        ("9" * 30, ".", "larger than any price"),
        ("١٠", ".", "is not an amount"),
        ("$10", ".", "is not an amount"),
    ],
)
def test_no_price(cell: str, sign: str, says: str) -> None:
    assert says in reason(rules.price(2, sign), cell)


@pytest.mark.parametrize(
    ("pattern", "cell"),
    [
        ("yyyy-mm-dd", "2024-02-29"),
        ("dd.mm.yyyy", "29.02.2024"),
        ("mm/dd/yyyy", "02/29/2024"),
        ("yyyymmdd", "20240229"),
    ],
)
def test_a_date_in_the_files_way_of_writing(pattern: str, cell: str) -> None:
    assert rules.day(pattern)(cell) == "2024-02-29"


@pytest.mark.parametrize("cell", ["2023-02-29", "2024-2-9", "29.02.2024", "2024-02-29 10:00", "today", "٢٠٢٤-02-29"])
def test_no_date(cell: str) -> None:
    assert reason(rules.day("yyyy-mm-dd"), cell) == "is not a date written yyyy-mm-dd"


def test_a_date_may_be_absent_but_not_absurd() -> None:
    assert rules.day("yyyy-mm-dd")(" ") == NO_DATE
    assert reason(rules.day("yyyy-mm-dd", required=True), "") == "is empty"
    assert reason(rules.day("yyyy-mm-dd"), "0001-01-01") == "is not between 1900 and 2999"


@pytest.mark.parametrize(
    ("last", "cell", "first"),
    [
        (date(2024, 1, 1), "0", "2024-01-01"),
        (date(2024, 1, 1), "2", "2023-11-01"),
        (date(2024, 1, 1), "72", "2018-01-01"),
        (date(2024, 3, 31), "1", "2024-02-29"),
        (date(2023, 12, 31), "10", "2023-02-28"),
    ],
)
def test_months_before_a_day(last: date, cell: str, first: str) -> None:
    assert rules.months_before(last)(cell) == first


@pytest.mark.parametrize("cell", ["-1", "1.5", "ten", "1201", "99999999999", "²"])
def test_no_number_of_months(cell: str) -> None:
    assert "is not a number of months" in reason(rules.months_before(date(2024, 1, 1)), cell)


def test_yes_and_no_as_programs_write_them() -> None:
    assert [rules.yes_no(cell) for cell in ("Yes", "TRUE", "1", "no", "False", "0")] == ["t"] * 3 + ["f"] * 3
    assert "is not yes or no" in reason(rules.yes_no, "maybe")


def test_a_shown_value_is_short_and_printable() -> None:
    assert rules.shown("a\0b\udcff\u2028") == r"a\x00b\xff\u2028"
    assert len(rules.shown("x" * 1_000_000)) == 61


@given(st.text())
def test_whatever_is_taken_can_be_staged(cell: str) -> None:
    for parse in (rules.text(200), rules.email, rules.language, rules.price(2, "."), rules.day("yyyy-mm-dd")):
        try:
            staged = parse(cell)
        except BadValue:
            continue
        assert not set(staged) & set("\t\n\r\0\x01\x02")
        staged.encode()


@given(st.text())
def test_whatever_is_shown_can_be_printed(value: str) -> None:
    assert rules.shown(value).isprintable()
