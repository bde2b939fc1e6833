"""The outbox in a browser: what was or will be sent, to whom, and why not."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from makegood.customers.models import Customer
from makegood.emails.models import Message, MessageBody
from makegood.kit.clock import now
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from tests.support import records
from tests.web.people import Browser
from tests.web.reading import rows_of, source_of, words_of

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def agent(north: Provider) -> Membership:
    return records.add_person(north, "agent")


@pytest.fixture
def told(north: Provider) -> Run:
    """A run that told Ann and Cleo; Bob has no address."""
    return records.credit(records.add_person(north), amount_minor=1000, description="Storm", notify=True)


def message_to(number: str) -> Message:
    return Message.objects.get(customer__number=number)


def send(message: Message, html: str = "<p>Hello</p>") -> Message:
    """As the worker does when the server has taken it."""
    Message.objects.filter(pk=message.pk).update(
        state="sent", sent_at=now(), due_at=None, attempts=1, address="ann@example.org", subject="Your credit"
    )
    MessageBody.objects.create(message=message, provider_id=message.provider_id, text="Hello in words", html=html)
    return Message.objects.get(pk=message.pk)


def fail(message: Message, words: str = "550 no such user") -> None:
    Message.objects.filter(pk=message.pk).update(state="failed", reason=words, due_at=None, attempts=3)


def test_the_list_says_where_each_message_stands(vera: Client, told: Run) -> None:
    rows = rows_of(vera.get("/emails"))
    assert [(row["customer"], row["state"], row["reason"]) for row in rows] == [
        ("N-3", "Waiting", "—"),
        ("N-2", "Not sent", "The customer has no e-mail address."),
        ("N-1", "Waiting", "—"),
    ]
    assert rows[0]["template"] == "Billing: New Credits"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("state=waiting", ["N-3", "N-1"]),
        ("state=not_sent&state=waiting", ["N-3", "N-2", "N-1"]),
        ("reason=no_address", ["N-2"]),
        ("template=credit_changed", []),
        ("customer=N-1", ["N-1"]),
        ("q=cleo", ["N-3"]),
        ("run={run}", ["N-3", "N-2", "N-1"]),
        ("run=999999", []),
    ],
)
def test_the_list_is_filtered(vera: Client, told: Run, query: str, numbers: list[str]) -> None:
    answer = vera.get("/emails?" + query.format(run=told.pk), follow=True)
    assert [row["customer"] for row in rows_of(answer)] == numbers


def test_the_file_has_what_the_list_has(vera: Client, told: Run) -> None:
    lines = source_of(vera.get("/emails.csv?state=not_sent")).splitlines()
    assert len(lines) == 2
    assert "The customer has no e-mail address." in lines[1]


def test_before_the_first_message_the_list_says_how_one_comes_about(vera: Client) -> None:
    assert "Send Notification to Customer" in words_of(vera.get("/emails"))


def test_a_waiting_message_shows_what_will_be_sent(vera: Client, told: Run) -> None:
    message = message_to("N-1")
    words = words_of(vera.get(f"/emails/{message.pk}"))
    assert "What will be sent" in words
    assert "North Fiber: $10.00 has been credited to your account" in words
    assert f"Credit run {told.pk}" in words
    assert "Storm" in source_of(vera.get(f"/emails/{message.pk}/html"))


def test_a_sent_message_shows_what_was_sent_whatever_has_changed_since(vera: Client, told: Run) -> None:
    message = send(message_to("N-1"))
    Customer.objects.filter(number="N-1").update(name="Somebody else", email="other@example.org")
    words = words_of(vera.get(f"/emails/{message.pk}"))
    assert "What was sent" in words
    assert "ann@example.org" in words
    assert "Hello in words" in words
    assert source_of(vera.get(f"/emails/{message.pk}/html")) == "<p>Hello</p>"


def test_the_html_of_a_message_can_do_nothing(vera: Client, told: Run) -> None:
    message = send(message_to("N-1"), "<script>alert(1)</script>")
    answer = vera.get(f"/emails/{message.pk}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script>alert" not in source_of(vera.get(f"/emails/{message.pk}"))
    assert f'src="{reverse("email-html", args=[message.pk])}" sandbox ' in source_of(vera.get(f"/emails/{message.pk}"))


def test_names_are_text_wherever_they_stand(vera: Client, told: Run) -> None:
    Customer.objects.filter(number="N-1").update(name="<script>alert(1)</script>\u202eevil")
    message = message_to("N-1")
    for address in ("/emails", f"/emails/{message.pk}", f"/emails/{message.pk}/html"):
        page = source_of(vera.get(address))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_message_that_is_not_sent_says_why(vera: Client, told: Run) -> None:
    words = words_of(vera.get(f"/emails/{message_to('N-2').pk}"))
    assert "It was not sent. The customer has no e-mail address." in words
    assert vera.get(f"/emails/{message_to('N-2').pk}/html").status_code == 404


def test_a_failed_message_is_sent_again_by_who_may(
    told: Run, agent: Membership, vera: Client, browser: Browser
) -> None:
    message = message_to("N-1")
    fail(message, "550 <no> such user")
    page = browser(agent).get(f"/emails/{message.pk}")
    assert "It failed. 550 <no> such user" in words_of(page)
    assert "Send again" in words_of(page)
    assert "Send again" not in words_of(vera.get(f"/emails/{message.pk}"))
    assert vera.post(f"/emails/{message.pk}/again").status_code == 403

    done = browser(agent).post(f"/emails/{message.pk}/again", follow=True)
    assert "The e-mail will be sent again." in words_of(done)
    assert message_to("N-1").state == "waiting"

    twice = browser(agent).post(f"/emails/{message.pk}/again", follow=True)
    assert "only one that failed can be sent again" in words_of(twice)


def test_another_providers_messages_do_not_exist(told: Run, vera: Client, agent: Membership, browser: Browser) -> None:
    south = records.add_provider("south")
    records.credit(records.add_person(south), customers=[records.add_customer(south, "S-1")], notify=True)
    theirs = message_to("S-1")
    fail(theirs)
    for address in (f"/emails/{theirs.pk}", f"/emails/{theirs.pk}/html"):
        assert vera.get(address).status_code == 404
    assert browser(agent).post(f"/emails/{theirs.pk}/again").status_code == 404
    assert "S-1" not in source_of(vera.get("/emails.csv"))
    assert message_to("S-1").state == "failed"


def test_every_page_says_that_mail_waits_for_a_server(vera: Client, told: Run, settings: Settings) -> None:
    settings.MAKEGOOD_SMTP = None
    assert "E-mails to customers wait, because no mail server is set." in words_of(vera.get("/customers"))
    settings.MAKEGOOD_SMTP = object()
    assert "no mail server is set" not in words_of(vera.get("/customers"))


def test_nothing_is_said_while_nothing_waits(vera: Client, settings: Settings) -> None:
    settings.MAKEGOOD_SMTP = None
    assert "no mail server is set" not in words_of(vera.get("/customers"))
