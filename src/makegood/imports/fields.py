"""The fields of customers and orders that a map can fill: a closed list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from makegood.customers.models import Customer
from makegood.imports import rules
from makegood.imports.rules import NO_DATE, Parser
from makegood.orders.models import Order

UNSET = "\x02"
"""Staged as null: the map does not say, so a known record keeps its value and a new one gets the default."""


@dataclass(frozen=True)
class Notation:
    """How values are written: in the cells of a file, or in the map itself."""

    currency_digits: int
    service_gl_codes: Mapping[str, int]
    decimal_sign: str = "."
    date_pattern: str = "yyyy-mm-dd"


@dataclass(frozen=True)
class Field:
    """One field that a map can fill.

    default: what an empty cell gives where the map calls the field optional or its condition does not hold.
    repeats: cells with this field tend to say the same again and again, so what they give is worth remembering.
    """

    name: str
    make_parser: Callable[[Notation], Parser]
    required: bool = False
    default: str = ""
    repeats: bool = False
    is_date: bool = False


def _text(name: str, limit: int, *, required: bool = False, repeats: bool = False) -> Field:
    parser = rules.text(limit, required=required)
    return Field(name, lambda notation: parser, required=required, repeats=repeats)


def _fixed(name: str, parser: Parser, default: str, *, repeats: bool = True) -> Field:
    return Field(name, lambda notation: parser, default=default, repeats=repeats)


def _choice(name: str, values: list[str], default: str) -> Field:
    parser = rules.choice({value: value for value in values}, what="one of the known words")
    return _fixed(name, parser, default)


def _date(name: str, *, required: bool = False) -> Field:
    return Field(
        name,
        lambda notation: rules.day(notation.date_pattern, required=required),
        required=required,
        default=NO_DATE,
        repeats=True,
        is_date=True,
    )


def _gl_code_parser(notation: Notation) -> Parser:
    codes = {code: str(id_) for code, id_ in notation.service_gl_codes.items()}
    return rules.choice(codes, what="an active GL code of type service")


CUSTOMER_FIELDS: tuple[Field, ...] = (
    _text("number", 40, required=True),
    _text("name", 200, required=True),
    _fixed("email", rules.email, "", repeats=False),
    _text("phone", 40),
    _text("street", 200),
    _text("postal_code", 20, repeats=True),
    _text("city", 100, repeats=True),
    _text("region", 100, repeats=True),
    _text("country", 100, repeats=True),
    _choice("customer_type", list(Customer.Type.values), Customer.Type.RESIDENTIAL),
    _fixed("language", rules.language, "en"),
    _choice("status", list(Customer.Status.values), Customer.Status.ACTIVE),
    _date("closed_on"),
    _fixed("billing_enabled", rules.yes_no, "t"),
    _fixed("autopay", rules.yes_no, "f"),
    _fixed("email_opt_out", rules.yes_no, "f"),
)

ORDER_FIELDS: tuple[Field, ...] = (
    _text("number", 40, required=True),
    _text("service", 100, required=True, repeats=True),
    Field("gl_code", _gl_code_parser, default=UNSET, repeats=True),
    _text("street", 200),
    _text("postal_code", 20, repeats=True),
    _text("area", 100, repeats=True),
    _choice("status", list(Order.Status.values), Order.Status.ACTIVE),
    Field(
        "price",
        lambda notation: rules.price(notation.currency_digits, notation.decimal_sign),
        required=True,
        repeats=True,
    ),
    _date("from_date", required=True),
    _date("to_date"),
)


def make_date_parser(field: Field, last: date) -> Parser:
    """The parser of a date field whose cells hold a number of months before `last`."""
    return rules.months_before(last, required=field.required)
