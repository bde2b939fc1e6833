"""``makegood credits``: what was given, and correcting one credit."""

import argparse
from datetime import date
from typing import Any
from uuid import uuid4

from makegood.cli.arguments import (
    Actions,
    add_json,
    add_person,
    add_provider,
    confirm,
    member_of,
    provider_of,
    read_filters,
    require_somebody_to_ask,
)
from makegood.cli.output import decimal_of, money_of, print_json, print_pairs, print_table, print_text
from makegood.credits.change_preview import (
    ChangePreview,
    FieldChange,
    compare_change,
    preview_change,
    preview_void,
)
from makegood.credits.credit_filters import list_matching_credits
from makegood.credits.models import Credit, CreditChange
from makegood.credits.selectors import find_change_by_key, get_credit, list_changes, list_credits, list_entries
from makegood.credits.services.change_credit import change_credit, void_credit
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Provider


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("credits", help="credits that were given").add_subparsers(metavar="ACTION")
    listed = actions.add_parser("list", help="list credits, newest first")
    listed.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="may be repeated")
    listed.add_argument("--limit", type=int, default=50, metavar="N")
    listed.set_defaults(run=run_list)
    show = _about_one(actions, "show", "show a credit with its entries and changes")
    show.set_defaults(run=run_show)
    edit = _about_one(actions, "edit", "change a credit's amount, description, GL code or expiry")
    edit.add_argument("--amount", metavar="AMOUNT", help="what the credit is worth altogether")
    edit.add_argument("--description", metavar="TEXT", help="customers see it")
    edit.add_argument("--gl-code", metavar="CODE")
    expiry = edit.add_mutually_exclusive_group()
    expiry.add_argument("--expires", metavar="DATE", help="the last day on which it can be used, such as 2026-12-31")
    expiry.add_argument("--no-expiry", action="store_true", help="it can be used for ever")
    edit.set_defaults(run=run_edit)
    void = _about_one(actions, "void", "take back what is left of a credit")
    void.set_defaults(run=run_void)
    for parser in (edit, void):
        add_person(parser)
        parser.add_argument("--notify", action="store_true", help="the customer gets an e-mail")
        parser.add_argument("--key", metavar="KEY", help="the same key never books twice")
        parser.add_argument("--yes", action="store_true", help="do not ask")
    for parser in (listed, show, edit, void):
        add_provider(parser)
        add_json(parser)


def _about_one(actions: Actions, name: str, text: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text)
    parser.add_argument("number", metavar="CREDIT", type=int)
    return parser


def run_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    matching = list_matching_credits(provider, read_filters(arguments.filter))
    shown = list_credits(provider).filter(pk__in=matching.values("pk"))[: max(arguments.limit, 0)]
    if arguments.json:
        print_json([_describe(provider, credit) for credit in shown])
        return 0
    columns = ["Credit", "Customer", "Name", "Given", "Issued", "Remaining", "Kind", "GL code", "Run", "Description"]
    print_table(
        columns,
        [
            (
                credit.pk, credit.customer.number, credit.customer.name, credit.issued_on,
                money_of(provider, credit.issued_minor), money_of(provider, credit.remaining_minor),
                credit.kind, credit.gl_code.code, credit.run_row.run_id if credit.run_row else "", credit.description,
            )
            for credit in shown
        ],
        right=("Credit", "Issued", "Remaining"),
    )  # fmt: skip
    print_text(f"{len(shown)} of {matching.count():,} credits that match.")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    credit = get_credit(provider, arguments.number)
    described = _describe(provider, credit)
    entries = [
        {
            "booked_on": entry.booked_on,
            "type": entry.type,
            "amount": decimal_of(provider, entry.amount_minor),
            "funds_after": decimal_of(provider, entry.funds_after_minor),
            "journal_entry": entry.journal_entry_id,
        }
        for entry in list_entries(credit)
    ]
    changes = [_describe_change(provider, change) for change in list_changes(credit)]
    if arguments.json:
        print_json({**described, "entries": entries, "changes": changes})
        return 0
    print_pairs((name.replace("_", " ").capitalize(), str(_shown(value))) for name, value in described.items())
    print_text("")
    print_table(
        list(entries[0]), [list(entry.values()) for entry in entries], right=("amount", "funds_after", "journal_entry")
    )
    for change in changes:
        said = [f"{name}: {_shown(old)} -> {_shown(new)}" for name, (old, new) in change["changed"].items()]
        said += [f"taken back: {change['taken_back']}"] if change["action"] == CreditChange.Action.VOIDED else []
        print_text(f"{change['at']:%Y-%m-%d %H:%M}  {change['by']}  {change['action']}  {'; '.join(said)}")
    return 0


def run_edit(arguments: argparse.Namespace) -> int:
    provider = _require_answer(arguments)
    membership = member_of(provider, arguments)
    credit = get_credit(provider, arguments.number)
    wish = _read_wish(provider, arguments)
    if not _is_known(provider, arguments):
        preview = preview_change(membership=membership, credit=credit, **wish)
        if not _may_go_on(provider, preview, arguments, f"Change credit {credit.pk}?"):
            return 0
    change = change_credit(membership=membership, credit=credit, key=_key(arguments), notify=arguments.notify, **wish)
    return _say(provider, change, arguments, f"Credit {credit.pk} is changed.")


def run_void(arguments: argparse.Namespace) -> int:
    provider = _require_answer(arguments)
    membership = member_of(provider, arguments)
    credit = get_credit(provider, arguments.number)
    if not _is_known(provider, arguments):
        preview = preview_void(membership=membership, credit=credit)
        if not _may_go_on(provider, preview, arguments, f"Void credit {credit.pk}?"):
            return 0
    change = void_credit(membership=membership, credit=credit, key=_key(arguments), notify=arguments.notify)
    taken = money_of(provider, change.taken_back_minor)
    return _say(provider, change, arguments, f"{taken} of credit {credit.pk} is taken back.")


def _require_answer(arguments: argparse.Namespace) -> Provider:
    if not arguments.yes:
        require_somebody_to_ask(arguments)
    return provider_of(arguments)


def _is_known(provider: Provider, arguments: argparse.Namespace) -> bool:
    """Whether the key was used before: then the first answer is given, and nobody is asked again."""
    return arguments.key is not None and find_change_by_key(provider, arguments.key) is not None


def _key(arguments: argparse.Namespace) -> str:
    return uuid4().hex if arguments.key is None else str(arguments.key)


def _read_wish(provider: Provider, arguments: argparse.Namespace) -> dict[str, Any]:
    """What is named on the command line; the rest stays as it is."""
    wish: dict[str, Any] = {}
    if arguments.amount is not None:
        wish["amount_minor"] = parse_amount(arguments.amount, provider.currency_digits)
    if arguments.description is not None:
        wish["description"] = arguments.description
    if arguments.gl_code is not None:
        wish["gl_code"] = get_gl_code(provider, arguments.gl_code)
    if arguments.no_expiry:
        wish["expires_on"] = None
    elif arguments.expires is not None:
        try:
            wish["expires_on"] = date.fromisoformat(arguments.expires)
        except ValueError:
            raise Refused(
                "date_malformed", f"“{arguments.expires}” is not a date; write it as 2026-12-31.", "expires_on"
            ) from None
    if not wish:
        raise Refused(
            "nothing_changed", "Say what to change: --amount, --description, --gl-code, --expires or --no-expiry."
        )
    return wish


def _may_go_on(provider: Provider, preview: ChangePreview, arguments: argparse.Namespace, question: str) -> bool:
    if not arguments.json:
        _print_preview(provider, preview)
    if arguments.yes or confirm(question):
        return True
    print_text("Nothing is booked.")
    return False


def _print_preview(provider: Provider, preview: ChangePreview) -> None:
    credit = preview.credit
    print_text(f"Credit {credit.pk} of {credit.customer.number} {credit.customer.name}")
    changed = [
        (field.label, [_plain(provider, field.name, value) for value in (field.old, field.new)])
        for field in preview.fields
    ]
    print_pairs((label, f"{_shown(old)} -> {_shown(new)}") for label, (old, new) in changed)
    if preview.lines:
        print_table(
            ["GL code", "Debit", "Credit"],
            [
                (
                    str(line.gl_code),
                    money_of(provider, line.debit_minor) if line.debit_minor else "",
                    money_of(provider, line.credit_minor) if line.credit_minor else "",
                )
                for line in preview.lines
            ],
            right=("Debit", "Credit"),
        )
    remaining = [money_of(provider, preview.remaining_before_minor), money_of(provider, preview.remaining_after_minor)]
    funds = [money_of(provider, preview.funds_before_minor), money_of(provider, preview.funds_after_minor)]
    print_text(f"Remaining {' -> '.join(remaining)}; Available Funds {' -> '.join(funds)}.")


def _say(provider: Provider, change: CreditChange, arguments: argparse.Namespace, text: str) -> int:
    if arguments.json:
        print_json({**_describe(provider, get_credit(provider, change.credit_id)), "change": change.number})
    else:
        print_text(text)
    return 0


def _describe(provider: Provider, credit: Credit) -> dict[str, Any]:
    return {
        "credit": credit.pk,
        "customer": credit.customer.number,
        "issued_on": credit.issued_on,
        "issued": decimal_of(provider, credit.issued_minor),
        "adjusted": decimal_of(provider, credit.adjusted_minor),
        "used": decimal_of(provider, credit.used_minor),
        "refunded": decimal_of(provider, credit.refunded_minor),
        "expired": decimal_of(provider, credit.expired_minor),
        "taken_back": decimal_of(provider, credit.taken_back_minor),
        "remaining": decimal_of(provider, credit.remaining_minor),
        "currency": provider.currency,
        "kind": credit.kind,
        "description": credit.description,
        "gl_code": credit.gl_code.code,
        "expires_on": credit.expires_on,
        "given_by": credit.created_by.email if credit.created_by else None,
        "run": credit.run_row.run_id if credit.run_row else None,
    }


def _describe_change(provider: Provider, change: CreditChange) -> dict[str, Any]:
    fields: tuple[FieldChange, ...] = compare_change(change)
    return {
        "change": change.number,
        "action": change.action,
        "by": change.created_by.email,
        "at": change.created_at,
        "changed": {
            field.name.removesuffix("_minor"): [_plain(provider, field.name, each) for each in (field.old, field.new)]
            for field in fields
        },
        "taken_back": decimal_of(provider, change.taken_back_minor),
        "journal_entry": change.journal_entry_id,
    }


def _plain(provider: Provider, name: str, value: Any) -> Any:
    """A value of a field for programs."""
    if name == "amount_minor":
        return decimal_of(provider, value)
    return value.code if name == "gl_code" else value


def _shown(value: Any) -> Any:
    return "none" if value in (None, "") else value
