"""What Available Funds will do for invoices by themselves, as things stand: when, how much, what is left to pay."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED, State
from makegood.providers.calendar import today_of


@dataclass(frozen=True)
class Lot:
    """A part of a customer's Available Funds in minor units. expires_on: the last day that it can be used; or None."""

    remaining_minor: int
    expires_on: date | None


@dataclass(frozen=True)
class Outlook:
    """What will be used for an invoice, and what is left to pay then; minor units. on: the day on which it is used.

    will_use_minor: 0 where the customer has no funds for it, or nothing is used by itself.
    in_flight_minor: what a payment under way is to pay of it; no funds are used meanwhile.
    """

    on: date
    will_use_minor: int
    left_minor: int
    in_flight_minor: int = 0


FindLots = Callable[[Collection[int]], Mapping[int, Sequence[Lot]]]
"""The lots of customers, by customer, in the order in which they are used: what expires first comes first."""


_finders: list[FindLots] = []


def register_lots(find: FindLots) -> None:
    """Says who knows what a customer's funds are made of; called when the application starts."""
    _finders[:] = [find]


def foresee(invoices: Iterable[Invoice]) -> dict[int, Outlook]:
    """The outlook of each of the invoices that is Open or Late, by its key; two queries, however many they are.

    Other invoices of the customers that come before are reckoned with. Nothing is used by itself while End Customer
    Billing is off or the customer's billing is disabled.
    """
    wanted = {invoice.pk: invoice.customer_id for invoice in invoices if invoice.state in OWED}
    if not wanted:
        return {}
    customers = set(wanted.values())
    of_customers: dict[int, list[Invoice]] = defaultdict(list)
    for owed in Invoice.objects.filter(customer__in=customers, state__in=OWED).select_related("customer", "provider"):
        of_customers[owed.customer_id].append(owed)
    lots = _finders[0](customers)
    found: dict[int, Outlook] = {}
    for customer, theirs in of_customers.items():
        provider = theirs[0].provider
        is_automatic = provider.end_customer_billing and theirs[0].customer.billing_enabled
        usable = lots.get(customer, ()) if is_automatic else ()
        found |= foresee_of_customer(theirs, usable, today_of(provider))
    return {pk: outlook for pk, outlook in found.items() if pk in wanted}


def foresee_of_customer(owed: Sequence[Invoice], lots: Sequence[Lot], today: date) -> dict[int, Outlook]:
    """The outlook of all that one customer owes, by the invoices' keys. Pure: no database.

    What has a payment under way, or is collected by hand, gets nothing. What is late or has reached its day to collect
    is paid today, the rest on its own day; of one day the oldest due first.
    """
    left = [lot.remaining_minor for lot in lots]
    found = {}
    for on, invoice in sorted(((_day_of(each, today), each) for each in owed), key=lambda pair: _turn(*pair)):
        wanted = invoice.due_minor
        if invoice.in_flight_minor or invoice.by_hand:
            found[invoice.pk] = Outlook(on, 0, wanted - invoice.in_flight_minor, invoice.in_flight_minor)
            continue
        for place, lot in enumerate(lots):
            if lot.expires_on is None or lot.expires_on >= on:
                part = min(wanted, left[place])
                left[place] -= part
                wanted -= part
        found[invoice.pk] = Outlook(on, invoice.due_minor - wanted, wanted)
    return found


def _day_of(invoice: Invoice, today: date) -> date:
    if invoice.state == State.LATE or invoice.collect_on is None:
        return today
    return max(invoice.collect_on, today)


def _turn(on: date, invoice: Invoice) -> tuple[date, date, int]:
    return on, invoice.due_on or on, invoice.pk
