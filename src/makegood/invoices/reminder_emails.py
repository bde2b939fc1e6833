"""The e-mail that reminds customers of late invoices: what it says when it leaves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from makegood.customers.models import Customer
from makegood.emails.kinds import EmailKind, Variable, register
from makegood.emails.models import Message
from makegood.emails.values import Money, Variables
from makegood.invoices.left_to_pay import with_left_to_pay
from makegood.invoices.reminder_texts import INVOICE_REMINDER
from makegood.kit.sql import Row, run_sql
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider

REMINDER = "invoice_reminder"


def register_reminder() -> None:
    """Makes the kind of e-mail known; called when the application starts."""
    register(
        EmailKind(
            name=REMINDER,
            title="Billing: Invoice Reminder",
            meaning="Reminds customers of invoices that are late.",
            active=True,
            texts=INVOICE_REMINDER,
            own_variables=(
                Variable("invoices[]", "The late invoices, to go over with `{% for invoice in invoices %}`."),
                Variable("invoices[].number", "The number of an invoice."),
                Variable("invoices[].date", "The day on which it was issued."),
                Variable("invoices[].due", "The day until which it was to be paid."),
                Variable("invoices[].amount", "What it amounts to, with its currency."),
                Variable("invoices[].left", "What is left to pay of it after Available Funds."),
                Variable("total", "What is left to pay of all of them."),
            ),
            load=_load,
            find_latest=_find_latest,
            example=_make_example,
        )
    )


def _load(messages: Sequence[Message]) -> Mapping[int, Variables | None]:
    """What is late now counts; nothing is said to who has paid meanwhile. One query for each provider."""
    customers: dict[int, set[int]] = defaultdict(set)
    for message in messages:
        customers[message.provider_id].add(message.customer_id)
    providers = Provider.objects.in_bulk(list(customers))
    said = {
        customer_id: _describe(providers[provider_id], rows)
        for provider_id, customer_ids in customers.items()
        for customer_id, rows in _list_late(providers[provider_id], customer_ids).items()
    }
    return {message.pk: said.get(message.customer_id) for message in messages}


def _list_late(provider: Provider, customer_ids: set[int]) -> dict[int, list[Row]]:
    parameters = {"provider": provider.pk, "customers": sorted(customer_ids), "after": 0, "day": today_of(provider)}
    by_customer: dict[int, list[Row]] = defaultdict(list)
    for row in run_sql(with_left_to_pay("reminder_list_invoices"), parameters):
        by_customer[row["customer_id"]].append(row)
    return by_customer


def _describe(provider: Provider, rows: Sequence[Row]) -> Variables:
    return {
        "invoices": [
            {
                "number": str(row["number"]),
                "date": row["issued_on"],
                "due": row["due_on"],
                "amount": _money(provider, row["total_minor"]),
                "left": _money(provider, row["left_minor"]),
            }
            for row in rows
        ],
        "total": _money(provider, sum(row["left_minor"] for row in rows)),
    }


def _find_latest(customer: Customer) -> Variables | None:
    rows = _list_late(customer.provider, {customer.pk}).get(customer.pk)
    return _describe(customer.provider, rows) if rows else None


def _make_example(provider: Provider) -> Variables:
    each, today = 45 * 10**provider.currency_digits, today_of(provider)
    issued_on = today - timedelta(days=24)
    row = {
        "number": 10234,
        "issued_on": issued_on,
        "due_on": issued_on + timedelta(days=14),
        "total_minor": each,
        "left_minor": each,
    }
    return _describe(provider, [row, row | {"number": 10871, "left_minor": each // 3}])


def _money(provider: Provider, minor: int) -> Money:
    return Money(minor, provider.currency, provider.currency_digits)
