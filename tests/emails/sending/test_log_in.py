"""A server that does not want us, or our sender: told once, and nothing is lost."""

from datetime import timedelta

import pytest
from django.conf import settings as current
from pytest_django import Settings

from makegood.emails.models import EmailSettings, Message
from makegood.emails.sending.sender import send_waiting
from makegood.emails.sending.trouble import find_trouble, lift_pauses, try_again
from makegood.kit.smtp_url import read_smtp_url
from makegood.notifications.models import Notification
from makegood.providers.models import Provider
from tests.support import outbox, records
from tests.support.mail_server import CERTIFICATE, MailServer
from tests.support.moved_clock import START, later, moved_clock


def test_a_refused_log_in_is_told_once_and_the_password_never(
    north: Provider,
    mail_server: MailServer,
    settings: Settings,
    ann_and_bob: list[Message],
    manager: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.MAKEGOOD_SMTP = read_smtp_url(mail_server.url.replace("://", "://bot:s3cret-w0rd@") + "&starttls=none")
    mail_server.behave(password="another")
    at = START
    for _ in range(3):
        with moved_clock(at):
            assert send_waiting() == 0
            trouble = outbox.trouble_of(north)
        assert trouble.paused_until is not None
        at = trouble.paused_until
    assert (at - START) / timedelta(minutes=1) == pytest.approx(1 + 5 + 15, abs=0.5)
    assert trouble.lasting
    assert trouble.trouble.startswith("The mail server does not accept the user and password of MAKEGOOD_SMTP_URL.")
    assert "535" in trouble.trouble
    told = Notification.objects.get()
    assert (told.staff_id, told.level, told.title) == (manager, "error", "E-mail to customers does not leave")
    assert outbox.states(north) == [("waiting", 0), ("waiting", 0)]
    shown = caplog.text + told.body + trouble.trouble + repr(current.MAKEGOOD_SMTP)
    assert "s3cret-w0rd" not in shown
    mail_server.behave(password="s3cret-w0rd")
    lift_pauses()
    with later(hours=1):
        assert send_waiting() == 2
    assert find_trouble(north) is None


def test_a_password_without_a_log_in_to_give_it_to(
    north: Provider, mail_server: MailServer, settings: Settings, ann_and_bob: list[Message]
) -> None:
    settings.MAKEGOOD_SMTP = read_smtp_url(mail_server.url.replace("://", "://bot:word@") + "&starttls=none")
    with later():
        assert send_waiting() == 0
        trouble = outbox.trouble_of(north)
    assert trouble.lasting
    assert "offers no log-in" in trouble.trouble


def test_required_encryption_that_is_not_offered_stops_before_the_password(
    north: Provider, mail_server: MailServer, settings: Settings, ann_and_bob: list[Message]
) -> None:
    settings.MAKEGOOD_SMTP = read_smtp_url(mail_server.url + "&starttls=required")
    with later():
        assert send_waiting() == 0
        trouble = outbox.trouble_of(north)
    assert trouble.lasting
    assert "STARTTLS" in trouble.trouble


@pytest.mark.parametrize(("encryption", "scheme"), [("starttls", "smtp://"), ("smtps", "smtps://")])
def test_encryption_needs_a_certificate_that_is_trusted(
    north: Provider,
    mail_server: MailServer,
    settings: Settings,
    ann_and_bob: list[Message],
    monkeypatch: pytest.MonkeyPatch,
    encryption: str,
    scheme: str,
) -> None:
    url = mail_server.url.replace("smtp://", scheme) + ("&starttls=required" if encryption == "starttls" else "")
    settings.MAKEGOOD_SMTP = read_smtp_url(url)
    mail_server.behave(encryption=encryption)
    with later():
        assert send_waiting() == 0
        trouble = outbox.trouble_of(north)
    assert trouble.lasting
    assert "The certificate of the mail server (127.0.0.1" in trouble.trouble
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with later(hours=1):
        assert send_waiting() == 2


def test_a_sender_that_is_refused_is_one_providers_trouble(
    north: Provider, mail_server: MailServer, ann_and_bob: list[Message], manager: int
) -> None:
    with later():
        south = records.add_provider("south")
        outbox.add_recipients(south, "cid@example.org")
        mail_server.behave(mail="553 5.7.1 Sender address rejected", times=2)
        send_waiting()
    assert outbox.states(north) == [("waiting", 0), ("waiting", 0)]
    assert outbox.states(south) == [("sent", 1)]
    trouble = outbox.trouble_of(north)
    assert trouble.lasting
    assert "553 5.7.1 Sender address rejected" in trouble.trouble
    assert find_trouble(south) is None
    assert Notification.objects.get().staff_id == manager


def test_a_sender_that_cannot_be_one_is_not_sent_from(
    north: Provider, mail_server: MailServer, ann_and_bob: list[Message]
) -> None:
    EmailSettings.objects.update(sender_address="billing@north.example\r\nBcc: all@example.org")
    with later():
        assert send_waiting() == 0
    trouble = outbox.trouble_of(north)
    assert "The sender's address or the one for replies cannot be used." in trouble.trouble
    EmailSettings.objects.update(sender_address="billing@north.example")
    try_again(provider=north, staff_id=None)
    with later(minutes=1):
        assert send_waiting() == 2
