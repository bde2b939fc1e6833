"""How amounts and dates stand in an e-mail, and which language counts."""

from datetime import date

import pytest

from makegood.emails.values import Money, choose_locale, find_locale, list_languages, write_out

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("language", "looked_for"),
    [
        ("pt-BR", ["pt-BR", "pt"]),
        ("PT_br", ["pt-BR", "pt"]),
        ("de", ["de"]),
        ("zh-hant-tw", ["zh-Hant-TW", "zh-Hant", "zh"]),
        ("", []),
        ("--", []),
    ],
)
def test_a_language_falls_back_to_what_it_is_a_kind_of(language: str, looked_for: list[str]) -> None:
    assert list_languages(language) == looked_for


@pytest.mark.parametrize(("language", "known"), [("de-AT", "de-AT"), ("de-XX", "de"), ("xx", None), ("%%-{{}}", None)])
def test_a_language_that_nobody_can_write_is_no_language(language: str, known: str | None) -> None:
    assert find_locale(language) == known


@pytest.mark.parametrize(
    ("customer", "text", "amount", "day"),
    [
        ("en", "en", "€1,234.50", "November 22, 2026"),
        ("de", "de", "1.234,50\xa0€", "22. November 2026"),
        ("de", "en", "€1,234.50", "November 22, 2026"),
        ("pt-BR", "pt", "€\xa01.234,50", "22 de novembro de 2026"),
        ("nonsense", "de", "1.234,50\xa0€", "22. November 2026"),
        ("", "en", "€1,234.50", "November 22, 2026"),
    ],
)
def test_amounts_and_dates_are_those_of_the_texts_language(customer: str, text: str, amount: str, day: str) -> None:
    locale = choose_locale(customer, text)
    assert write_out([{"a": Money(123450, "EUR", 2), "d": DAY, "n": None, "b": True}], locale) == [
        {"a": amount, "d": day, "n": "", "b": True}
    ]


def test_a_currency_without_decimals_has_none() -> None:
    assert write_out(Money(1234, "JPY", 0), choose_locale("en", "en")) == "¥1,234"
