"""How the command line shows what the credits of a draft will do for bills."""

from dataclasses import asdict
from typing import Any

from makegood.cli.output import decimal_of, money_of, plural
from makegood.credits.bills_of_draft import BillsOfDraft, Group, Stands
from makegood.providers.models import Provider


def describe_bills(provider: Provider, bills: BillsOfDraft) -> dict[str, Any]:
    """For programs; counts are customers. Funds that the customers have already are counted in all amounts."""

    def group(of: Group) -> dict[str, Any]:
        return {"customers": of.customers, "amount": decimal_of(provider, of.amount_minor)}

    return {
        "used_at_once": group(bills.at_once),
        "late": {**group(bills.late), "settled": bills.late_settled.customers},
        "open": group(bills.open),
        "open_by_day": [
            {"day": each.day, "customers": each.customers, "amount": decimal_of(provider, each.amount_minor)}
            for each in bills.days
        ],
        "no_invoice": group(bills.neither),
        "billing_disabled": group(bills.disabled),
        "payment_in_flight": group(bills.in_flight),
        "charged_before": group(bills.charged_before),
        "customers": {**asdict(bills.stands), "all": bills.stands.customers},
        "left_after_next_invoice": {
            **group(bills.left),
            "estimated": bills.left_estimated.customers,
            "billed_nothing": bills.left_unbilled.customers,
        },
    }


def lines_of_bills(provider: Provider, bills: BillsOfDraft) -> list[tuple[str, str]]:
    """For people: names with what they are; nothing is said of nobody."""
    lines: list[tuple[str, str]] = []
    if bills.at_once.customers:
        lines.append(
            ("Used at once", f"{money_of(provider, bills.at_once.amount_minor)} for the invoice that it is for")
        )
    if bills.late.customers:
        settled = f"; {bills.late_settled.customers:,} then owe nothing late" if bills.late_settled.customers else ""
        lines.append(("Late, used at once", _say(provider, bills.late) + settled))
    lines += [
        (f"Open, used on {each.day}", _say(provider, Group(each.customers, each.amount_minor))) for each in bills.days
    ]
    if bills.neither.customers:
        lines.append(("No invoice to pay", f"{_say(provider, bills.neither)} kept for the next one"))
    if bills.in_flight.customers:
        lines.append(
            ("Payment on its way", f"{_say(provider, bills.in_flight)} that no credit pays until it has settled")
        )
    if bills.charged_before.customers:
        lines.append(("Charged by autopay today", f"{_say(provider, bills.charged_before)} unless credited before"))
    lines += _lines_of_stands(bills.stands)
    return [*lines, ("Left after next invoice", _say_left(provider, bills))]


def _lines_of_stands(stands: Stands) -> list[tuple[str, str]]:
    """Each customer once, where anybody's invoices take no funds; the other lines say it else."""
    if not stands.by_hand:
        return []
    said = plural(stands.by_hand, "customer")
    return [("Collected by hand", f"{said} whose invoices take no funds by themselves")]


def _say(provider: Provider, group: Group) -> str:
    return f"{plural(group.customers, 'customer')}, {money_of(provider, group.amount_minor)}"


def _say_left(provider: Provider, bills: BillsOfDraft) -> str:
    said = [_say(provider, bills.left)]
    if bills.left_estimated.customers:
        said.append(f"{bills.left_estimated.customers:,} reckoned from the orders as they stand")
    if bills.left_unbilled.customers:
        said.append(f"{bills.left_unbilled.customers:,} billed nothing")
    return "; ".join(said)
