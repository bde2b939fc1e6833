"""What the search in the top bar finds: menu entries, customers, orders, runs, credits, invoices."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from makegood.credits.selectors import list_credits
from makegood.customers.models import Customer
from makegood.customers.selectors import search_customers, search_inside_customers
from makegood.invoices.selectors import list_issued
from makegood.kit.money import format_money
from makegood.orders.models import Order
from makegood.orders.selectors import search_inside_orders, search_orders
from makegood.providers.models import Membership, Provider
from makegood.runs.kinds import get_kind
from makegood.runs.selectors import list_runs
from makegood.web.frame.navigation import find_entries

LONGEST = 200
LONGEST_ID = 18


@dataclass(frozen=True)
class Result:
    """One line. is_meant: the text is its very number, so that nothing else can be meant by it."""

    url: str
    title: str
    note: str = ""
    icon: str = ""
    is_meant: bool = False


@dataclass(frozen=True)
class Group:
    """Results of one sort; all_url: the list with everything that matches, where there is one."""

    title: str
    results: list[Result] = field(default_factory=list)
    all_url: str = ""


def find_everything(membership: Membership, text: str, most: int, *, thorough: bool = True) -> list[Group]:
    """What `text` means to the person, at most `most` of each sort. Eight queries at most, each of them limited.

    thorough: looks inside names, addresses and streets too; else only if nothing begins with the text, because what
    is typed letter by letter has to be answered at once.
    """
    text = " ".join(text.replace("\x00", "").split())[:LONGEST]
    if not text:
        return []
    provider = membership.provider
    customers = search_customers(provider, text, most)
    orders = search_orders(provider, text, most)
    if thorough or not (customers or orders):
        customers += search_inside_customers(provider, text, most - len(customers), [each.pk for each in customers])
        orders += search_inside_orders(provider, text, most - len(orders), [each.pk for each in orders])
    groups = [
        Group("Pages", _find_entries(membership, text)[:most]),
        Group("Customers", [_customer(each, text) for each in customers], _list_url("customers", text)),
        Group("Orders", [_order(each, text) for each in orders], _list_url("orders", text)),
        Group("Invoices", _find_invoice(provider, text)),
        Group("Runs", _find_run(provider, text)),
        Group("Credits", _find_credit(provider, text)),
    ]
    found = [group for group in groups if group.results]
    # A number that is meant comes before pages that happen to begin like it.
    return sorted(found, key=lambda group: not any(result.is_meant for result in group.results))


def find_meant(groups: list[Group]) -> Result | None:
    """The one record that is called just as the text says; None where there is none, or several."""
    meant = [result for group in groups for result in group.results if result.is_meant]
    return meant[0] if len(meant) == 1 else None


def _list_url(address: str, text: str) -> str:
    return f"{reverse(address)}?{urlencode({'q': text})}"


def _find_entries(membership: Membership, text: str) -> list[Result]:
    return [
        Result(reverse(entry.address), entry.title, above, entry.icon)
        for above, entry in find_entries(membership, text)
    ]


def _customer(customer: Customer, text: str) -> Result:
    known = [customer.number, customer.email or customer.phone]
    if customer.status != Customer.Status.ACTIVE:
        known.append(customer.get_status_display())
    return Result(
        reverse("customer", args=[customer.pk]),
        customer.name,
        " · ".join(part for part in known if part),
        "user",
        customer.number.casefold() == text.casefold(),
    )


def _order(order: Order, text: str) -> Result:
    known = [order.service.name, order.customer.name, order.street, order.area]
    return Result(
        reverse("order", args=[order.pk]),
        order.number,
        " · ".join(part for part in known if part),
        "package",
        order.number.casefold() == text.casefold(),
    )


def _find_run(provider: Provider, text: str) -> list[Result]:
    pk = _number_in(text, ("credit run", "invoice run", "charge run", "run", "take-back"))
    run = list_runs(provider).filter(pk=pk).first() if pk else None
    if run is None:
        return []
    noun = get_kind(run.kind).noun.capitalize()
    return [Result(reverse("run", args=[run.pk]), f"{noun} {run.pk}", run.get_state_display(), "list-checks")]


def _find_invoice(provider: Provider, text: str) -> list[Result]:
    number = _number_in(text, ("invoice",))
    invoice = list_issued(provider).filter(number=number).first() if number else None
    if invoice is None:
        return []
    amount = format_money(invoice.total_minor, provider.currency, provider.currency_digits)
    note = f"{amount} · {invoice.get_state_display()} · {invoice.customer}"
    return [Result(reverse("invoice", args=[invoice.pk]), f"Invoice {number}", note, "receipt-text")]


def _find_credit(provider: Provider, text: str) -> list[Result]:
    pk = _number_in(text, ("credit",))
    credit = list_credits(provider).select_related("customer").filter(pk=pk).first() if pk else None
    if credit is None:
        return []
    amount = format_money(credit.issued_minor, provider.currency, provider.currency_digits)
    return [
        Result(reverse("credit", args=[credit.pk]), f"Credit {credit.pk}", f"{amount} · {credit.customer}", "coins")
    ]


def _number_in(text: str, nouns: tuple[str, ...]) -> int | None:
    """The number of a run, an invoice or a credit: ``12``, ``#12``, ``run 12``."""
    rest = text.casefold()
    for noun in nouns:
        if rest.startswith(f"{noun} "):
            rest = rest.removeprefix(noun).strip()
            break
    rest = rest.removeprefix("#")
    return int(rest) if rest.isascii() and rest.isdigit() and len(rest) <= LONGEST_ID else None
