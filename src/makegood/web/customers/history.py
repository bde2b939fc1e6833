"""What was done to records, in words, from the audit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format

from makegood.audit.models import AuditEntry
from makegood.kit.money import format_money
from makegood.providers.models import Provider
from makegood.providers.selectors import name_staff

THE_SYSTEM = "Makegood"

FIELDS = {
    "billing_enabled": "automatic billing",
    "billing_disabled": "automatic billing",
    "customer_type": "type",
    "email": "e-mail address",
    "email_opt_out": "e-mail opt-out",
}
"""Words for fields, where the name is not the word."""

Detail = dict[str, Any]
Words = Callable[[Detail, Provider], str]


@dataclass(frozen=True)
class Event:
    """One thing that somebody did. subject_url is filled in where the record has a page of its own."""

    what: str
    who: str
    at: datetime
    subject_type: str
    subject_id: int | None


def tell(entries: Iterable[AuditEntry], provider: Provider) -> list[Event]:
    """The entries in words; one query for the names of who did it."""
    entries = list(entries)
    names = name_staff(entry.staff_id for entry in entries if entry.staff_id is not None)
    return [
        Event(
            what=_describe(entry, provider),
            who=names.get(entry.staff_id, THE_SYSTEM) if entry.staff_id is not None else THE_SYSTEM,
            at=entry.at,
            subject_type=entry.subject_type,
            subject_id=entry.subject_id,
        )
        for entry in entries
    ]


def _describe(entry: AuditEntry, provider: Provider) -> str:
    words = WORDS.get(entry.action)
    # What another version wrote is still told, as well as its name allows.
    return words(entry.detail, provider) if words else entry.action.replace(".", ": ").replace("_", " ").capitalize()


def enumerate_words(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def name_fields(names: Iterable[str]) -> str:
    """Fields of a record as a person calls them."""
    return enumerate_words(FIELDS.get(name, name.replace("_", " ")) for name in names)


def _edited(detail: Detail, provider: Provider) -> str:
    text = f"Changed {name_fields(detail.get('fields', []))}"
    if "number_before" in detail:
        text += f"; the number was {detail['number_before']}"
    return text


def _closed(detail: Detail, provider: Provider) -> str:
    orders = detail.get("orders", 0)
    ended = f"; {orders} {'order' if orders == 1 else 'orders'} ended" if orders else ""
    return f"Closed the customer{ended}"


def _priced(detail: Detail, provider: Provider) -> str:
    price = format_money(detail.get("price_minor", 0), provider.currency, provider.currency_digits)
    return f"Set the price of order {_number(detail)} to {price} from {_day(detail, 'effective_from')}"


def _order(text: str) -> Words:
    """A sentence with a place for the number of the order."""
    return lambda detail, provider: text.format(number=_number(detail))


def _active(detail: Detail, provider: Provider) -> str:
    return f"{'Activated' if detail.get('before') == 'pending' else 'Resumed'} order {_number(detail)}"


def _ended(text: str) -> Words:
    def words(detail: Detail, provider: Provider) -> str:
        on = _day(detail, "to_date")
        return text.format(number=_number(detail)) + (f"; its last day is {on}" if on else "")

    return words


def _replaced(detail: Detail, provider: Provider) -> str:
    if "replaced_by" not in detail:
        return f"Took back what order {_number(detail)} was replaced by"
    return f"Order {_number(detail)} is replaced by {detail['replaced_by']}"


def _number(detail: Detail) -> str:
    return str(detail.get("number", ""))


def _day(detail: Detail, name: str) -> str:
    return date_format(date.fromisoformat(detail[name]), "M j, Y") if detail.get(name) else ""


WORDS: dict[str, Words] = {
    "customer.added": lambda detail, provider: "Added the customer",
    "customer.edited": _edited,
    "customer.closed": _closed,
    "customer.reopened": lambda detail, provider: "Reopened the customer",
    "order.added": _order("Added order {number}"),
    "order.active": _active,
    "order.suspended": _order("Suspended order {number}"),
    "order.pending": _order("Made order {number} pending"),
    "order.terminated": _ended("Terminated order {number}"),
    "order.end_planned": _ended("Planned the end of order {number}"),
    "order.end_taken_back": _order("Took back the planned end of order {number}"),
    "order.replaced": _replaced,
    "order.price_changed": _priced,
    "order.address_changed": lambda detail, provider: (
        f"Changed {name_fields(detail.get('fields', []))} of the service address of order {_number(detail)}"
    ),
    "credit.changed": lambda detail, provider: "Changed a credit",
    "credit.voided": lambda detail, provider: "Voided a credit",
}
"""What each action is called; every action on customers and orders is here."""
