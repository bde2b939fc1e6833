"""Settings > Billing > Billing settings > Collection."""

from typing import Any

from django.test import Client

from makegood.payments.models import CollectionSettings
from makegood.payments.services.collection_settings import change_collection_settings, get_collection_settings
from makegood.providers.models import Provider
from tests.support.records import add_person
from tests.web.reading import source_of, words_of

PAGE = "/settings/billing"
WINDOW = "/settings/collection/edit"
TYPED = {"retry_days": "2, 4", "charges_per_hour": "500", "amount_per_hour_minor": "10000.00", "at_once": "16"}


def seen_in(browser: Client) -> str:
    """What the window carries of what the person saw."""
    return source_of(browser.get(WINDOW)).split('name="seen" value="')[1].split('"')[0]


def save(browser: Client, **other: Any) -> Any:
    return browser.post(WINDOW, {"seen": seen_in(browser), **TYPED, **other})


def test_everybody_reads_how_is_collected(north: Provider, vera: Client) -> None:
    said = words_of(vera.get(PAGE))
    assert "Is tried again after 3, then 5, then 7 days" in said
    assert "No limit" in said
    assert vera.get(WINDOW).status_code == 403


def test_an_admin_changes_it(north: Provider, ada: Client) -> None:
    assert save(ada).status_code == 302
    saved = get_collection_settings(north)
    assert (saved.retry_days, saved.charges_per_hour, saved.at_once) == ([2, 4], 500, 16)
    assert saved.amount_per_hour_minor == 1_000_000
    said = words_of(ada.get(PAGE))
    assert "Is tried again after 2, then 4 days" in said
    assert "At most 500 charges, at most $10,000.00" in said


def test_nothing_typed_means_no_limit_and_no_further_try(north: Provider, ada: Client) -> None:
    save(ada)
    save(ada, retry_days="", charges_per_hour="", amount_per_hour_minor="")
    saved = get_collection_settings(north)
    assert (saved.retry_days, saved.charges_per_hour, saved.amount_per_hour_minor) == ([], None, None)
    assert "Is not tried again" in words_of(ada.get(PAGE))


def test_what_cannot_be_is_said_beside_the_field(north: Provider, ada: Client) -> None:
    answer = save(ada, retry_days="0", at_once="99")
    assert answer.status_code == 422
    assert "Each number of days is from 1 to 90." in words_of(answer)
    assert "Write a number from 1 to 32." in words_of(save(ada, at_once="99"))
    assert not CollectionSettings.objects.exists()


def test_what_somebody_else_has_saved_meanwhile_is_not_overwritten(north: Provider, ada: Client) -> None:
    seen = seen_in(ada)
    change_collection_settings(membership=add_person(north, "admin", "other@north.example"), retry_days=[9])
    answer = ada.post(WINDOW, {"seen": seen, **TYPED})
    assert answer.status_code == 422
    assert get_collection_settings(north).retry_days == [9]
