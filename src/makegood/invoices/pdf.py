"""An invoice as a PDF, made when it is asked for: as billed, and what has become of it until now."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from babel.dates import format_date

from makegood.invoices.models import Invoice, InvoiceLine, InvoiceTax
from makegood.invoices.outlook import Outlook, foresee
from makegood.invoices.rules import State
from makegood.invoices.selectors import list_lines, list_taxes
from makegood.kit.money import format_money
from makegood.kit.typeset import load_template, typeset

MARKS = {State.DRAFT: "Draft", State.VOID: "Void"}
"""What stands across from the provider's name, so that nobody takes the paper for more than it is."""

NOTES = {
    State.DRAFT: "A draft is no invoice: it has no number, and nothing of it is due.",
    State.VOID: "This invoice has been voided. Nothing of it is due.",
}

Sum = tuple[str, str, bool]


def make_invoice_pdf(invoice: Invoice) -> bytes:
    """The invoice, draft or issued, in English; the customer and the provider come with it. Four queries."""
    lines, taxes = list(list_lines(invoice)), list(list_taxes(invoice))
    outlook = foresee([invoice]).get(invoice.pk)

    def money(minor: int) -> str:
        return _money(invoice, minor)

    data = {
        "title": name_invoice(invoice),
        "provider": invoice.provider.name,
        "mark": MARKS.get(State(invoice.state), ""),
        "note": NOTES.get(State(invoice.state), ""),
        "address": _address(invoice),
        "facts": _facts(invoice),
        "lines": [[line.description, _days(line.from_on, line.to_on), money(line.amount_minor)] for line in lines],
        "taxes": [[_rate(tax), money(tax.net_minor), money(tax.tax_minor)] for tax in taxes if tax.tax_rate],
        "sums": _sums(invoice, lines, taxes, outlook),
        "sentence": say_outlook(invoice, outlook),
    }
    return typeset(load_template(__package__, "invoice"), data)


def name_invoice(invoice: Invoice) -> str:
    """What the document is called: ``Invoice 1042``, or ``Draft invoice``."""
    return f"Invoice {invoice.number}" if invoice.number is not None else "Draft invoice"


def say_outlook(invoice: Invoice, outlook: Outlook | None) -> str:
    """What Available Funds will do for the invoice, in a sentence; empty where they will do nothing."""
    if outlook is None or not outlook.will_use_minor:
        return ""
    funds, left = _money(invoice, outlook.will_use_minor), _money(invoice, outlook.left_minor)
    return f"Available Funds of {funds} will be used on {_day(outlook.on)}; left to pay {left}."


def _address(invoice: Invoice) -> list[str]:
    customer = invoice.customer
    place = f"{customer.postal_code} {customer.city}".strip()
    parts = [customer.name, customer.street, place, customer.region, customer.country]
    return [part for part in parts if part]


def _facts(invoice: Invoice) -> list[tuple[str, str]]:
    period = _days(invoice.period_from, invoice.period_to)
    facts = [("Customer", invoice.customer.number)]
    if invoice.number is not None:
        facts += [("Invoice", str(invoice.number)), ("Date", _day(invoice.issued_on)), ("Due", _day(invoice.due_on))]
    return [*facts, ("Period", period)]


def _sums(
    invoice: Invoice, lines: Sequence[InvoiceLine], taxes: Sequence[InvoiceTax], outlook: Outlook | None
) -> list[Sum]:
    """What stands below the lines: tax unless the prices include it, the total, what became of it, what is due."""
    rows: list[tuple[str, int, bool]] = []
    if all(line.net_minor == line.amount_minor for line in lines):
        rows.append(("Without tax", invoice.net_minor, False))
        rows += [(f"Tax {_rate(tax)}", tax.tax_minor, False) for tax in taxes if tax.tax_rate]
    rows.append(("Total", invoice.total_minor, True))
    became = [
        ("Available Funds used", -invoice.used_minor),
        ("Paid", -invoice.paid_minor),
        ("Added to Available Funds", invoice.to_funds_minor),
        ("Written off", -invoice.written_off_minor),
        ("Voided", -invoice.voided_minor),
    ]
    rows += [(words, minor, False) for words, minor in became if minor]
    if invoice.number is not None:
        rows.append(("Due", invoice.due_minor, True))
    if outlook is not None and outlook.will_use_minor:
        rows.append(("Available Funds to be used", -outlook.will_use_minor, False))
        rows.append(("Left to pay", outlook.left_minor, True))
    return [(words, _money(invoice, minor), stands_out) for words, minor, stands_out in rows]


def _rate(tax: InvoiceTax) -> str:
    """``8.875 %``, without zeros that say nothing."""
    return f"{Decimal(tax.tax_rate).normalize():f} %"


def _days(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return ""
    return _day(first) if first == last else f"{_day(first)} \u2013 {_day(last)}"


def _day(on: date | None) -> str:
    return format_date(on, "MMM d, y", locale="en") if on else ""


def _money(invoice: Invoice, minor: int) -> str:
    return format_money(minor, invoice.provider.currency, invoice.provider.currency_digits)
