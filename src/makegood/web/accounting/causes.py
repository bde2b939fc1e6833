"""What a journal entry comes from, in words and with the address of its page."""

from dataclasses import dataclass

from django.urls import reverse

from makegood.credits.models import CreditChange
from makegood.ledger.models import JournalEntry
from makegood.payments.models import Refund

PAGES = {
    "run": "run",
    "invoice": "invoice",
    "payment": "payment",
    "credit": "credit",
    "customer": "customer",
    "import": "import",
}
"""Types of causes, with the name of their page's address, which takes the cause's id."""
WORDS = {"credit_change": "Change of credit", "provider": "Daily work"}


@dataclass(frozen=True)
class Cause:
    """words: what it is. url: of its page; empty for a cause that has none."""

    words: str
    url: str = ""


def words_of(name: str) -> str:
    """``credit_issued`` as a person reads it."""
    return name.replace("_", " ").capitalize()


def name_cause(entry: JournalEntry) -> str:
    """The cause in words, without asking the database."""
    if entry.cause_type == "provider":
        return WORDS["provider"]
    return f"{WORDS.get(entry.cause_type) or words_of(entry.cause_type)} {entry.cause_id}"


def find_cause(entry: JournalEntry) -> Cause:
    """The cause with its page. The change of a credit stands on the credit's page, daily work in the list of days."""
    if entry.cause_type == "credit_change":
        changes = CreditChange.objects.filter(provider_id=entry.provider_id, pk=entry.cause_id)
        credit = changes.values_list("credit_id", flat=True).first()
        return (
            Cause(f"Change of credit {credit}", reverse("credit", args=[credit]))
            if credit
            else Cause(name_cause(entry))
        )
    if entry.cause_type == "refund":
        return _find_refund(entry)
    if entry.cause_type == "provider":
        day = entry.effective_on or entry.booked_on
        return Cause(name_cause(entry), f"{reverse('days')}?day_min={day}&day_max={day}")
    name = PAGES.get(entry.cause_type)
    return Cause(name_cause(entry), reverse(name, args=[entry.cause_id]) if name else "")


def _find_refund(entry: JournalEntry) -> Cause:
    """A refund stands on the page of its invoice, a pay-out on the customer's."""
    refunds = Refund.objects.filter(provider_id=entry.provider_id, pk=entry.cause_id)
    found = refunds.values_list("invoice_id", "customer_id").first()
    if found is None:
        return Cause(name_cause(entry))
    invoice_id, customer_id = found
    if invoice_id is None:
        return Cause(f"Pay-out {entry.cause_id}", reverse("customer-credits", args=[customer_id]))
    return Cause(name_cause(entry), reverse("invoice", args=[invoice_id]))
