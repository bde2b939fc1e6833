"""Why invoices are what they are, from their records."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice, InvoiceLine
from makegood.invoices.rules import State
from makegood.invoices.selectors import find_latest_invoice
from makegood.kit.money import format_money
from makegood.providers.models import Provider
from makegood.statements.bills import Bill, BillLine, LineKind
from makegood.statements.statement import Statement, What
from makegood.statements.why import Why, explain, say_why

MOST_EXPLAINED = 36
"""Invoices of one statement; to explain them means reading all their lines."""

_COLUMNS = (
    "kind", "amount_minor", "description", "order_id", "adjustment_id", "from_on", "to_on", "order__service__name",
    "order__from_date", "order__to_date", "adjustment__from_on", "adjustment__until_on",
)  # fmt: skip


def explain_invoice(invoice: Invoice) -> Why:
    """Why the invoice is what it is, compared with the customer's period invoice before it. Two queries."""
    before = _list_comparable(invoice.provider_id, invoice.customer_id)
    earlier = before.filter(period_from__lt=invoice.period_from).order_by("-period_from", "-id").first()
    bills = _read_bills([invoice, *([earlier] if earlier else [])])
    return explain(bills[invoice.pk], bills[earlier.pk] if earlier else None)


def explain_invoices(customer: Customer, invoice_ids: Iterable[int]) -> dict[int, Why]:
    """Why each of the customer's invoices is what it is, by id. Three queries, however many they are."""
    asked = list(Invoice.objects.filter(provider_id=customer.provider_id, customer=customer, pk__in=set(invoice_ids)))
    if not asked:
        return {}
    comparable = list(_list_comparable(customer.provider_id, customer.pk).order_by("period_from", "id"))
    starts = [each.period_from for each in comparable]
    before: dict[int, Invoice] = {}
    for invoice in asked:
        position = bisect_left(starts, invoice.period_from)
        if position:
            before[invoice.pk] = comparable[position - 1]
    bills = _read_bills({each.pk: each for each in [*asked, *before.values()]}.values())
    return {
        each.pk: explain(bills[each.pk], bills[before[each.pk].pk] if each.pk in before else None) for each in asked
    }


def find_newest_explained(customer: Customer) -> tuple[Invoice, Why] | None:
    """The customer's newest issued invoice and why it is what it is; None if there is none."""
    newest = find_latest_invoice(customer)
    return None if newest is None else (newest, explain_invoice(newest))


def with_reasons(customer: Customer, statement: Statement) -> Statement:
    """The statement with why its newest invoices are what they are; three queries."""
    issued = [row.invoice_id for row in statement.rows if row.what is What.INVOICED and row.invoice_id]
    whys = explain_invoices(customer, issued[-MOST_EXPLAINED:])
    said = {pk: say_in_words(why, customer.provider) for pk, why in whys.items()}
    rows = (
        replace(row, why=said.get(row.invoice_id or 0, "")) if row.what is What.INVOICED else row
        for row in statement.rows
    )
    return replace(statement, rows=tuple(rows))


def say_in_words(why: Why, provider: Provider) -> str:
    """The sentence, with amounts in the provider's currency."""
    return say_why(why, lambda minor: format_money(minor, provider.currency, provider.currency_digits))


def _list_comparable(provider_id: int, customer_id: int) -> QuerySet[Invoice]:
    """The customer's issued period invoices that are not void."""
    invoices = Invoice.objects.filter(provider_id=provider_id, customer_id=customer_id, kind=Invoice.Kind.PERIOD)
    return invoices.filter(number__isnull=False).exclude(state=State.VOID)


def _read_bills(invoices: Iterable[Invoice]) -> dict[int, Bill]:
    of_all = list(invoices)
    lines = InvoiceLine.objects.filter(invoice_id__in=[each.pk for each in of_all]).order_by("invoice_id", "position")
    by_invoice: dict[int, list[BillLine]] = defaultdict(list)
    for invoice_id, *columns in lines.values_list("invoice_id", *_COLUMNS):
        by_invoice[invoice_id].append(_make_line(columns))
    return {each.pk: _make_bill(each, by_invoice[each.pk]) for each in of_all}


def _make_line(columns: Sequence[Any]) -> BillLine:
    line = dict(zip(_COLUMNS, columns, strict=True))
    is_adjustment = line["kind"] == LineKind.ADJUSTMENT
    is_own = is_adjustment or line["kind"] == LineKind.CHARGE
    return BillLine(
        kind=line["kind"],
        amount_minor=line["amount_minor"],
        name=line["description"] if is_own or not line["order__service__name"] else line["order__service__name"],
        about=(line["adjustment_id"] if is_adjustment else line["order_id"]) or 0,
        from_on=line["from_on"],
        to_on=line["to_on"],
        began_on=line["adjustment__from_on" if is_adjustment else "order__from_date"],
        ended_on=line["adjustment__until_on" if is_adjustment else "order__to_date"],
    )


def _make_bill(invoice: Invoice, lines: list[BillLine]) -> Bill:
    return Bill(
        kind=invoice.kind,
        total_minor=invoice.total_minor,
        period_from=invoice.period_from,
        period_to=invoice.period_to,
        lines=tuple(lines),
        number=invoice.number,
        used_minor=invoice.used_minor,
        is_void=invoice.state == State.VOID,
    )
