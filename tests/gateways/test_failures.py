"""The words of processors, said so that staff understand them."""

import pytest

from makegood.gateways.failures import say_dispute, say_failure


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("debit_not_authorized", "The account's owner says that the debit was not allowed."),
        ("fraudulent", "The customer says that somebody else charged it."),
        ("a_word_of_tomorrow", "A word of tomorrow."),
        ("", "The bank does not say why."),
    ],
)
def test_why_a_bank_takes_back(reason: str, said: str) -> None:
    assert say_dispute(reason) == said


def test_why_nothing_was_charged() -> None:
    assert say_failure("stolen_card", "Your card was stolen.") == "The card was reported stolen."
    assert say_failure("a_word_of_tomorrow", "No.") == "No."
    assert say_failure("a_word_of_tomorrow") == "The processor did not carry it out and does not say why."
