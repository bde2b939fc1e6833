"""``makegood emails``: the outbox, what one message says, and sending failed ones again."""

import argparse
from typing import Any

from makegood.cli.arguments import Actions, add_json, add_person, add_provider, member_of, provider_of, read_filters
from makegood.cli.output import plural, print_json, print_pairs, print_table, print_text
from makegood.credits.credit_emails import RUN
from makegood.emails.filters import list_matching_messages
from makegood.emails.models import Message
from makegood.emails.reading import Letter, read_letter
from makegood.emails.selectors import get_message, has_smtp
from makegood.emails.services.outbox import send_again, send_failed_again
from makegood.kit.refusal import Refused


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("emails", help="e-mail to customers").add_subparsers(metavar="ACTION")
    listed = actions.add_parser("list", help="list the messages of the outbox, newest first")
    listed.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="may be repeated")
    listed.add_argument("--limit", type=int, default=50, metavar="N")
    listed.set_defaults(run=run_list)
    show = actions.add_parser("show", help="show a message: what was, or will be, sent")
    show.add_argument("number", metavar="MESSAGE", type=int)
    show.set_defaults(run=run_show)
    retry = actions.add_parser("retry", help="send failed messages again: one, or all of a run")
    retry.add_argument("number", metavar="MESSAGE", type=int, nargs="?", help="left out where --run is given")
    retry.add_argument("--run", dest="of_run", metavar="RUN", type=int, help="all failed messages of this run")
    add_person(retry)
    retry.set_defaults(run=run_retry)
    for parser in (listed, show, retry):
        add_provider(parser)
        add_json(parser)


def run_list(arguments: argparse.Namespace) -> int:
    matching = list_matching_messages(provider_of(arguments), read_filters(arguments.filter))
    messages = list(matching.select_related("customer").order_by("-id")[: max(arguments.limit, 0)])
    if arguments.json:
        print_json([_describe(message) for message in messages])
        return 0
    print_table(
        ["Message", "Written", "Customer", "Template", "State", "Reason"],
        [
            (
                message.pk, f"{message.created_at:%Y-%m-%d %H:%M}", message.customer.number, message.template,
                message.get_state_display(), message.reason_words,
            )
            for message in messages
        ],
        right=("Message",),
    )  # fmt: skip
    print_text(f"{len(messages)} of {plural(matching.count(), 'message')} that match.")
    if not has_smtp():
        print_text("No mail server is set, so nothing is sent: see MAKEGOOD_SMTP_URL.")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    message = get_message(provider_of(arguments), arguments.number)
    letter = read_letter(message)
    if arguments.json:
        print_json({**_describe(message), **_describe_letter(letter)})
        return 0
    print_pairs(
        [
            ("Message", f"{message.pk}, {message.get_state_display().lower()}"),
            ("Customer", f"{message.customer.number} {message.customer.name}"),
            ("To", letter.address or "(no address)"),
            ("Template", message.template),
            ("Because of", f"{message.cause_type.replace('_', ' ')} {message.cause_id}"),
            ("Attempts", str(message.attempts)),
            ("Reason", message.reason_words or "-"),
            ("Subject", letter.subject),
        ]
    )
    print_text("")
    print_text(letter.problem or letter.text)
    return 0


def run_retry(arguments: argparse.Namespace) -> int:
    if (arguments.number is None) == (arguments.of_run is None):
        raise Refused("message_missing", "Name either a message or, with --run, a run.", "message")
    membership = member_of(provider_of(arguments), arguments)
    if arguments.of_run is not None:
        count = send_failed_again(membership=membership, cause_type=RUN, cause_id=arguments.of_run)
    else:
        send_again(membership=membership, message=get_message(membership.provider, arguments.number))
        count = 1
    if arguments.json:
        print_json({"messages": count})
    else:
        print_text(f"{plural(count, 'message')} will be sent again.")
    return 0


def _describe(message: Message) -> dict[str, Any]:
    return {
        "message": message.pk,
        "customer": message.customer.number,
        "template": message.template,
        "cause": {"type": message.cause_type, "id": message.cause_id},
        "state": message.state,
        "reason": message.reason or None,
        "attempts": message.attempts,
        "written_at": message.created_at.isoformat(),
        "due_at": message.due_at.isoformat() if message.due_at else None,
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
    }


def _describe_letter(letter: Letter) -> dict[str, Any]:
    return {
        "to": letter.address,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "problem": letter.problem or None,
    }
