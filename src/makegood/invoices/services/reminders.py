"""Reminders: e-mails to customers who are late."""

from datetime import date

from makegood.emails.services.outbox import add_messages
from makegood.invoices.left_to_pay import with_left_to_pay
from makegood.invoices.reminder_emails import REMINDER
from makegood.invoices.selectors import get_billing_settings
from makegood.kit.sql import compose_sql, load_sql, run_sql
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, lock_balances
from makegood.providers.locks import hold_provider
from makegood.providers.models import Provider
from makegood.runs.chunked import CUSTOMERS_AT_ONCE, Chunked

DAY = "provider_day"
"""What the messages name as their cause: the provider's day on which customers were reminded."""


def send_reminders(
    *, provider: Provider, day: date, day_id: int, after: int = 0, limit: int = CUSTOMERS_AT_ONCE
) -> Chunked:
    """Puts a reminder into the outbox for each of the next customers with Late invoices that one is due for.

    Opens a transaction. One e-mail for a customer and day, about all that is late; what is left after Available Funds
    counts when it is put there, and again when it leaves. day_id: the provider's day that the e-mails name.
    Only for the present day: of days that are made up for, nobody is reminded. Who has billing disabled is not
    reminded; who is closed and owes is. The amount is what is left to pay of the invoices.
    """
    settings = get_billing_settings(provider)
    if not settings.reminder_days:
        return Chunked(0, None)
    due = with_left_to_pay("reminder_find")
    parameters = {
        "provider": provider.pk,
        "customers": None,
        "after": after,
        "day": day,
        "reminder_days": list(settings.reminder_days),
        "limit": limit,
    }
    with opens_transaction():
        today = hold_books(provider)
        if day < today or not hold_provider(provider.pk).end_customer_billing:
            return Chunked(0, None)
        find = compose_sql(load_sql(__package__, "reminder_find_customers"), due=due)
        customers = [row["customer_id"] for row in run_sql(find, parameters)]
        if not customers:
            return Chunked(0, None)
        lock_balances(provider.pk, customers)
        parameters["customers"] = customers
        reminded = run_sql(compose_sql(load_sql(__package__, "reminder_count"), due=due), parameters)
        recipients = sorted({row["customer_id"] for row in reminded})
        add_messages(
            provider_id=provider.pk,
            template=REMINDER,
            cause_type=DAY,
            cause_id=day_id,
            recipients_sql="SELECT unnest(%(recipients)s::bigint[]) AS customer_id",
            parameters={"recipients": recipients},
        )
    amount_minor = sum(row["left_minor"] for row in reminded)
    return Chunked(len(recipients), customers[-1] if len(customers) == limit else None, amount_minor)
