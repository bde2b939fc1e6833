"""Who credits customers on the pages, and what they send."""

import re
from typing import Any

from django.test import Client

from makegood.customers.models import Customer
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.services.select import select_all_matching, tick
from tests.support.records import add_person
from tests.web.people import open_browser
from tests.web.reading import Answer, source_of

IN_WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}


def add_bea(provider: Provider, role: str = "billing") -> Membership:
    """A billing clerk, or somebody of another role."""
    return add_person(provider, role, f"bea-{role}@{provider.slug}.example")


def select(membership: Membership, *numbers: str, list_name: str = "customers") -> None:
    """Ticks customers by their numbers."""
    found = Customer.objects.filter(provider=membership.provider, number__in=numbers)
    tick(membership=membership, list_name=list_name, record_ids=[each.pk for each in found], on=True)


def select_area(membership: Membership, area: str, list_name: str = "customers") -> None:
    """Selects all that match an area."""
    select_all_matching(membership=membership, list_name=list_name, values={"area": [area]})


def open_window(client: Client, path: str = "/customers/credits/new") -> dict[str, str]:
    """The window's fields as it opens, ready to be sent."""
    return fields_of(client.get(path))


def fields_of(answer: Answer) -> dict[str, str]:
    """The values of all fields of the window that is answered."""
    source = source_of(answer)
    values = {}
    for tag in re.findall(r"<input[^>]*>", source):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken" and ('type="checkbox"' not in tag or "checked" in tag):
            values[name[1]] = value[1] if value else "on" * ('type="checkbox"' in tag)
    values |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s?(.*?)</textarea>', source, re.DOTALL))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', source, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    return values


def send_window(client: Client, fields: dict[str, str], path: str = "/customers/credits/new", **typed: str) -> Answer:
    """Sends the window with what was typed into it."""
    return client.post(path, {**fields, **typed})


def run_of(answer: Answer) -> Run:
    """The run whose page is answered with."""
    found = re.fullmatch(r"/runs/([0-9]+)", answer["Location"])
    assert found, answer["Location"]
    return Run.objects.select_related("provider", "created_by").get(pk=int(found[1]))


def draft_by_page(client: Client, path: str = "/customers/credits/new", **typed: Any) -> Run:
    """Opens the window, types, and goes on to the rehearsal."""
    return run_of(send_window(client, open_window(client, path), path, **({"amount": "10"} | typed)))


def browse(membership: Membership) -> Client:
    """The person's browser."""
    return open_browser(membership)
