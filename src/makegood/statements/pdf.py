"""A statement as a PDF for the customer, made when it is asked for. It does not say which of the staff did what."""

from makegood.customers.models import Customer
from makegood.kit.money import format_money
from makegood.kit.typeset import load_template, typeset
from makegood.statements.statement import Balance, Row, Statement
from makegood.statements.words import say_day, say_days, say_row


def make_statement_pdf(customer: Customer, statement: Statement) -> bytes:
    """The statement in English; the customer comes with the provider. No query."""
    data = {
        "title": "Account statement",
        "provider": customer.provider.name,
        "address": _address(customer),
        "facts": [
            ("Customer", customer.number),
            ("Period", say_days(statement.from_on, statement.upto_on)),
            ("Currency", customer.provider.currency),
        ],
        "rows": [
            _balance_row(customer, "Opening balance", statement.opening),
            *[_row(customer, row) for row in statement.rows],
        ],
        "sums": _sums(customer, statement),
        "sentence": _say_closing(customer, statement),
    }
    return typeset(load_template(__package__, "statement"), data)


def _address(customer: Customer) -> list[str]:
    place = f"{customer.postal_code} {customer.city}".strip()
    return [part for part in (customer.name, customer.street, place, customer.region, customer.country) if part]


def _row(customer: Customer, row: Row) -> dict[str, str]:
    concerns = f" (concerns {say_day(row.effective_on)})" if row.effective_on else ""
    return {
        "date": say_day(row.booked_on),
        "what": row.what.words,
        "about": say_row(row, customer.provider) + concerns,
        "change": _signed(customer, row.change_minor) if row.change_minor else _money(customer, row.moved_minor),
        "moved": "" if row.change_minor else "moved",
        **_balance(customer, row.after),
    }


def _balance_row(customer: Customer, words: str, balance: Balance) -> dict[str, str]:
    return {"date": "", "what": words, "about": "", "change": "", "moved": "", **_balance(customer, balance)}


def _balance(customer: Customer, balance: Balance) -> dict[str, str]:
    return {
        "owed": _money(customer, balance.owed_minor),
        "funds": _money(customer, balance.funds_minor),
        "balance": _money(customer, balance.balance_minor),
    }


def _sums(customer: Customer, statement: Statement) -> list[tuple[str, str, bool]]:
    changes = [
        ("Invoices", statement.billed_minor),
        ("Payments", statement.paid_minor),
        ("Credits", statement.credited_minor),
    ]
    return [
        ("Opening balance", _money(customer, statement.opening.balance_minor), False),
        *[(words, _signed(customer, minor), False) for words, minor in changes if minor],
        ("Closing balance", _money(customer, statement.closing.balance_minor), True),
    ]


def _say_closing(customer: Customer, statement: Statement) -> str:
    closing = statement.closing
    day, owed, funds = say_day(statement.upto_on), closing.owed_minor, closing.funds_minor
    said = f"At the end of {day}, {_money(customer, owed) if owed else 'nothing'} is owed."
    return f"{said} Available Funds of {_money(customer, funds)} pay invoices by themselves." if funds else said


def _signed(customer: Customer, minor: int) -> str:
    return ("+" if minor > 0 else "") + _money(customer, minor)


def _money(customer: Customer, minor: int) -> str:
    return format_money(minor, customer.provider.currency, customer.provider.currency_digits)
