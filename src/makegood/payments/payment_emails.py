"""The e-mails about charged payments: what they say when they leave."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F

from makegood.customers.models import Customer
from makegood.emails.kinds import EmailKind, Variable, register
from makegood.emails.models import Message
from makegood.emails.values import Money, Variables
from makegood.payments.failure_words import tell_customer_why
from makegood.payments.models import Payment, PaymentAllocation, PaymentMethod
from makegood.payments.payment_texts import PAYMENT_FAILED, PAYMENT_RECEIVED
from makegood.payments.rules import Method, State
from makegood.payments.selectors_failed import StillOwed, list_still_owed
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider

PAYMENT_FAILED_NAME, PAYMENT_RECEIVED_NAME = "payment_failed", "payment_received"
CAUSE = "payment"
"""What the messages name as their cause."""

METHOD = (
    Variable("method", "What was charged: the brand of the card, or what sort of debit it was."),
    Variable("ending", "The last four characters of the card or account."),
)


def register_emails() -> None:
    """Makes both kinds of e-mail known; called when the application starts."""
    register(
        EmailKind(
            name=PAYMENT_FAILED_NAME,
            title="Billing: Payment Failed",
            meaning="Tells customers that their card or account could not be charged, and whether it is tried again.",
            active=True,
            texts=PAYMENT_FAILED,
            own_variables=(
                Variable("amount", "What was to be charged, with its currency."),
                Variable("date", "The day on which it was tried."),
                *METHOD,
                Variable("reason", "Why it failed, to follow “because”."),
                Variable("invoices[]", "What is still owed, to go over with `{% for invoice in invoices %}`."),
                Variable("invoices[].number", "The number of an invoice."),
                Variable("invoices[].due", "What is due of it."),
                Variable("total", "What is due of all of them."),
                Variable("next_try", "The day on which it is tried again by itself; empty if it is not."),
            ),
            load=_load_failed,
            find_latest=_find_latest_failed,
            example=_make_example_failed,
        )
    )
    register(
        EmailKind(
            name=PAYMENT_RECEIVED_NAME,
            title="Billing: Payment Received",
            meaning="Confirms to customers that their card or account was charged: a receipt.",
            active=False,
            texts=PAYMENT_RECEIVED,
            own_variables=(
                Variable("amount", "What was charged, with its currency."),
                Variable("date", "The day on which it was received."),
                Variable("receipt", "The number of the payment."),
                *METHOD,
                Variable("invoices[]", "What it paid, to go over with `{% for invoice in invoices %}`."),
                Variable("invoices[].number", "The number of an invoice."),
                Variable("invoices[].paid", "What it got of the payment."),
                Variable("to_funds", "What was over and became Available Funds; empty if nothing."),
            ),
            load=_load_received,
            find_latest=_find_latest_received,
            example=_make_example_received,
        )
    )


def name_method(method: PaymentMethod | None, kind: str) -> tuple[str, str]:
    """What was charged, as its owner knows it: brand or kind, and the last four characters."""
    label = str(Method(kind).label)
    return (method.brand or label, method.last_four) if method else (label, "")


def _load_failed(messages: Sequence[Message]) -> Mapping[int, Variables | None]:
    """What is owed now counts; nothing is said where it was charged after all, or is paid. Two queries."""
    payments = _list_payments(messages)
    owed = list_still_owed(payments)
    return _say(messages, {pk: _describe_failed(each, owed.get(pk, [])) for pk, each in payments.items()})


def _describe_failed(payment: Payment, owed: Sequence[StillOwed]) -> Variables | None:
    if payment.state != State.FAILED or not owed:
        return None
    provider = payment.provider
    method, ending = name_method(payment.payment_method, payment.method)
    return {
        "amount": money(provider, payment.amount_minor),
        "date": payment.collect_day or payment.created_at.astimezone(ZoneInfo(provider.timezone)).date(),
        "method": method,
        "ending": ending,
        "reason": tell_customer_why(payment.failure_code),
        "invoices": [{"number": str(each.number), "due": money(provider, each.due_minor)} for each in owed],
        "total": money(provider, sum(each.due_minor for each in owed)),
        "next_try": min((each.next_try_on for each in owed if each.next_try_on), default=None),
    }


def _find_latest_failed(customer: Customer) -> Variables | None:
    payment = _find_latest(customer, State.FAILED)
    return _describe_failed(payment, list_still_owed([payment.pk]).get(payment.pk, [])) if payment else None


def _make_example_failed(provider: Provider) -> Variables:
    unit, today = 10**provider.currency_digits, today_of(provider)
    payment = _make_payment(provider, 60 * unit, State.FAILED, failure_code="insufficient_funds", collect_day=today)
    again = today + timedelta(days=3)
    owed = [StillOwed(1, 10234, 45 * unit, 1, again, None), StillOwed(2, 10871, 15 * unit, 1, again, None)]
    return _describe_failed(payment, owed) or {}


def _load_received(messages: Sequence[Message]) -> Mapping[int, Variables | None]:
    """Nothing is said of what was taken back before the message left. Two queries."""
    payments = _list_payments(messages)
    paid = _list_paid(payments)
    return _say(messages, {pk: _describe_received(each, paid.get(pk, {})) for pk, each in payments.items()})


def _describe_received(payment: Payment, paid: Mapping[int, int]) -> Variables | None:
    if payment.state != State.SUCCEEDED:
        return None
    provider = payment.provider
    method, ending = name_method(payment.payment_method, payment.method)
    return {
        "amount": money(provider, payment.amount_minor),
        "date": payment.received_on,
        "receipt": str(payment.pk),
        "method": method,
        "ending": ending,
        "invoices": [{"number": str(number), "paid": money(provider, minor)} for number, minor in sorted(paid.items())],
        "to_funds": money(provider, payment.over_minor) if payment.over_minor else None,
    }


def _find_latest_received(customer: Customer) -> Variables | None:
    payment = _find_latest(customer, State.SUCCEEDED)
    return _describe_received(payment, _list_paid([payment.pk]).get(payment.pk, {})) if payment else None


def _make_example_received(provider: Provider) -> Variables:
    unit, today = 10**provider.currency_digits, today_of(provider)
    payment = _make_payment(provider, 60 * unit, State.SUCCEEDED, collect_day=today, received_on=today)
    return _describe_received(payment, {10234: 45 * unit, 10871: 15 * unit}) or {}


def _list_paid(payment_ids: Any) -> dict[int, dict[int, int]]:
    """What invoices got of payments when these were booked: by payment, by the invoice's number, in minor units."""
    paid: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    given = PaymentAllocation.objects.filter(payment__in=list(payment_ids), journal_entry=F("payment__journal_entry"))
    for payment_id, number, minor in given.values_list("payment_id", "invoice__number", "amount_minor"):
        paid[payment_id][number or 0] += minor
    return paid


def _list_payments(messages: Sequence[Message]) -> dict[int, Payment]:
    asked = {message.cause_id for message in messages}
    payments = Payment.objects.select_related("provider", "payment_method")
    return payments.in_bulk(list(asked))


def _say(messages: Sequence[Message], said: Mapping[int, Variables | None]) -> dict[int, Variables | None]:
    return {message.pk: said[message.cause_id] for message in messages if message.cause_id in said}


def _find_latest(customer: Customer, state: State) -> Payment | None:
    payments = Payment.objects.select_related("provider", "payment_method")
    payments = payments.filter(customer=customer, state=state, gateway__isnull=False)
    return payments.order_by("-pk").first()


def _make_payment(provider: Provider, amount_minor: int, state: State, **more: Any) -> Payment:
    method = PaymentMethod(provider=provider, kind=Method.CARD, brand="Visa", last_four="4242")
    return Payment(
        pk=4711,
        provider=provider,
        method=Method.CARD,
        payment_method=method,
        amount_minor=amount_minor,
        state=state,
        **more,
    )


def money(provider: Provider, minor: int) -> Money:
    """The amount as templates write it."""
    return Money(minor, provider.currency, provider.currency_digits)
