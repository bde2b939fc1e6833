"""What the invented customers pay with: the same customer always with the same."""

from makegood.demo.cards import outcome_of
from makegood.gateways.sandbox.outcomes import OUTCOME_OF


def test_most_pay_without_trouble_and_some_do_not() -> None:
    numbers = [str(100_001 + n) for n in range(1_200)]
    outcomes = [outcome_of(number) for number in numbers]
    assert outcomes == [outcome_of(number) for number in numbers]
    assert outcomes.count("card_succeeds") > 800
    assert {"card_declined", "card_stolen", "ach_succeeds", ""} <= set(outcomes) <= {*OUTCOME_OF, ""}
