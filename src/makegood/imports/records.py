"""Customers and orders as a program makes them, for `save_records`."""

from dataclasses import dataclass
from datetime import date

from makegood.imports.fields import CUSTOMER_FIELDS, ORDER_FIELDS, UNSET, Field, Notation
from makegood.imports.rows import DELIMITER, NO_ORDER


@dataclass(frozen=True)
class OrderRecord:
    """An order; the price in minor units per month. The service must be known, or is added with this price."""

    number: str
    service: str
    area: str
    price_minor: int
    from_date: date
    status: str = "active"
    to_date: date | None = None
    street: str = ""
    postal_code: str = ""


@dataclass(frozen=True)
class CustomerRecord:
    """A customer with all its orders."""

    number: str
    name: str
    email: str = ""
    phone: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    customer_type: str = "residential"
    language: str = "en"
    status: str = "active"
    closed_on: date | None = None
    billing_enabled: bool = True
    autopay: bool = False
    email_opt_out: bool = False
    orders: tuple[OrderRecord, ...] = ()


_NOTATION = Notation(currency_digits=0, service_gl_codes={})
_CUSTOMER = [(field, field.make_parser(_NOTATION)) for field in CUSTOMER_FIELDS]
_ORDER = [(field, field.make_parser(_NOTATION)) for field in ORDER_FIELDS if field.name != "gl_code"]


def stage_record(line: int, customer: CustomerRecord) -> str:
    """The staged lines of a customer and its orders. Raises BadValue for a value that a field cannot take."""
    told = DELIMITER.join(parse(_written(getattr(customer, field.name))) for field, parse in _CUSTOMER)
    staged = [
        f"{line}\t{number}\t{'t' if number == 1 else 'f'}\t{told}\t{_stage_order(order)}\n"
        for number, order in enumerate(customer.orders, 1)
    ]
    return "".join(staged) or f"{line}\t0\tt\t{told}\t{NO_ORDER}\n"


def _stage_order(order: OrderRecord) -> str:
    values = {field.name: parse(_written(_value(order, field))) for field, parse in _ORDER}
    return DELIMITER.join(values.get(field.name, UNSET) for field in ORDER_FIELDS)


def _value(order: OrderRecord, field: Field) -> object:
    return order.price_minor if field.name == "price" else getattr(order, field.name)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
