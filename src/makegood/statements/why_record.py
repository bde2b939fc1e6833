"""Why an invoice is what it is, for programs. Amounts are decimal strings."""

from typing import Any

from makegood.kit.money import decimal_string, format_money
from makegood.providers.models import Provider
from makegood.statements.why import Why, say_why
from makegood.statements.why_words import say_reason


def describe_why(why: Why, provider: Provider) -> dict[str, Any]:
    """The explanation as one JSON object: reasons, smaller changes and tax add up to the difference."""

    def decimal(minor: int) -> str:
        return decimal_string(minor, provider.currency_digits)

    def money(minor: int) -> str:
        return format_money(minor, provider.currency, provider.currency_digits)

    return {
        "invoice": why.bill.number,
        "total": decimal(why.bill.total_minor),
        "currency": provider.currency,
        "compared_with": why.before.number if why.before else None,
        "difference": decimal(why.difference_minor),
        "reasons": [
            {"reason": reason.because.value, "amount": decimal(reason.amount_minor), "words": say_reason(reason, money)}
            for reason in why.reasons
        ],
        "smaller": {"count": why.smaller, "amount": decimal(why.smaller_minor)},
        "tax": decimal(why.tax_minor),
        "available_funds_used": decimal(why.bill.used_minor),
        "sentence": say_why(why, money),
    }
