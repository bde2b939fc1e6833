"""What the rows of a statement are called where nothing can be clicked: documents, files, the command line."""

from datetime import date

from babel.dates import format_date

from makegood.kit.money import format_money
from makegood.payments.rules import Method
from makegood.providers.models import Provider
from makegood.statements.statement import OF_PAYMENTS, Row, What


def say_row(row: Row, provider: Provider) -> str:
    """What the row is about: ``Invoice 12, Nov 1, 2026 to Nov 30, 2026``, or which credit paid which invoice."""
    credit = row.credit_name
    sentences = {
        What.INVOICED: f"Invoice {row.invoice_number}, {say_days(row.period_from, row.period_to)}",
        What.VOIDED: f"Invoice {row.invoice_number}",
        What.WRITTEN_OFF: f"Invoice {row.invoice_number}",
        What.FROM_INVOICE: f"Invoice {row.invoice_number}",
        What.USED: f"Invoice {row.invoice_number}, with {credit}" if row.invoice_number else credit,
        What.RETURNED: f"Invoice {row.invoice_number}, back to {credit}" if row.invoice_number else credit,
    }
    if row.what in OF_PAYMENTS:
        return _say_payment(row, provider)
    return sentences.get(row.what, credit)


def say_days(first: date | None, last: date | None) -> str:
    """``Nov 1, 2026 to Nov 30, 2026``; nothing for none."""
    if first is None or last is None:
        return ""
    return say_day(first) if first == last else f"{say_day(first)} to {say_day(last)}"


def say_day(on: date) -> str:
    """``Nov 1, 2026``."""
    return format_date(on, "MMM d, y", locale="en")


def name_method(method: str) -> str:
    """How money came, in words."""
    return Method(method).label if method in Method.values else method.replace("_", " ").capitalize()


def _say_payment(row: Row, provider: Provider) -> str:
    parts = [part for part in (name_method(row.payment_method), row.payment_reference) if part]
    is_split = len(row.shares) > 1 or row.funds_minor
    for share in row.shares:
        part = f" {_money(share.amount_minor, provider)}" if is_split else ""
        parts.append(f"Invoice {share.number}{part}")
    if row.funds_minor:
        parts.append(f"Available Funds {_money(abs(row.funds_minor), provider)}")
    return ", ".join(parts)


def _money(minor: int, provider: Provider) -> str:
    return format_money(minor, provider.currency, provider.currency_digits)
