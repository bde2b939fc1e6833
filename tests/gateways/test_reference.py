"""The reference of gateways says what the code does."""

from makegood.gateways.sandbox.outcomes import OUTCOMES
from makegood.gateways.stripe.amounts import digits_at_stripe
from makegood.kit.currencies import CURRENCY_DIGITS
from tests.support.layers import ROOT

TEXT = (ROOT / "docs/reference/gateways.md").read_text()


def test_every_test_method_has_its_line() -> None:
    lines = [line for line in TEXT.splitlines() if line.startswith(("| `card_", "| `ach_", "| `sepa_"))]
    assert lines == [f"| `{outcome.code}` | {outcome.title} | {outcome.says} |" for outcome in OUTCOMES]
    assert f"sandbox with {len(OUTCOMES)} test methods" in (ROOT / "CHANGELOG.md").read_text()


def test_every_currency_that_stripe_writes_in_its_own_way_is_named() -> None:
    own = [code for code in CURRENCY_DIGITS if digits_at_stripe(code) != 2 or CURRENCY_DIGITS[code] == 0]
    assert [code for code in own if code not in TEXT and code != "UYI"] == []
