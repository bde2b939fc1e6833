"""Settings > Provider and Settings > Billing > Limits."""

import pytest
from django.test import Client

from makegood.audit.models import AuditEntry
from makegood.providers.models import Membership, Provider
from makegood.providers.services import change_provider, set_limits
from tests.web.reading import Answer, source_of, words_of

LIMITS = {
    "agent_credit_limit_minor": "50.00",
    "billing_credit_limit_minor": "",
    "manager_credit_limit_minor": "",
    "run_limit_minor": "250000",
    "person_day_limit_minor": "",
    "provider_day_limit_minor": "",
    "largest_funds_minor": "10000.00",
}


def seen(client: Client, page: str) -> str:
    return source_of(client.get(page)).split('name="seen" value="')[1].split('"')[0]


def limit(client: Client, **typed: str) -> Answer:
    page = "/settings/limits/edit"
    return client.post(page, LIMITS | {"seen": seen(client, page)} | typed, follow=True)


def test_limits_are_read_with_what_they_mean(vera: Client) -> None:
    words = words_of(vera.get("/settings/limits"))
    assert "Largest credit of an agent What a person with role agent may give one customer. $50.00" in words
    assert "No limit" in words


def test_limits_are_changed_and_taken_away(ada: Client, admin: Membership, north: Provider) -> None:
    answer = limit(ada, agent_credit_limit_minor="", billing_credit_limit_minor="100", person_day_limit_minor="0")
    assert "The limits are saved." in words_of(answer)
    north.refresh_from_db()
    assert (north.agent_credit_limit_minor, north.billing_credit_limit_minor) == (None, 10000)
    assert north.person_day_limit_minor == 0
    assert AuditEntry.objects.get(action="provider.limits_changed").staff_id == admin.staff_id


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"run_limit_minor": ""}, "Largest credit run is needed."),
        ({"largest_funds_minor": "0"}, "must be greater than zero"),
        ({"agent_credit_limit_minor": "much"}, "“much” is not an amount."),
        ({"agent_credit_limit_minor": "1" * 30}, "larger than any amount can be"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(ada: Client, typed: dict[str, str], sentence: str) -> None:
    answer = limit(ada, **typed)
    assert answer.status_code == 422
    assert sentence in words_of(answer)


def test_limits_that_somebody_else_changed_are_shown(ada: Client, north: Provider) -> None:
    looked_at = seen(ada, "/settings/limits/edit")
    set_limits(provider=north, staff_id=None, run_limit_minor=100)
    answer = ada.post("/settings/limits/edit", LIMITS | {"seen": looked_at})
    assert "Saved meanwhile: 1.00" in words_of(answer)


def test_the_provider_tells_what_is_fixed_and_why(vera: Client) -> None:
    words = words_of(vera.get("/settings/provider"))
    assert "USD, 2 decimals Fixed when the provider was made" in words
    assert "north Names the provider on the command line" in words


def test_name_and_time_zone_change(ada: Client, admin: Membership, north: Provider) -> None:
    page = "/settings/provider/edit"
    typed = {"name": "شركة <b>", "timezone": "Asia/Riyadh", "seen": seen(ada, page)}
    answer = ada.post(page, typed, follow=True)
    assert "شركة &lt;b&gt;" in source_of(answer)
    north.refresh_from_db()
    assert north.timezone == "Asia/Riyadh"
    assert AuditEntry.objects.get(action="provider.changed").staff_id == admin.staff_id


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Name is needed."),
        ({"name": "x" * 201}, "at most 200 characters fit"),
        ({"timezone": "Mars/Base"}, "Select a valid choice."),
    ],
)
def test_a_provider_that_cannot_be_is_refused(ada: Client, typed: dict[str, str], sentence: str) -> None:
    page = "/settings/provider/edit"
    answer = ada.post(page, {"name": "North", "timezone": "UTC", "seen": seen(ada, page)} | typed)
    assert answer.status_code == 422
    assert sentence in words_of(answer)


def test_a_provider_that_somebody_else_changed_is_not_overwritten_unseen(ada: Client, north: Provider) -> None:
    page = "/settings/provider/edit"
    looked_at = seen(ada, page)
    change_provider(provider=north, name="Nord", timezone=north.timezone, staff_id=None)
    answer = ada.post(page, {"name": "Mine", "timezone": north.timezone, "seen": looked_at})
    assert "Saved meanwhile: Nord" in words_of(answer)


def test_end_customer_billing_is_said_never_toggled(ada: Client, north: Provider) -> None:
    for _ in range(2):
        answer = ada.post("/settings/provider/billing", {"on": "no"}, follow=True)
        assert "End Customer Billing is off" in words_of(answer)
    north.refresh_from_db()
    assert not north.end_customer_billing
    assert "End Customer Billing is on." in words_of(ada.post("/settings/provider/billing", {"on": "yes"}, follow=True))
