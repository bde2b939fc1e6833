"""The journal's side of funds that end: from Available Funds back to the GL codes of their credits."""

from collections.abc import Sequence

from makegood.kit.sql import Row
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_funds_gl_code_id


def lines_back_to_gl_codes(provider_id: int, by_gl_code: Sequence[Row]) -> list[Line]:
    """The lines of one journal entry.

    by_gl_code: ``gl_code_id`` and ``amount_minor`` in minor units, each code once.
    """
    amounts = {row["gl_code_id"]: int(row["amount_minor"]) for row in by_gl_code}
    return [
        Line(get_funds_gl_code_id(provider_id), debit_minor=sum(amounts.values())),
        *[Line(gl_code_id, credit_minor=amount) for gl_code_id, amount in amounts.items()],
    ]
