"""A person who works for several providers sees one at a time; other providers do not exist."""

from collections.abc import Callable

import pytest
from django.test import Client

from makegood.providers.models import Membership, Provider
from makegood.providers.services import add_staff, change_membership
from tests.support import records
from tests.web.reading import PARTIAL, numbers_of, source_of, words_of


@pytest.fixture
def south(db: None) -> Provider:
    provider = records.add_provider("south", name="South Cable", currency="EUR", timezone="Europe/Berlin")
    records.add_customer(provider, "S-1", name="Zoe Zimmer", areas=["Südstadt"])
    return provider


@pytest.fixture
def second(viewer: Membership, south: Provider) -> Membership:
    return add_staff(provider=south, email="vera@north.example", role="billing", password=None)


def choose(client: Client, slug: str) -> int:
    return client.post("/provider", {"provider": slug}).status_code


def test_choice_is_not_offered_to_who_has_none(vera: Client) -> None:
    assert 'action="/provider"' not in source_of(vera.get("/customers"))


def test_first_provider_by_name_until_another_is_chosen(vera: Client, second: Membership) -> None:
    assert numbers_of(vera.get("/customers")) == ["N-1", "N-2", "N-3"]
    assert choose(vera, "south") == 302
    page = vera.get("/customers")
    assert numbers_of(page) == ["S-1"]
    assert "€20.00" in words_of(page)
    assert "vera@north.example · Billing" in words_of(page)
    assert choose(vera, "north") == 302
    assert numbers_of(vera.get("/customers")) == ["N-1", "N-2", "N-3"]


@pytest.mark.parametrize("slug", ["south", "nowhere", ""])
def test_other_providers_do_not_exist(vera: Client, south: Provider, slug: str) -> None:
    assert choose(vera, slug) == 404
    assert numbers_of(vera.get("/customers")) == ["N-1", "N-2", "N-3"]


def test_a_forged_session_does_not_open_another_provider(vera: Client, south: Provider) -> None:
    session = vera.session
    session["provider_id"] = south.pk
    session.save()
    page = vera.get("/customers", follow=True)
    assert numbers_of(page) == ["N-1", "N-2", "N-3"]


def test_lost_membership_leads_to_the_other_provider_with_a_word(vera: Client, second: Membership) -> None:
    choose(vera, "south")
    vera.get("/customers")
    change_membership(membership=second, active=False)
    page = vera.get("/customers?area=S%C3%BCdstadt", follow=True)
    assert page.redirect_chain[0] == ("/", 302)
    assert "You no longer have access to the other provider. This is North Fiber." in words_of(page)
    assert numbers_of(page) == ["N-1", "N-2", "N-3"]


@pytest.mark.parametrize("ask", [lambda headers: headers, lambda headers: headers | {"X-Makegood-Provider": "gone"}])
def test_page_of_one_provider_never_takes_rows_of_another(
    vera: Client, second: Membership, ask: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    choose(vera, "south")
    vera.get("/customers")
    answer = vera.get("/customers?sort=name", headers=ask(PARTIAL))
    assert answer["HX-Refresh"] == "true"
    assert not answer.content


EVERYWHERE = ["/customers", "/customers?q=Z", "/customers?number=S-1", "/customers?page=2", "/customers?sort=-name",
              "/customers?area=S%C3%BCdstadt", "/customers/areas", "/customers.csv", "/customers.csv?number=S-1",
              "/customers.csv?q=Zoe"]  # fmt: skip


@pytest.mark.parametrize("path", EVERYWHERE)
def test_records_of_another_provider_appear_nowhere(vera: Client, south: Provider, path: str) -> None:
    source = source_of(vera.get(path)).replace("S%C3%BCdstadt", "")
    for foreign in ("Zoe", "Zimmer", "€"):
        assert foreign not in source
    if "S-1" not in path:
        assert "S-1" not in source
    if "area=" not in path:
        assert "Südstadt" not in source


@pytest.mark.parametrize("query", ["?number=S-1", "?q=Zoe"])
def test_count_of_another_providers_records_is_nought(vera: Client, south: Provider, query: str) -> None:
    assert words_of(vera.get(f"/customers/count{query}", headers=PARTIAL)) == "0 customers"
