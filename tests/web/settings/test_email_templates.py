"""Settings > E-mail templates in a browser."""

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from makegood.emails.models import EmailTemplateVersion
from makegood.emails.selectors import find_current_version, get_email_settings
from makegood.providers.models import Provider
from tests.support import records
from tests.web.people import Browser
from tests.web.reading import source_of, words_of

pytestmark = [pytest.mark.django_db]

PAGE = "/settings/email-templates/new_credits/en"
TYPED = {"subject": "Hello {{ customer.name }}", "text": "{{ total }}", "html": "<b>{{ total }}</b>", "seen": "0"}


@pytest.fixture
def admin(north: Provider, browser: Browser) -> Client:
    return browser(records.add_person(north, "admin"))


def test_both_templates_are_listed_with_their_languages(admin: Client, vera: Client) -> None:
    words = words_of(admin.get("/settings/email-templates"))
    assert "Billing: New Credits Active" in words
    assert "Billing: Credit Changed Inactive" in words
    assert "English en Built-in" in words
    assert "Edit" not in words_of(vera.get("/settings/email-templates")).split("Sender")[1]


def test_texts_are_saved_as_a_new_version(admin: Client, north: Provider) -> None:
    answer = admin.post(PAGE, TYPED, follow=True)
    assert "Billing: New Credits in English is saved." in words_of(answer)
    version = find_current_version(north, "new_credits", "en")
    assert version is not None
    assert (version.number, version.subject, version.html) == (1, TYPED["subject"], TYPED["html"])
    page = words_of(admin.get(PAGE))
    assert "Version 1 In use" in page
    assert "Built-in texts" in page


def test_a_mistake_is_said_beside_the_field_and_what_was_typed_stays(admin: Client) -> None:
    answer = admin.post(PAGE, TYPED | {"text": "a\n{{ totl }} kept", "html": "{% if total %}"})
    assert answer.status_code == 422
    words = words_of(answer)
    assert "Line 2, column 4: There is no variable “totl”; there is “total”." in words
    assert "Line 1, column 4: The tag “if” is not closed: {% endif %} is missing." in words
    assert "{{ totl }} kept" in words
    assert not EmailTemplateVersion.objects.exists()


def test_an_empty_form_says_what_is_needed(admin: Client) -> None:
    answer = admin.post(PAGE, {"seen": "0"})
    assert answer.status_code == 422
    assert "Subject is needed." in words_of(answer)
    assert "Plain text is needed." in words_of(answer)


def test_who_is_slower_is_told_and_keeps_what_was_typed(admin: Client) -> None:
    admin.post(PAGE, TYPED)
    answer = admin.post(PAGE, TYPED | {"text": "mine {{ total }}"})
    assert answer.status_code == 422
    assert "Somebody else has saved these texts since you opened them." in words_of(answer)
    assert "mine {{ total }}" in words_of(answer)
    assert 'name="seen" value="1"' in source_of(answer)


def test_the_same_form_twice_makes_one_version(admin: Client) -> None:
    admin.post(PAGE, TYPED)
    admin.post(PAGE, TYPED | {"seen": "1"})
    assert EmailTemplateVersion.objects.count() == 1


def test_a_preview_is_made_from_what_was_typed_and_saves_nothing(admin: Client, north: Provider) -> None:
    records.credit(records.add_person(north), amount_minor=1234)
    answer = admin.post(f"{PAGE}/preview", TYPED | {"customer": "N-1"})
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    page = source_of(answer)
    assert "Hello Ann Archer" in page
    assert 'srcdoc="&lt;b&gt;$12.34&lt;/b&gt;"' in page
    assert not EmailTemplateVersion.objects.exists()


def test_a_preview_says_what_is_wrong(admin: Client) -> None:
    answer = admin.post(f"{PAGE}/preview", TYPED | {"text": "{{ totl }}"})
    assert answer.status_code == 422
    assert "Text. Line 1, column 4: There is no variable “totl”" in words_of(answer)
    answer = admin.post(f"{PAGE}/preview", TYPED | {"customer": "N-99"})
    assert "has no customer “N-99”" in words_of(answer)


def test_a_preview_of_another_providers_customer_is_none(admin: Client) -> None:
    records.add_customer(records.add_provider("south"), "S-1", name="Secret")
    answer = admin.post(f"{PAGE}/preview", TYPED | {"customer": "S-1"})
    assert "Secret" not in source_of(answer)
    assert "has no customer “S-1”" in words_of(answer)


def test_a_test_goes_to_oneself(admin: Client, settings: Settings) -> None:
    settings.MAKEGOOD_SMTP = object()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    answer = admin.post(f"{PAGE}/test", TYPED | {"customer": "N-1"})
    assert "The test e-mail is on its way to admin@north.example." in words_of(answer)
    assert mail.outbox[0].to == ["admin@north.example"]
    assert TYPED["text"] in words_of(answer), "the form stays as it was"
    assert not EmailTemplateVersion.objects.exists()


def test_a_test_that_the_server_refuses_says_so(admin: Client, settings: Settings) -> None:
    settings.MAKEGOOD_SMTP = object()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 2
    answer = admin.post(f"{PAGE}/test", TYPED)
    assert answer.status_code == 422
    assert "The mail server did not take the e-mail." in words_of(answer)
    assert TYPED["text"] in words_of(answer)


def test_reset_withdraws_the_texts_and_keeps_the_versions(admin: Client, north: Provider) -> None:
    admin.post(PAGE, TYPED)
    assert "Reset to the built-in texts" in words_of(admin.get(PAGE))
    answer = admin.post(f"{PAGE}/reset", {"seen": "1"}, follow=True)
    assert "the built-in texts count again" in words_of(answer)
    assert find_current_version(north, "new_credits", "en") is None
    assert TYPED["subject"] in source_of(admin.get(f"{PAGE}?version=1"))
    assert "This is version 1. Nothing changes until you save." in words_of(admin.get(f"{PAGE}?version=1"))


def test_another_language_starts_from_what_its_customers_get_now(admin: Client) -> None:
    admin.post(PAGE, TYPED)
    answer = admin.get("/settings/email-templates/new_credits/add?language=PT-br", follow=True)
    assert answer.redirect_chain[-1][0] == "/settings/email-templates/new_credits/pt-BR"
    assert TYPED["subject"] in source_of(answer)
    refused = admin.get("/settings/email-templates/new_credits/add?language=xx", follow=True)
    assert "“xx” is not a language." in words_of(refused)


def test_a_template_is_switched_on_and_off(admin: Client) -> None:
    address = "/settings/email-templates/credit_changed/active"
    assert "Billing: Credit Changed is active." in words_of(admin.post(address, {"active": "yes"}, follow=True))
    again = admin.post(address, {"active": "yes"}, follow=True)
    assert "Billing: Credit Changed Active" in words_of(again)
    assert "is not active any more" in words_of(admin.post(address, {"active": "no"}, follow=True))


def test_the_sender_is_set_in_a_window(admin: Client, north: Provider) -> None:
    typed = {"sender_name": "Billing", "sender_address": "billing@north.example", "reply_to": "", "per_minute": "90"}
    wrong = admin.post("/settings/email-sender", typed | {"sender_address": "nobody"})
    assert wrong.status_code == 422
    assert "The e-mail address is not valid" in words_of(wrong)
    assert "The sender of e-mails is saved." in words_of(admin.post("/settings/email-sender", typed, follow=True))
    assert get_email_settings(north).per_minute == 90
    assert "90 at most" in words_of(admin.get("/settings/email-templates"))


@pytest.mark.parametrize(
    "address",
    [
        "/settings/email-templates/nothing/en",
        "/settings/email-templates/new_credits/xx",
        "/settings/email-templates/new_credits/EN",
        f"{PAGE}?version=7",
        f"{PAGE}?version=-1",
    ],
)
def test_what_does_not_exist_is_not_found(admin: Client, address: str) -> None:
    assert admin.get(address).status_code == 404


def test_another_providers_texts_are_not_ours(admin: Client, browser: Browser) -> None:
    admin.post(PAGE, TYPED | {"text": "only North {{ total }}"})
    south = records.add_provider("south")
    other = browser(records.add_person(south, "admin"))
    assert "only North" not in words_of(other.get(PAGE))
    assert other.get(f"{PAGE}?version=1").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "agent", "billing", "manager"])
def test_who_may_not_change_settings_reads_only(north: Provider, browser: Browser, role: str) -> None:
    person = browser(records.add_person(north, role))
    assert person.get("/settings/email-templates").status_code == 200
    for address in (PAGE, "/settings/email-sender", "/settings/email-templates/new_credits/add?language=de"):
        assert person.get(address).status_code == 403
    for ending in ("", "/preview", "/test", "/reset"):
        assert person.post(PAGE + ending, TYPED).status_code == 403
