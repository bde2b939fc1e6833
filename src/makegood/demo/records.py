"""The invented customers and orders, the same each time. Pure: no database, no clock."""

import random
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from makegood.demo.names import AREAS, FAMILY_NAMES, GIVEN_NAMES, STREETS, TRADES
from makegood.imports.records import CustomerRecord, OrderRecord

CUSTOMERS = 1_200
DAY = date(2026, 1, 15)
"""The day on which the invented provider was drawn up; nothing in it depends on today."""

# Name, monthly price in minor units, GL code, tax rate in percent.
SERVICES = (
    ("Fiber 300", 4_500, "4000", "0"),
    ("Fiber 1000", 6_500, "4000", "0"),
    ("Fiber 2000", 9_500, "4000", "0"),
    ("Business Fiber", 14_900, "4000", "0"),
    ("Home Phone", 1_500, "4010", "7.25"),
    ("Television", 2_900, "4020", "9.375"),
)
_PRICES = {name: price for name, price, *_ in SERVICES}


def make_customers() -> Iterator[CustomerRecord]:
    """All customers with their orders."""
    chance = random.Random(20_260_115)
    for position in range(CUSTOMERS):
        yield _make_customer(chance, position)


def _make_customer(chance: random.Random, position: int) -> CustomerRecord:
    number = f"{100_001 + position}"
    is_business, is_closed = chance.random() < 0.10, chance.random() < 0.08
    person = f"{chance.choice(GIVEN_NAMES)} {chance.choice(FAMILY_NAMES)}"
    area, postal_code, _ = chance.choices(AREAS, weights=[weight for *_, weight in AREAS])[0]
    street = f"{chance.randint(1, 980)} {chance.choice(STREETS)}"
    closed_on = DAY - timedelta(days=chance.randint(5, 500)) if is_closed else None
    orders = [
        _make_order(chance, f"{number}-{nth}", nth, is_business, closed_on, (area, postal_code, street))
        for nth in range(1, 1 + chance.choices((0, 1, 2, 3), weights=(6, 68, 20, 6))[0])
    ]
    return CustomerRecord(
        number=number,
        name=f"{person.split()[-1]} {chance.choice(TRADES)}" if is_business else person,
        email="" if chance.random() < 0.07 else f"{_plain(person)}.{number}@mail.example",
        phone=f"(555) 01{position // 100:02d}-{position % 100:02d}{chance.randint(10, 99)}",
        street=street,
        postal_code=postal_code,
        city=area,
        region="California",
        country="United States",
        customer_type="business" if is_business else "residential",
        language="es" if chance.random() < 0.15 else "en",
        status="closed" if is_closed else "active",
        closed_on=closed_on,
        billing_enabled=chance.random() >= 0.03,
        autopay=chance.random() < 0.45,
        email_opt_out=chance.random() < 0.04,
        orders=tuple(orders),
    )


def _make_order(
    chance: random.Random,
    number: str,
    nth: int,
    is_business: bool,
    closed_on: date | None,
    home: tuple[str, str, str],
) -> OrderRecord:
    area, postal_code, street = home
    if nth > 1 and chance.random() < 0.25:
        # A second place: a shop, a holiday home, a parent's flat.
        area, postal_code, _ = chance.choice(AREAS)
        street = f"{chance.randint(1, 980)} {chance.choice(STREETS)}"
    status, from_date, to_date = _make_life(chance, closed_on)
    service = _choose_service(chance, nth, is_business)
    return OrderRecord(
        number=number,
        service=service,
        area=area,
        street=street,
        postal_code=postal_code,
        # Some still pay what the service cost when they came.
        price_minor=_PRICES[service] - (500 if chance.random() < 0.2 else 0),
        from_date=from_date,
        status=status,
        to_date=to_date,
    )


def _make_life(chance: random.Random, closed_on: date | None) -> tuple[str, date, date | None]:
    last = (closed_on or DAY) - timedelta(days=3)
    from_date = last - timedelta(days=chance.randint(0, 2_200))
    if closed_on:
        return "terminated", from_date, closed_on
    status = chance.choices(("active", "suspended", "terminated", "pending"), weights=(88, 4, 5, 3))[0]
    if status == "pending":
        return status, DAY + timedelta(days=chance.randint(3, 40)), None
    if status == "terminated":
        return status, from_date, from_date + (last - from_date) // 2
    return status, from_date, None


def _choose_service(chance: random.Random, nth: int, is_business: bool) -> str:
    if nth > 1:
        return chance.choice(("Home Phone", "Television", "Fiber 300"))
    if is_business:
        return chance.choice(("Business Fiber", "Fiber 2000"))
    return chance.choices(("Fiber 300", "Fiber 1000", "Fiber 2000"), weights=(50, 38, 12))[0]


def _plain(name: str) -> str:
    """The name in the letters that an e-mail address can have."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("ø", "o"))
    return "".join("." if letter == " " else letter for letter in letters if letter.isascii() and letter not in "'`")
