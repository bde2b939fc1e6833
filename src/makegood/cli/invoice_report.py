"""How the command line shows invoices, and what a run of them would bill."""

from typing import Any

from makegood.cli.output import decimal_of, money_of, plural, print_pairs, print_table, print_text
from makegood.invoices.models import Invoice
from makegood.invoices.rehearsal import InvoiceRehearsal
from makegood.invoices.rules import is_left_to_people
from makegood.invoices.selectors import list_entries, list_lines, list_taxes

PARTS = (
    ("used", "Paid by Available Funds"),
    ("paid", "Paid"),
    ("written_off", "Written off"),
    ("voided", "Voided"),
    ("to_funds", "Turned into Available Funds"),
)


def describe_invoice(invoice: Invoice, *, fully: bool = False) -> dict[str, Any]:
    """An invoice for programs; amounts as decimal strings. fully: with lines, taxes and movements."""
    provider = invoice.provider
    described: dict[str, Any] = {
        "number": invoice.number,
        "customer": invoice.customer.number,
        "kind": invoice.kind,
        "state": invoice.state,
        "period_from": str(invoice.period_from),
        "period_to": str(invoice.period_to),
        "issued_on": _day(invoice.issued_on),
        "due_on": _day(invoice.due_on),
        "collect_on": _day(invoice.collect_on),
        "late_on": _day(invoice.late_on),
        "settled_on": _day(invoice.settled_on),
        "currency": provider.currency,
        "net": decimal_of(provider, invoice.net_minor),
        "tax": decimal_of(provider, invoice.tax_minor),
        "total": decimal_of(provider, invoice.total_minor),
        "due": decimal_of(provider, invoice.due_minor) if invoice.number else decimal_of(provider, 0),
        **{name: decimal_of(provider, getattr(invoice, f"{name}_minor")) for name, _ in PARTS},
        "in_flight": decimal_of(provider, invoice.in_flight_minor),
        "by_hand": is_left_to_people(state=invoice.state, by_hand=invoice.by_hand),
    }
    if fully:
        described |= {
            "lines": [
                {
                    "kind": line.kind,
                    "description": line.description,
                    "order": line.order.number if line.order else None,
                    "from": _day(line.from_on),
                    "to": _day(line.to_on),
                    "amount": decimal_of(provider, line.amount_minor),
                    "net": decimal_of(provider, line.net_minor),
                    "tax_rate": str(line.tax_rate.normalize()) if line.tax_rate else "0",
                    "gl_code": line.gl_code.code,
                }
                for line in list_lines(invoice)
            ],
            "taxes": [
                {
                    "rate": str(tax.tax_rate.normalize()),
                    "net": decimal_of(provider, tax.net_minor),
                    "tax": decimal_of(provider, tax.tax_minor),
                }
                for tax in list_taxes(invoice)
            ],
            "entries": [
                {
                    "type": entry.type,
                    "amount": decimal_of(provider, entry.amount_minor),
                    "booked_on": str(entry.booked_on),
                    "journal_entry": entry.journal_entry_id,
                }
                for entry in list_entries(invoice)
            ],
        }
    return described


def print_invoice(invoice: Invoice) -> None:
    """Shows a person an invoice: lines, taxes, what became of it."""
    provider = invoice.provider
    print_text(f"Invoice {invoice.number} of customer {invoice.customer} is {invoice.get_state_display().lower()}.")
    print_text("")
    print_table(
        ["For", "From", "To", "Tax", "Amount"],
        [
            (
                line.description, line.from_on or "", line.to_on or "", f"{line.tax_rate.normalize():f} %",
                money_of(provider, line.amount_minor),
            )
            for line in list_lines(invoice)
        ],
        right=("Tax", "Amount"),
    )  # fmt: skip
    print_text("")
    pairs = [("Net", money_of(provider, invoice.net_minor))]
    pairs += [(f"Tax {tax.tax_rate.normalize():f} %", money_of(provider, tax.tax_minor)) for tax in list_taxes(invoice)]
    pairs.append(("Total", money_of(provider, invoice.total_minor)))
    for name, words in PARTS:
        if minor := getattr(invoice, f"{name}_minor"):
            pairs.append((words, money_of(provider, minor)))
    pairs.append(("Left to pay", money_of(provider, invoice.due_minor)))
    if invoice.in_flight_minor:
        pairs.append(("On its way", money_of(provider, invoice.in_flight_minor)))
    if is_left_to_people(state=invoice.state, by_hand=invoice.by_hand):
        pairs.append(("Collected", "by hand"))
    pairs.append(("Period", f"{invoice.period_from} to {invoice.period_to}"))
    pairs.append(("Issued, due", f"{invoice.issued_on}, {invoice.due_on}"))
    print_pairs(pairs)


def describe_rehearsal(rehearsal: InvoiceRehearsal) -> dict[str, Any]:
    """What a run would bill, for programs; counts are of invoices, which are one for each customer."""
    provider = rehearsal.run.provider

    def amount(name: str) -> str:
        return decimal_of(provider, getattr(rehearsal, f"{name}_minor"))

    return {
        "invoices": rehearsal.invoices,
        "net": amount("net"),
        "tax": amount("tax"),
        "total": amount("total"),
        "final": rehearsal.final,
        "of_nothing": rehearsal.nothing,
        "negative": rehearsal.negative,
        "to_funds": amount("to_funds"),
        "new": {"invoices": rehearsal.new, "total": amount("new")},
        "up": {"invoices": rehearsal.up, "by": amount("up")},
        "down": {"invoices": rehearsal.down, "by": amount("down")},
        "funds_will_pay": amount("will_use"),
        "customers_with_funds": rehearsal.customers_with_funds,
        "without_email": rehearsal.without_email,
        "opted_out": rehearsal.opted_out,
        "skipped": {count.code: count.customers for count in rehearsal.skipped},
        "without_draft": {without.code: without.customers for without in rehearsal.without_draft},
        "due_on": str(rehearsal.due_on),
        "largest_changes": [
            {
                "customer": change.number,
                "before": decimal_of(provider, change.before_minor),
                "now": decimal_of(provider, change.total_minor),
            }
            for change in rehearsal.largest
        ],
    }


def print_rehearsal(rehearsal: InvoiceRehearsal) -> None:
    """Shows a person what a run would bill, before anything is issued."""
    run, provider = rehearsal.run, rehearsal.run.provider

    def money(minor: int) -> str:
        return money_of(provider, minor)

    print_text(f"Drafts of invoice run {run.pk} for {provider.name}. Nothing is issued yet.")
    print_text("")
    rows = [
        ("Invoices", f"{rehearsal.invoices:,}, due {rehearsal.due_on} if issued today"),
        ("Total", f"{money(rehearsal.total_minor)}, of it tax {money(rehearsal.tax_minor)}"),
        ("First invoices", f"{rehearsal.new:,}: {money(rehearsal.new_minor)}"),
        ("More than last time", f"{rehearsal.up:,}: {money(rehearsal.up_minor)} more"),
        ("Less than last time", f"{rehearsal.down:,}: {money(rehearsal.down_minor)} less"),
        (
            "Available Funds",
            f"will pay {money(rehearsal.will_use_minor)} for {plural(rehearsal.customers_with_funds, 'customer')}",
        ),
        ("Without e-mail address", plural(rehearsal.without_email, "customer")),
    ]
    if rehearsal.final:
        rows.append(("Final invoices", f"{rehearsal.final:,}"))
    if rehearsal.negative:
        rows.append(("Negative", f"{rehearsal.negative:,}: {money(rehearsal.to_funds_minor)} to Available Funds"))
    left_out = [(each.customers, each.sentence) for each in rehearsal.skipped]
    left_out += [(each.customers, each.sentence) for each in rehearsal.without_draft]
    rows += [(f"No draft, {plural(customers, 'customer')}", sentence) for customers, sentence in left_out]
    print_pairs(rows)
    if rehearsal.largest:
        print_text("")
        print_table(
            ["Largest changes", "Name", "Last time", "Now"],
            [
                (change.number, change.name, money(change.before_minor), money(change.total_minor))
                for change in rehearsal.largest
            ],
            right=("Last time", "Now"),
        )
    print_text("")


def _day(day: object) -> str | None:
    return None if day is None else str(day)
