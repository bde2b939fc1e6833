"""Invoices that have to be left as they are for a while: each domain that needs one so registers who knows of it."""

from collections.abc import Callable

from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused

FindHold = Callable[[Invoice], str | None]
"""From an invoice, as it is under its customer's lock, to the sentence that says what it has to wait for."""

_finders: list[FindHold] = []
_of_void: list[FindHold] = []


def register_hold(find: FindHold, *, of_void: bool = False) -> None:
    """Adds a function that knows what an invoice has to wait for; called when the application starts.

    of_void: it only keeps the invoice from being voided.
    """
    finders = _of_void if of_void else _finders
    if find not in finders:
        finders.append(find)


def find_hold(invoice: Invoice, *, to_void: bool = False) -> Refused | None:
    """Why the invoice can neither be voided nor written off now, or not be voided; None if nothing holds it."""
    if invoice.in_flight_minor:
        return Refused(
            "invoice_in_flight",
            f"A payment for invoice {invoice.number} is on its way. Wait until it has settled.",
            "invoice",
        )
    for find in [*_finders, *(_of_void if to_void else ())]:
        if sentence := find(invoice):
            return Refused("invoice_held", sentence, "invoice")
    return None
