"""References of payment methods, and how long a card can be used."""

from datetime import date

import pytest

from makegood.kit.refusal import Refused
from makegood.payments.method_rules import Expiry, clean_brand, clean_last_four, clean_reference, expiry_of

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("reference", ["pm_1Abc", "card_succeeds", "src-9", "ba_1:2", "  pm_1Abc\n"])
def test_what_a_processor_calls_a_payment_method_is_taken(reference: str) -> None:
    assert clean_reference(reference) == reference.strip()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "reference_missing"),
        ("   ", "reference_missing"),
        ("4242 4242 4242 4242", "account_number"),
        ("pm_4242424242424242", "account_number"),
        ("12345678", "account_number"),
        ("021000021 / 1234567", "account_number"),
        ("DE89370400440532013000", "account_number"),
        ("pm 1Abc", "reference_malformed"),
        ("pm_1Abc;drop", "reference_malformed"),
        ("pm_\x00", "reference_malformed"),
        ("_pm", "reference_malformed"),
        ("p" * 256, "reference_malformed"),
    ],
)
def test_what_is_none_is_refused_and_not_repeated(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        clean_reference(typed)
    assert (refused.value.code, refused.value.field) == (code, "reference")
    assert len(typed.strip()) < 4 or typed.strip() not in refused.value.message


@pytest.mark.parametrize(
    ("expires_on", "expiry"),
    [
        (None, Expiry.FINE),
        (date(2026, 11, 22), Expiry.EXPIRED),
        (date(2026, 11, 23), Expiry.SOON),
        (date(2027, 1, 7), Expiry.SOON),
        (date(2027, 1, 8), Expiry.FINE),
    ],
)
def test_a_card_can_be_used_up_to_its_last_day(expires_on: date | None, expiry: Expiry) -> None:
    assert expiry_of(expires_on, TODAY) == expiry


def test_of_a_number_only_the_last_four_are_taken_and_a_brand_has_none() -> None:
    assert clean_last_four("4242") == "4242"
    for odd in ("", "42424242", "42 2", "٤٢٤٢"):
        with pytest.raises(Refused, match="last four"):
            clean_last_four(odd)
    assert clean_brand("  Visa\n Debit 4242424242424242 ") == "Visa Debit"
    assert len(clean_brand("x" * 80)) == 40
