"""Whom a window that makes a run is about: the selection on a list, or one customer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from makegood.customers.models import Customer
from makegood.kit.filters import FilterValues
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.runs.models import Selection
from makegood.runs.selectors import (
    count_selected,
    count_selected_customers,
    describe_selection,
    find_current_selection,
)
from makegood.runs.services.select import copy_selection, select_listed


@dataclass(frozen=True)
class Recipients:
    """chosen: the selection in words that decide whether two requests are the same. take: fixes it for a run.

    address: of the window. back: of the page that it was opened from.
    """

    list_name: str
    address: str
    back: str
    chosen: FilterValues | Sequence[str]
    count: Callable[[], tuple[int, int]]
    take: Callable[[], Selection]
    customer: Customer | None = None

    @property
    def are_orders(self) -> bool:
        return self.list_name == Selection.List.ORDERS


def find_selected(membership: Membership, list_name: str, address: str) -> Recipients:
    """The person's selection on a list, for the window at that address. Refused if nothing is selected."""
    selection = find_current_selection(membership, list_name)
    if selection is None:
        raise Refused("nothing_selected", f"Nothing is selected. Tick {list_name} on the list first.")
    return Recipients(
        list_name=list_name,
        address=address,
        back=reverse(list_name),
        chosen=describe_selection(selection),
        count=lambda: _count(selection),
        take=lambda: copy_selection(membership=membership, list_name=list_name),
    )


def one_customer(membership: Membership, customer: Customer, address: str) -> Recipients:
    """A single customer, from the customer's page, for the window at that address."""
    return Recipients(
        list_name=Selection.List.CUSTOMERS,
        address=address,
        back=reverse("customer", args=[customer.pk]),
        chosen=[customer.number],
        count=lambda: (1, 1),
        take=lambda: select_listed(membership=membership, list_name="customers", record_ids=[customer.pk]),
        customer=customer,
    )


def _count(selection: Selection) -> tuple[int, int]:
    records = count_selected(selection)
    are_orders = selection.list_name == Selection.List.ORDERS
    return records, count_selected_customers(selection) if are_orders else records
