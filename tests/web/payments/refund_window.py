"""What a person types into the window that refunds an invoice."""

from django.test import Client

from makegood.invoices.models import Invoice
from tests.web.credits.test_change_windows import inputs_of
from tests.web.reading import Answer, words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}
LIVE = {"HX-Request": "true", "HX-Target": "refund-preview", "X-Makegood-Provider": "north"}


def address_of(invoice: Invoice, what: str = "") -> str:
    return f"/invoices/{invoice.pk}/refund{what}"


def fields_of(answer: Answer, **typed: str) -> dict[str, str]:
    """What the window would send as it was given out, with what is typed; it settles unless something else is said."""
    sent = {name: value for name, value in inputs_of(answer).items() if name != "csrfmiddlewaretoken"}
    return {**sent, "by_hand": "", "follow": "settle", **typed}


def type_in(browser: Client, invoice: Invoice, **typed: str) -> dict[str, str]:
    """What the window would send when all that was typed has been looked at."""
    sent = fields_of(browser.get(address_of(invoice)), **typed)
    return {**sent, **inputs_of(browser.post(address_of(invoice, "/preview"), sent, headers=LIVE))}


def preview(browser: Client, invoice: Invoice, sent: dict[str, str]) -> str:
    return words_of(browser.post(address_of(invoice, "/preview"), sent, headers=LIVE))
