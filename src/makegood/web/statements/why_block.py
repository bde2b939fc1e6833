"""What `statements/_why.html` shows: why an invoice is what it is."""

from typing import Any

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.invoices.rules import State
from makegood.statements.explain import explain_invoice, find_newest_explained, say_in_words


def explain_newest(customer: Customer) -> dict[str, Any]:
    """For the customer's page: the newest issued invoice. Three queries, one where there is none."""
    found = find_newest_explained(customer)
    if found is None:
        return {}
    newest, why = found
    return {"newest": newest, "why": say_in_words(why, customer.provider)}


def explain_one(invoice: Invoice) -> dict[str, Any]:
    """For the invoice's own page; two queries, none for a draft that was given up."""
    if invoice.number is None and invoice.state == State.VOID:
        return {}
    return {"why": say_in_words(explain_invoice(invoice), invoice.provider)}
