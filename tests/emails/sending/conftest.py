"""What tests of sending share: one mail server for all of them, and a provider whose mail goes there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from pytest_django import Settings

from tests.support.mail_server import MailServer

if TYPE_CHECKING:
    from makegood.emails.models import Message
    from makegood.providers.models import Provider


@pytest.fixture(scope="session")
def mail_server_process() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def mail_server(mail_server_process: MailServer, settings: Settings) -> MailServer:
    """A mail server that has taken nothing yet, and that the settings name."""
    from makegood.kit.smtp_url import read_smtp_url

    mail_server_process.forget()
    settings.MAKEGOOD_SMTP = read_smtp_url(mail_server_process.url)
    settings.MAKEGOOD_MAIL_FROM = settings.MAKEGOOD_MAIL_ADDRESS = "mail@makegood.example"
    return mail_server_process


@pytest.fixture
def letters() -> Iterator[None]:
    """The kind of e-mail that only tests know is known during the test."""
    with mock.patch.dict("makegood.emails.kinds._registered"):
        yield


@pytest.fixture
def north(committed_db: dict[str, str], letters: None) -> "Provider":
    """A provider that may send as quickly as it likes."""
    from tests.support import outbox, records

    provider = records.add_provider()
    outbox.write_quickly(provider)
    return provider


@pytest.fixture
def ann_and_bob(north: "Provider") -> "list[Message]":
    """A message to each of two customers, due since a minute before `START`."""
    from tests.support import outbox
    from tests.support.moved_clock import later

    with later(minutes=-1):
        return outbox.add_recipients(north, "ann@example.org", "bob@example.org")


@pytest.fixture
def manager(north: "Provider") -> int:
    """The number of a manager, who is told of trouble."""
    from tests.support.records import add_person

    return add_person(north, "manager").staff_id
