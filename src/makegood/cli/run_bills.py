"""How the command line shows what the credits of a draft will do for bills."""

from typing import Any

from makegood.cli.output import decimal_of, money_of, plural
from makegood.credits.bills_of_draft import BillsOfDraft, Group
from makegood.providers.models import Provider


def describe_bills(provider: Provider, bills: BillsOfDraft) -> dict[str, Any]:
    """For programs; counts are customers. Funds that the customers have already are counted in all amounts."""

    def group(of: Group) -> dict[str, Any]:
        return {"customers": of.customers, "amount": decimal_of(provider, of.amount_minor)}

    return {
        "late": {**group(bills.late), "settled": bills.late_settled.customers},
        "open": group(bills.open),
        "open_by_day": [
            {"day": each.day, "customers": each.customers, "amount": decimal_of(provider, each.amount_minor)}
            for each in bills.days
        ],
        "no_invoice": group(bills.neither),
        "billing_disabled": group(bills.disabled),
        "left_after_next_invoice": {
            **group(bills.left),
            "estimated": bills.left_estimated.customers,
            "billed_nothing": bills.left_unbilled.customers,
        },
    }


def lines_of_bills(provider: Provider, bills: BillsOfDraft) -> list[tuple[str, str]]:
    """For people: names with what they are; nothing is said of nobody."""
    lines: list[tuple[str, str]] = []
    if bills.late.customers:
        settled = f"; {bills.late_settled.customers:,} then owe nothing late" if bills.late_settled.customers else ""
        lines.append(("Late, used at once", _say(provider, bills.late) + settled))
    lines += [
        (f"Open, used on {each.day}", _say(provider, Group(each.customers, each.amount_minor))) for each in bills.days
    ]
    if bills.neither.customers:
        lines.append(("No invoice to pay", f"{_say(provider, bills.neither)} kept for the next one"))
    return [*lines, ("Left after next invoice", _say_left(provider, bills))]


def _say(provider: Provider, group: Group) -> str:
    return f"{plural(group.customers, 'customer')}, {money_of(provider, group.amount_minor)}"


def _say_left(provider: Provider, bills: BillsOfDraft) -> str:
    said = [_say(provider, bills.left)]
    if bills.left_estimated.customers:
        said.append(f"{bills.left_estimated.customers:,} reckoned from the orders as they stand")
    if bills.left_unbilled.customers:
        said.append(f"{bills.left_unbilled.customers:,} billed nothing")
    return "; ".join(said)
