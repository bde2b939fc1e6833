"""The e-mails that tell customers of their credits: when they are put into the outbox, and what they say."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from makegood.credits.email_texts import CREDIT_CHANGED, NEW_CREDITS
from makegood.credits.models import Credit, CreditChange
from makegood.customers.models import Customer
from makegood.emails.kinds import EmailKind, Variable, register
from makegood.emails.models import Message
from makegood.emails.services.outbox import add_messages
from makegood.emails.values import Money, Variables
from makegood.kit.sql import Row, load_sql, run_sql
from makegood.ledger.models import CustomerBalance
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from makegood.runs.kinds import Chunk
from makegood.runs.models import Run

RUN, CHANGE = "run", "credit_change"
"""What the messages name as their cause."""

NEW_CREDITS_NAME, CREDIT_CHANGED_NAME = "new_credits", "credit_changed"


def announce_credits(run: Run, chunk: Chunk) -> int:
    """One message for each customer of the chunk who was credited; returns how many. Demands the chunk's transaction.

    Called when the outcomes of the chunk stand. Rows of a customer stand or fall together, so a customer is credited in
    one chunk of a run only, and told once, however often the run is stopped, resumed or retried.
    """
    return add_messages(
        provider_id=run.provider_id,
        template=NEW_CREDITS_NAME,
        cause_type=RUN,
        cause_id=run.pk,
        recipients_sql=load_sql(__package__, "find_told_customers"),
        parameters=chunk.parameters(),
    )


def announce_change(change: CreditChange) -> int:
    """The message that tells the customer of a change of a credit. Demands the transaction of the change."""
    return add_messages(
        provider_id=change.provider_id,
        template=CREDIT_CHANGED_NAME,
        cause_type=CHANGE,
        cause_id=change.pk,
        recipients_sql="SELECT credit.customer_id FROM credit WHERE credit.id = %(credit)s",
        parameters={"credit": change.credit_id},
    )


def register_emails() -> None:
    """Makes both kinds of e-mail known; called when the application starts."""
    register(
        EmailKind(
            name=NEW_CREDITS_NAME,
            title="Billing: New Credits",
            meaning="Tells customers of credits that were put on their account.",
            active=True,
            texts=NEW_CREDITS,
            own_variables=(
                Variable("credits[]", "The credits, to go over with `{% for credit in credits %}`."),
                Variable("credits[].amount", "What a credit is worth, with its currency."),
                Variable("credits[].description", "What it is for; empty if nothing was written."),
                Variable("credits[].date", "The day on which it was given."),
                Variable("credits[].expires", "The last day on which it can be used; empty if there is none."),
                Variable("total", "What the credits are worth together."),
                Variable("used", "What of them has paid invoices by now; empty if nothing has."),
                Variable("available_funds", "What the customer can use now, these credits included."),
            ),
            load=_load_credits,
            find_latest=_find_latest_credit,
            example=_make_example_credit,
            outdated=Message.Reason.CREDIT_TAKEN_BACK,
        )
    )
    register(
        EmailKind(
            name=CREDIT_CHANGED_NAME,
            title="Billing: Credit Changed",
            meaning="Tells a customer that a credit was edited or voided.",
            active=False,
            texts=CREDIT_CHANGED,
            own_variables=(
                Variable("description", "What the credit is for; empty if nothing was written."),
                Variable("date", "The day on which it was given."),
                Variable("amount", "What the credit is worth now, what was used of it included."),
                Variable("old_amount", "What it was worth before."),
                Variable("expires", "The last day on which it can be used; empty if there is none."),
                Variable("old_expires", "The same before the change."),
                Variable("voided", "Whether what was left of the credit was taken back."),
                Variable("taken_back", "How much was taken back."),
                Variable("available_funds", "What the customer can use now."),
            ),
            load=_load_changes,
            find_latest=_find_latest_change,
            example=_make_example_change,
        )
    )


def _load_credits(messages: Sequence[Message]) -> Mapping[int, Variables | None]:
    told = run_sql(
        load_sql(__package__, "find_credits_to_tell"),
        {
            "messages": [message.pk for message in messages],
            "runs": [message.cause_id for message in messages],
            "customers": [message.customer_id for message in messages],
        },
    )
    providers = _providers_of(messages)
    rows: dict[int, list[Row]] = {message.pk: [] for message in messages}
    for row in told:
        rows[row["message_id"]].append(row)
    return {
        message.pk: _describe_credits(providers[message.provider_id], rows[message.pk]) if rows[message.pk] else None
        for message in messages
    }


def _describe_credits(provider: Provider, rows: Sequence[Row]) -> Variables:
    used_minor = sum(row["used_minor"] for row in rows)
    return {
        "credits": [
            {
                "amount": _money(provider, row["amount_minor"]),
                "description": row["description"],
                "date": row["issued_on"],
                "expires": row["expires_on"],
            }
            for row in rows
        ],
        "total": _money(provider, sum(row["amount_minor"] for row in rows)),
        "used": _money(provider, used_minor) if used_minor else None,
        "available_funds": _money(provider, rows[0]["funds_minor"]),
    }


def _find_latest_credit(customer: Customer) -> Variables | None:
    credit = Credit.objects.filter(customer=customer).order_by("-id").first()
    if credit is None:
        return None
    row = {
        "amount_minor": credit.issued_minor + credit.adjusted_minor,
        "description": credit.description,
        "issued_on": credit.issued_on,
        "expires_on": credit.expires_on,
        "used_minor": credit.used_minor,
        "funds_minor": CustomerBalance.objects.get(pk=customer.pk).funds_minor,
    }
    return _describe_credits(customer.provider, [row])


def _make_example_credit(provider: Provider) -> Variables:
    each, today = 15 * 10**provider.currency_digits, today_of(provider)
    row = {
        "amount_minor": each,
        "description": "Outage in your area",
        "issued_on": today,
        "expires_on": today + timedelta(days=365),
        "used_minor": 0,
        "funds_minor": 3 * each,
    }
    return _describe_credits(provider, [row, row | {"description": "", "expires_on": None}])


def _load_changes(messages: Sequence[Message]) -> Mapping[int, Variables | None]:
    changes = CreditChange.objects.select_related("credit").in_bulk([message.cause_id for message in messages])
    customers = {message.customer_id for message in messages}
    funds = dict(CustomerBalance.objects.filter(pk__in=customers).values_list("pk", "funds_minor"))
    providers = _providers_of(messages)
    return {
        message.pk: _describe_change(
            providers[message.provider_id], changes[message.cause_id], funds[message.customer_id]
        )
        for message in messages
    }


def _describe_change(provider: Provider, change: CreditChange, funds_minor: int) -> Variables:
    return {
        "description": change.new_description,
        "date": change.credit.issued_on,
        "amount": _money(provider, change.new_amount_minor),
        "old_amount": _money(provider, change.old_amount_minor),
        "expires": change.new_expires_on,
        "old_expires": change.old_expires_on,
        "voided": change.action == CreditChange.Action.VOIDED,
        "taken_back": _money(provider, change.taken_back_minor),
        "available_funds": _money(provider, funds_minor),
    }


def _find_latest_change(customer: Customer) -> Variables | None:
    changes = CreditChange.objects.select_related("credit").filter(credit__customer=customer)
    change = changes.order_by("-id").first()
    if change is None:
        return None
    return _describe_change(customer.provider, change, CustomerBalance.objects.get(pk=customer.pk).funds_minor)


def _make_example_change(provider: Provider) -> Variables:
    each, today = 5 * 10**provider.currency_digits, today_of(provider)
    given: date = today - timedelta(days=10)
    return {
        "description": "Outage in your area",
        "date": given,
        "amount": _money(provider, 2 * each),
        "old_amount": _money(provider, 3 * each),
        "expires": None,
        "old_expires": given + timedelta(days=365),
        "voided": False,
        "taken_back": _money(provider, 0),
        "available_funds": _money(provider, 2 * each),
    }


def _providers_of(messages: Sequence[Message]) -> dict[int, Provider]:
    return Provider.objects.in_bulk({message.provider_id for message in messages})


def _money(provider: Provider, minor: int) -> Money:
    return Money(minor, provider.currency, provider.currency_digits)
