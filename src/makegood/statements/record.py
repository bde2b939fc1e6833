"""A statement for programs and spreadsheets: one object, or rows of a file. Amounts are decimal strings."""

from collections.abc import Iterator
from typing import Any

from makegood.customers.models import Customer
from makegood.kit.money import decimal_string
from makegood.kit.spreadsheet import guard_text
from makegood.providers.models import Provider
from makegood.statements.statement import Balance, Row, Statement
from makegood.statements.words import say_row


def describe_statement(customer: Customer, statement: Statement) -> dict[str, Any]:
    """The statement as one JSON object. balance: what is owed less Available Funds."""
    provider = customer.provider
    return {
        "customer": customer.number,
        "name": customer.name,
        "from": statement.from_on.isoformat(),
        "to": statement.upto_on.isoformat(),
        "currency": provider.currency,
        "opening": _describe_balance(provider, statement.opening),
        "invoices": _decimal(provider, statement.billed_minor),
        "payments": _decimal(provider, statement.paid_minor),
        "credits": _decimal(provider, statement.credited_minor),
        "rows": [_describe_row(provider, row) for row in statement.rows],
        "closing": _describe_balance(provider, statement.closing),
    }


def head_of_file(customer: Customer) -> list[str]:
    """The columns of the file; the currency stands in the head, once."""
    currency = customer.provider.currency
    return [
        "Date", "Concerns", "What", "About", "Invoice", "Credit", "Run", "Payment", "By",
        f"Owed changes by ({currency})", f"Available Funds change by ({currency})",
        f"Owed ({currency})", f"Available Funds ({currency})", f"Balance ({currency})",
    ]  # fmt: skip


def list_rows_of_file(customer: Customer, statement: Statement) -> Iterator[list[str]]:
    """The rows of the file: the opening balance, what happened, the closing balance."""
    provider = customer.provider
    opening, closing = statement.from_on.isoformat(), statement.upto_on.isoformat()
    yield [opening, "", "Opening balance", *[""] * 8, *_balance_cells(provider, statement.opening)]
    for row in statement.rows:
        yield [
            row.booked_on.isoformat(),
            row.effective_on.isoformat() if row.effective_on else "",
            row.what.words,
            guard_text(say_row(row, provider)),
            *("" if key is None else str(key) for key in _keys(row)),
            guard_text(row.staff),
            _decimal(provider, row.owed_minor),
            _decimal(provider, row.funds_minor),
            *_balance_cells(provider, row.after),
        ]
    yield [closing, "", "Closing balance", *[""] * 8, *_balance_cells(provider, statement.closing)]


def _keys(row: Row) -> tuple[int | None, int | None, int | None, int | None]:
    """What the row names: invoice by its number, credit, run, payment."""
    number = row.invoice_number or (row.shares[0].number if len(row.shares) == 1 else None)
    return number, row.credit_id, row.run_id, row.payment_id


def _describe_row(provider: Provider, row: Row) -> dict[str, Any]:
    number, credit, run, payment = _keys(row)
    return {
        "date": row.booked_on.isoformat(),
        "concerns": row.effective_on.isoformat() if row.effective_on else None,
        "what": row.what.value,
        "about": say_row(row, provider),
        "invoice": number,
        "credit": credit,
        "run": run,
        "payment": payment,
        "invoices_paid": [
            {"invoice": share.number, "amount": _decimal(provider, share.amount_minor)} for share in row.shares
        ],
        "by": row.staff or None,
        "owed_change": _decimal(provider, row.owed_minor),
        "available_funds_change": _decimal(provider, row.funds_minor),
        **_describe_balance(provider, row.after),
        "why": row.why or None,
    }


def _describe_balance(provider: Provider, balance: Balance) -> dict[str, str]:
    names = ("owed", "available_funds", "balance")
    return dict(zip(names, _balance_cells(provider, balance), strict=True))


def _balance_cells(provider: Provider, balance: Balance) -> list[str]:
    return [_decimal(provider, each) for each in (balance.owed_minor, balance.funds_minor, balance.balance_minor)]


def _decimal(provider: Provider, minor: int) -> str:
    return decimal_string(minor, provider.currency_digits)
