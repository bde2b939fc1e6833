"""Reads of a customer's account: statements, and what credits and invoices have to do with each other."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from makegood.credits.models import Credit, CreditUse, Kind
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.sql import load_sql, run_sql
from makegood.providers.selectors import name_staff
from makegood.statements.range import Range
from makegood.statements.statement import Balance, Statement, make_statement


def get_statement(customer: Customer, days: Range) -> Statement:
    """The customer's account on days of the provider; three queries at most.

    Up to today or later, its closing balance is the customer's balance.
    """
    parameters = {
        "provider": customer.provider_id,
        "customer": customer.pk,
        "from_on": days.from_on,
        "upto_on": days.upto_on,
    }
    opening = Balance(**run_sql(load_sql(__package__, "sum_before"), parameters)[0])
    movements = [_name_credit(each) for each in run_sql(load_sql(__package__, "list_movements"), parameters)]
    statement = make_statement(days.from_on, days.upto_on, opening, movements)
    names = name_staff(row.staff_id for row in statement.rows if row.staff_id is not None)
    rows = (replace(row, staff=names.get(row.staff_id or 0, "")) for row in statement.rows)
    return replace(statement, rows=tuple(rows))


def list_uses_of_credit(credit: Credit) -> QuerySet[CreditUse]:
    """Which invoices the credit paid, how much, what came back, and who applied it by hand; oldest first."""
    uses = CreditUse.objects.select_related("invoice", "created_by")
    return uses.filter(provider_id=credit.provider_id, credit=credit).order_by("id")


def list_uses_for_invoice(invoice: Invoice) -> QuerySet[CreditUse]:
    """Which credits paid the invoice, of which run, by whom they were given, when they were used; oldest first."""
    uses = CreditUse.objects.select_related("credit__created_by", "credit__run_row", "created_by")
    return uses.filter(provider_id=invoice.provider_id, invoice=invoice).order_by("id")


def _name_credit(movement: Mapping[str, Any]) -> dict[str, Any]:
    """The movement with what its credit is called: its description, else its kind."""
    kind = movement["credit_kind"]
    return {**movement, "credit_name": movement["credit_description"] or (Kind(kind).label if kind else "")}
