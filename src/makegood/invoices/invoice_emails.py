"""The e-mail that tells customers of a new invoice: what it says when it leaves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from makegood.customers.models import Customer
from makegood.emails.kinds import EmailKind, Variable, register
from makegood.emails.models import Message
from makegood.emails.values import Money, Variables
from makegood.invoices.email_texts import NEW_INVOICE
from makegood.invoices.models import Invoice, InvoiceLine
from makegood.invoices.outlook import Outlook, foresee
from makegood.invoices.rules import State
from makegood.invoices.selectors import find_latest_invoice
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider

RUN = "run"
"""What the messages name as their cause: the invoice run; a customer has one invoice of it."""

NEW_INVOICE_NAME = "new_invoice"

VARIABLES = (
    Variable("number", "The number of the invoice."),
    Variable("issued_on", "The day on which it was issued."),
    Variable("period_from", "The first day that it is for."),
    Variable("period_to", "The last day that it is for."),
    Variable("lines[]", "What is billed, to go over with `{% for line in lines %}`."),
    Variable("lines[].description", "What a line is for."),
    Variable("lines[].amount", "Its amount, with its currency; negative where something is taken off."),
    Variable("lines[].from", "The first day that the line is for; empty for what happens once."),
    Variable("lines[].to", "The last day that the line is for; empty for what happens once."),
    Variable("tax", "The tax on it; empty if there is none."),
    Variable("tax_included", "Whether the amounts of the lines include the tax."),
    Variable("total", "What the invoice comes to, tax included."),
    Variable("used", "What Available Funds have paid of it already; empty if nothing."),
    Variable("paid", "What payments have paid of it already; empty if nothing."),
    Variable("due", "What is still due; empty if nothing is."),
    Variable("due_on", "The day by which it is to be paid."),
    Variable("collect_on", "The day on which Available Funds are used for it."),
    Variable("funds_to_use", "What Available Funds will pay of it on that day; empty if nothing."),
    Variable("left_to_pay", "What is left to pay then; empty if nothing is."),
    Variable("to_funds", "What a negative invoice added to the Available Funds; empty if nothing."),
)


def register_emails() -> None:
    """Makes the kind of e-mail known; called when the application starts."""
    register(
        EmailKind(
            name=NEW_INVOICE_NAME,
            title="Billing: New Invoice",
            meaning="Tells customers of an invoice, and of what their Available Funds will pay of it.",
            active=True,
            texts=NEW_INVOICE,
            own_variables=VARIABLES,
            load=_load_invoices,
            find_latest=_find_latest,
            example=_make_example,
        )
    )


def _load_invoices(messages: Sequence[Message]) -> Mapping[int, Variables | None]:
    asked = {(message.cause_id, message.customer_id): message.pk for message in messages}
    of_runs = Invoice.objects.filter(
        run_row__run__in={run for run, _ in asked}, run_row__customer__in={customer for _, customer in asked}
    )
    found = {}
    for invoice in of_runs.select_related("run_row", "provider"):
        message = asked.get((invoice.run_row.run_id, invoice.customer_id)) if invoice.run_row else None
        if message is not None:
            found[message] = invoice
    said = _describe_all(list(found.values()))
    return {pk: said.get(invoice.pk) for pk, invoice in found.items()}


def _find_latest(customer: Customer) -> Variables | None:
    invoice = find_latest_invoice(customer)
    return _describe_all([invoice]).get(invoice.pk) if invoice else None


def _describe_all(invoices: Sequence[Invoice]) -> dict[int, Variables]:
    """What there is to say of each by its key; nothing of one that was voided since."""
    told = [invoice for invoice in invoices if invoice.state not in (State.DRAFT, State.VOID)]
    lines: dict[int, list[InvoiceLine]] = defaultdict(list)
    for line in InvoiceLine.objects.filter(invoice__in=[invoice.pk for invoice in told]).order_by("position"):
        lines[line.invoice_id].append(line)
    outlooks = foresee(told)
    return {invoice.pk: _describe(invoice, lines[invoice.pk], outlooks.get(invoice.pk)) for invoice in told}


def _describe(invoice: Invoice, lines: Sequence[InvoiceLine], outlook: Outlook | None) -> dict[str, object]:
    provider = invoice.provider

    def money(minor: int) -> Money:
        return Money(minor, provider.currency, provider.currency_digits)

    def unless_zero(minor: int) -> Money | None:
        return money(minor) if minor else None

    def item(line: InvoiceLine) -> dict[str, object]:
        amount = money(line.amount_minor)
        return {"description": line.description, "amount": amount, "from": line.from_on, "to": line.to_on}

    return {
        "number": str(invoice.number),
        "issued_on": invoice.issued_on,
        "period_from": invoice.period_from,
        "period_to": invoice.period_to,
        "lines": [item(line) for line in lines],
        "tax": unless_zero(invoice.tax_minor),
        "tax_included": any(line.net_minor != line.amount_minor for line in lines),
        "total": money(invoice.total_minor),
        "used": unless_zero(invoice.used_minor),
        "paid": unless_zero(invoice.paid_minor),
        "due": unless_zero(invoice.due_minor),
        "due_on": invoice.due_on,
        "collect_on": outlook.on if outlook else invoice.collect_on,
        "funds_to_use": unless_zero(outlook.will_use_minor) if outlook else None,
        "left_to_pay": unless_zero(outlook.left_minor if outlook else invoice.due_minor),
        "to_funds": unless_zero(invoice.to_funds_minor),
    }


def _make_example(provider: Provider) -> Variables:
    unit, today = 10**provider.currency_digits, today_of(provider)
    begins = today.replace(day=1)
    ends = (begins + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    invoice = Invoice(
        provider=provider,
        number=1042,
        state=State.OPEN,
        issued_on=today,
        period_from=begins,
        period_to=ends,
        due_on=today + timedelta(days=14),
        collect_on=today + timedelta(days=14),
        net_minor=60 * unit,
        tax_minor=6 * unit,
    )
    invoice.total_minor = invoice.due_minor = 66 * unit
    lines = [
        InvoiceLine(description="Fiber 100", amount_minor=50 * unit, net_minor=50 * unit, from_on=begins, to_on=ends),
        InvoiceLine(description="Router", amount_minor=10 * unit, net_minor=10 * unit),
    ]
    return _describe(invoice, lines, Outlook(today + timedelta(days=14), 15 * unit, 51 * unit))
