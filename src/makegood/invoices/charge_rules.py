"""What a charge can say. Pure: no database."""

from decimal import Decimal, InvalidOperation

from makegood.kit.lines import clean_line
from makegood.kit.refusal import Refused

LONGEST_DESCRIPTION = 500
DECIMALS_OF_TAX_RATE = 3


def clean_charge_description(text: str) -> str:
    """The description on one line. Refused if there is none, if it is too long or cannot be stored."""
    text = clean_line(text, longest=LONGEST_DESCRIPTION, name="description")
    if not text:
        raise Refused(
            "description_missing", "A description is needed: customers read it on the invoice.", "description"
        )
    return text


def parse_tax_rate(text: str) -> Decimal:
    """A tax rate in percent, written with a point, such as ``8.25``. Refused if it is none."""
    try:
        rate = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation:
        raise _no_tax_rate() from None
    return require_tax_rate(rate)


def require_tax_rate(rate: Decimal) -> Decimal:
    """The tax rate with its decimals, in percent. Refused unless it is from 0 to 100 with at most three decimals."""
    if not rate.is_finite() or not 0 <= rate <= 100:
        raise _no_tax_rate()
    rounded = round(rate, DECIMALS_OF_TAX_RATE)
    if rounded != rate:
        raise _no_tax_rate()
    return rounded


def shown_rate(rate: Decimal) -> str:
    """A tax rate without needless zeros: ``8.25``, ``20``."""
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _no_tax_rate() -> Refused:
    return Refused(
        "tax_rate_malformed", "The tax rate is a percentage from 0 to 100 with at most three decimals.", "tax_rate"
    )
