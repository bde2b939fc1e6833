"""``makegood payments list|show``: payments as they stand, and everything that happened to one."""

import argparse
from typing import Any
from zoneinfo import ZoneInfo

from makegood.cli.arguments import Actions, add_json, add_provider, provider_of, read_filters
from makegood.cli.output import decimal_of, money_of, print_json, print_table, print_text
from makegood.cli.payment_report import print_payment
from makegood.payments.failure_words import tell_staff_why
from makegood.payments.filters import list_matching_payments
from makegood.payments.method_words import name_method_of
from makegood.payments.models import Payment
from makegood.payments.rules import State
from makegood.payments.selectors import get_payment, list_allocations, list_payments
from makegood.payments.selectors_failed import list_still_owed
from makegood.payments.selectors_story import Story, tell_story
from makegood.providers.models import Provider


def add_view_actions(actions: Actions) -> None:
    """The two actions that only look."""
    listed = actions.add_parser("list", help="list payments, newest first")
    listed.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="may be repeated")
    listed.add_argument("--limit", type=int, default=50, metavar="N")
    listed.set_defaults(run=run_list)
    show = actions.add_parser("show", help="show a payment, what it paid and what happened to it")
    show.add_argument("number", metavar="PAYMENT", type=int)
    show.set_defaults(run=run_show)
    for parser in (listed, show):
        add_provider(parser)
        add_json(parser)


def run_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    matching = list_matching_payments(provider, read_filters(arguments.filter))
    shown = list_payments(provider).filter(pk__in=matching.values("pk"))[: max(arguments.limit, 0)]
    if arguments.json:
        print_json([describe_payment(provider, payment) for payment in shown])
        return 0
    print_table(
        ["Payment", "Customer", "Name", "Received", "Amount", "On invoices", "Method", "Purpose", "State", "Reference"],
        [
            (
                payment.pk, payment.customer.number, payment.customer.name,
                payment.received_on or f"asked {_day_of(provider, payment)}",
                money_of(provider, payment.amount_minor), money_of(provider, payment.allocated_minor),
                name_method_of(payment), payment.purpose, payment.state, payment.reference or payment.gateway_reference,
            )
            for payment in shown
        ],
        right=("Payment", "Amount", "On invoices"),
    )  # fmt: skip
    print_text(f"{len(shown)} of {matching.count():,} payments that match.")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    payment = get_payment(provider, arguments.number)
    parts = {
        "allocations": [
            {"invoice": each.invoice.number, "amount": decimal_of(provider, each.amount_minor)}
            for each in list_allocations(payment)
        ],
        **_describe_story(provider, tell_story(payment)),
    }
    described = describe_payment(provider, payment)
    if payment.state == State.FAILED:
        owed = list_still_owed([payment.pk]).get(payment.pk, [])
        described["next_try_on"] = min((each.next_try_on for each in owed if each.next_try_on), default=None)
    if arguments.json:
        print_json({**described, **parts})
        return 0
    print_payment(provider, described, parts)
    return 0


def describe_payment(provider: Provider, payment: Payment) -> dict[str, Any]:
    """The payment for programs; amounts are decimal strings."""
    credit = payment.overpayment_credit
    return {
        "payment": payment.pk,
        "customer": payment.customer.number,
        "state": payment.state,
        "purpose": payment.purpose,
        "method": payment.method,
        "payment_method": str(payment.payment_method) if payment.payment_method else None,
        "amount": decimal_of(provider, payment.amount_minor),
        "on_invoices": decimal_of(provider, payment.allocated_minor),
        "to_funds": decimal_of(provider, payment.over_minor),
        "refunded": decimal_of(provider, payment.refunded_minor),
        "refund_under_way": decimal_of(provider, payment.refunding_minor),
        "paid_out": decimal_of(provider, payment.paid_out_minor),
        "returned": decimal_of(provider, payment.returned_minor),
        "lost": decimal_of(provider, payment.lost_minor),
        "currency": provider.currency,
        "asked_at": payment.created_at,
        "collect_day": payment.collect_day,
        "received_on": payment.received_on,
        "booked_on": payment.booked_on,
        "reference": payment.reference,
        "processor_reference": payment.gateway_reference,
        "failure_code": payment.failure_code,
        "why": tell_staff_why(payment.failure_code, payment.failure) if payment.state == State.FAILED else "",
        "note": payment.note,
        "gl_code": payment.gl_code.code,
        "credit": credit.pk if credit else None,
        "recorded_by": payment.created_by.email if payment.created_by else None,
        "reversed_on": payment.reversed_on,
        "reversal_reason": payment.reversal_reason,
    }


def _describe_story(provider: Provider, story: Story) -> dict[str, list[dict[str, Any]]]:
    def amount(minor: int) -> str:
        return decimal_of(provider, minor)

    return {
        "asked_for": [
            {"invoice": each.invoice.number, "amount": amount(each.amount_minor), "under_way": each.open}
            for each in story.claims
        ],
        "movements": [
            {"type": each.type, "amount": amount(each.amount_minor), "booked_on": each.booked_on}
            for each in story.movements
        ],
        "given_back": [
            {
                "refund": each.refund_id,
                "invoice": each.refund.invoice.number if each.refund.invoice else None,
                "amount": amount(each.amount_minor),
                "way": each.way,
                "state": "bounced" if each.bounced_at else each.state,
                "reference": each.reference,
                "failure": each.failure,
            }
            for each in story.transfers
        ],
        "disputes": [
            {
                "dispute": each.reference,
                "state": each.state,
                "amount": amount(each.amount_minor),
                "reason": each.reason,
                "answer_by": each.answer_by,
            }
            for each in story.disputes
        ],
        "tries": [
            {"payment": each.pk, "state": each.state, "amount": amount(each.amount_minor), "asked_at": each.created_at}
            for each in story.tries
        ],
        "events": [
            {"event": each.event_id, "type": each.type, "happened_at": each.happened_at, "state": each.state}
            for each in story.events
        ],
    }


def _day_of(provider: Provider, payment: Payment) -> str:
    return payment.created_at.astimezone(ZoneInfo(provider.timezone)).date().isoformat()
