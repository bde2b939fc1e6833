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

CYCLES = {"monthly": "the 1st of the month", "anniversary": "the day of activation"}

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


def _payment(text: str) -> Words:
    """A sentence with a place for the amount of the payment."""
    return lambda detail, provider: text.format(
        amount=format_money(detail.get("amount_minor", 0), provider.currency, provider.currency_digits)
    )


def _method(text: str) -> Words:
    """A sentence with places for the payment method, and for the payment and the reason where there are any."""
    return lambda detail, provider: text.format(**{"what": "", "payment": "", "reason": "", **detail})


def _active(detail: Detail, provider: Provider) -> str:
    if detail.get("before") != "pending":
        return f"Resumed order {_number(detail)}"
    first, planned = _day(detail, "from_date"), _day(detail, "planned_from")
    since = f"; its first day is {first}" if first else ""
    return f"Activated order {_number(detail)}{since}" + (f", planned was {planned}" if planned != first else "")


def _ended(text: str) -> Words:
    def words(detail: Detail, provider: Provider) -> str:
        on = _day(detail, "to_date")
        return text.format(number=_number(detail)) + (f"; its last day is {on}" if on else "")

    return words


def _replaced(detail: Detail, provider: Provider) -> str:
    if "replaced_by" not in detail:
        return f"Took back what order {_number(detail)} was replaced by"
    return f"Order {_number(detail)} is replaced by {detail['replaced_by']}"


def _money(detail: Detail, provider: Provider, name: str) -> str:
    return format_money(detail.get(name, 0), provider.currency, provider.currency_digits)


def _adjusted(text: str) -> Words:
    """A sentence about a discount or surcharge with its days."""

    def words(detail: Detail, provider: Provider) -> str:
        until = _day(detail, "until_on")
        return text.format(
            kind="discount" if detail.get("direction") == "credit" else "surcharge",
            amount=_amount(detail, provider),
            number=_number(detail),
            days=f"from {_day(detail, 'from_on')}" + (f" until {until}" if until else ""),
        )

    return words


def _amount(detail: Detail, provider: Provider) -> str:
    return format_money(detail.get("amount_minor", 0), provider.currency, provider.currency_digits)


def _given_back(what: str, done: str) -> Words:
    """What became of money that was to go back."""

    def words(detail: Detail, provider: Provider) -> str:
        begins = f"The {what} of {_amount(detail, provider)}"
        if detail.get("state") == "failed":
            return f"{begins} failed; nothing was {done}"
        if detail.get("state") == "partly":
            return f"{begins} was done in part: {_money(detail, provider, 'given_back_minor')} was {done}"
        return f"{begins} is done"

    return words


def _number(detail: Detail) -> str:
    return str(detail.get("number", ""))


def _day(detail: Detail, name: str) -> str:
    return date_format(date.fromisoformat(detail[name]), "M j, Y") if detail.get(name) else ""


WORDS: dict[str, Words] = {
    "customer.added": lambda detail, provider: "Added the customer",
    "customer.edited": _edited,
    "customer.closed": _closed,
    "customer.reopened": lambda detail, provider: "Reopened the customer",
    "customer.billing_cycle_changed": lambda detail, provider: (
        f"Changed when periods begin to {CYCLES.get(detail.get('after', ''), '')}"
    ),
    "order.added": _order("Added order {number}"),
    "order.active": _active,
    "order.suspended": _order("Suspended order {number}"),
    "order.suspended_late": _order("Suspended order {number} for late payment"),
    "order.resumed_paid": _order("Resumed order {number}: nothing late is left to pay"),
    "order.pending": _order("Made order {number} pending"),
    "order.terminated": _ended("Terminated order {number}"),
    "order.end_planned": _ended("Planned the end of order {number}"),
    "order.end_taken_back": _order("Took back the planned end of order {number}"),
    "order.replaced": _replaced,
    "order.price_changed": _priced,
    "order.address_changed": lambda detail, provider: (
        f"Changed {name_fields(detail.get('fields', []))} of the service address of order {_number(detail)}"
    ),
    "order.adjustment_added": _adjusted("Added a {kind} of {amount} a month to order {number}, {days}"),
    "order.adjustment_ended": _adjusted("Set the days of a {kind} of {amount} a month on order {number}: {days}"),
    "charge.cancelled": lambda detail, provider: (
        f"Cancelled a charge of {_amount(detail, provider)}: {detail.get('description', '')}"
    ),
    "charge.waits_again": lambda detail, provider: (
        f"Let a charge of {_amount(detail, provider)} wait for the next invoice again: {detail.get('description', '')}"
    ),
    "credit.changed": lambda detail, provider: "Changed a credit",
    "credit.voided": lambda detail, provider: "Voided a credit",
    "invoice.voided": lambda detail, provider: f"Voided invoice {_number(detail)}: {detail.get('reason', '')}",
    "invoice.written_off": lambda detail, provider: (
        f"Marked invoice {_number(detail)} uncollectible: {detail.get('reason', '')}"
    ),
    "invoice.refunded": lambda detail, provider: (
        f"Asked for a refund of {_amount(detail, provider)} of invoice {_number(detail)}: {detail.get('reason', '')}"
    ),
    "refund.settled": _given_back("refund", "refunded"),
    "pay_out.settled": _given_back("pay-out", "paid out"),
    "refund.bounced": lambda detail, provider: (
        f"The bank sent {_amount(detail, provider)} of a refund back; it became Available Funds"
    ),
    "funds.paid_out": lambda detail, provider: (
        f"Asked for a pay-out of Available Funds of {_amount(detail, provider)}: {detail.get('reason', '')}"
    ),
    "refund.said_given_back": _payment("Settled {amount} of a refund by hand as given back"),
    "refund.said_not_given_back": _payment("Settled {amount} of a refund by hand as not given back"),
    "invoice.by_hand": lambda detail, provider: (
        f"Left invoice {_number(detail)} to be collected by hand: {detail.get('reason', '')}"
    ),
    "invoice.by_itself": lambda detail, provider: f"Had invoice {_number(detail)} collected by itself again",
    "funds.applied": lambda detail, provider: (
        f"Used Available Funds of {_money(detail, provider, 'amount_minor')} for what is owed"
    ),
    "funds.paid_out_late": _payment("A pay-out of {amount} that had failed was made after all, and is booked"),
    "payment.came_late": _payment("{amount} that counted as failed was charged after all"),
    "payment_method.added": _method("Added the payment method {what}"),
    "payment_method.made_default": _method("Made {what} the default payment method"),
    "payment_method.removed": _method("Removed the payment method {what}"),
    "payment_method.renewed": _method("The bank renewed {what}"),
    "payment_method.held": _method("Autopay charges {what} no more, after the dispute of payment {payment}"),
    "payment_method.released": _method("Autopay charges {what} again, as the dispute of payment {payment} is won"),
    "payment_method.used_again": _method("Has {what} used again after the dispute of payment {payment}: {reason}"),
    "dispute.warning": _payment("The bank asked about {amount} that was charged"),
    "dispute.open": _payment("{amount} that was charged is disputed"),
    "dispute.won": _payment("The dispute of {amount} is won"),
    "dispute.lost": _payment("The bank took {amount} back for good"),
    "payment.recorded": _payment("Recorded a payment of {amount}"),
    "payment.charged": _payment("Asked for a charge of {amount}"),
    "payment.reversed": _payment("Reversed a payment of {amount}"),
    "payment.withdrawn": _payment("Withdrew a payment of {amount} that waited"),
    "payment.said_charged": _payment("Settled a payment of {amount} by hand as charged"),
    "payment.said_not_charged": _payment("Settled a payment of {amount} by hand as not charged"),
    "payment.asked": lambda detail, provider: "Had the processor asked about a payment",
}
"""What each action is called; every action on customers, their orders and their money is here."""
