"""The worker, the web process and PostgreSQL are killed while mail goes out: each message once, save those in hand."""

import os
import random
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import psycopg
import pytest
from django.db import close_old_connections
from pytest_django import DjangoDbBlocker

from makegood.emails.models import Message, MessageBody
from makegood.kit.invariants import Difference, find_differences
from makegood.providers.models import Provider
from tests.conftest import COMMAND
from tests.faults.mail_killable import MailForge
from tests.faults.test_database_away import OwnServer
from tests.support import databases, outbox, records
from tests.support.mail_server import MailServer
from tests.support.processes import await_that, find_free_port

MESSAGES = 300
KILLS = 12
DATABASE_KILLS = 3
CONNECTIONS = 4
LONGEST_LIFE_SECONDS = 0.4


@pytest.fixture(autouse=True)
def letters() -> Iterator[None]:
    """The kind of e-mail that only tests know is known during the test."""
    with mock.patch.dict("makegood.emails.kinds._registered"):
        yield


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        server.behave(seconds=0.01)
        yield server


def environment(mail_server: MailServer, url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "MAKEGOOD_SMTP_URL": mail_server.url.replace("timeout=2", "timeout=0.4"),
        "MAKEGOOD_MAIL_FROM": "mail@makegood.example",
        "MAKEGOOD_LEASE_SECONDS": "1",
    }


def prepare(count: int = MESSAGES) -> Provider:
    provider = records.add_provider()
    outbox.write_quickly(provider)
    records.add_customers(provider, count)
    outbox.add_messages(provider)
    return provider


def await_change(count: Callable[[], int]) -> None:
    before = count()
    await_that(lambda: count() != before, "the sender gets on")


def count_waiting() -> int:
    return Message.objects.filter(state="waiting").count()


def find_mail_differences() -> list[Difference]:
    """What does not hold, but for one: the letters of these tests tell of no credit."""
    return [difference for difference in find_differences() if difference.invariant != "credit_messages"]


def assert_all_sent(mail_server: MailServer, figures: str, most_twice: int, count: int = MESSAGES) -> None:
    arrivals = mail_server.arrivals()
    assert len(arrivals) == count, figures
    assert max(arrivals.values()) <= 1 + most_twice, figures
    assert arrivals.total() - count <= most_twice, figures
    assert Message.objects.filter(state="sent").count() == MessageBody.objects.count() == count, figures
    by_id = {taken.message_id for taken in mail_server.taken()}
    assert len(by_id) == count, f"who got one twice can see it: {figures}"
    assert not find_mail_differences(), figures


def test_the_sender_is_killed_again_and_again(
    committed_db: dict[str, str], mail_server: MailServer, record_property: Callable[[str, object], None]
) -> None:
    seed = secrets.randbelow(10**6)
    chance = random.Random(seed)
    provider = prepare()
    kills, causes = 0, 1
    with MailForge(environment(mail_server, committed_db["DATABASE_URL"])) as forge:
        while kills < KILLS:
            sender = forge.start()
            await_change(count_waiting)
            time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
            forge.kill(sender)
            kills += 1
            if count_waiting() < MESSAGES // 4:
                causes += 1
                outbox.add_messages(provider, cause=causes)
        forge.start()
        await_that(lambda: count_waiting() == 0, "everything leaves")
    total = causes * MESSAGES
    taken = mail_server.taken()
    messages = {each.message_id for each in taken}
    twice = len(taken) - len(messages)
    figures = (
        f"mail: seed: {seed}, kills of the sender: {kills}, connections: {CONNECTIONS}, messages: {total}, "
        f"arrived: {len(messages)}, twice: {twice}"
    )
    record_property("figures", figures)
    assert len(messages) == Message.objects.filter(state="sent").count() == MessageBody.objects.count() == total, (
        figures
    )
    assert twice <= kills * CONNECTIONS, figures
    assert not find_mail_differences(), figures


@pytest.fixture
def server(ordinary_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="makegood-faults-", dir="/tmp"))
    with django_db_blocker.unblock():
        server = OwnServer(folder)
        try:
            yield server
        finally:
            databases.use_database(ordinary_database)
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)


def test_postgresql_is_killed_again_and_again(
    server: OwnServer, mail_server: MailServer, record_property: Callable[[str, object], None]
) -> None:
    """What the mail server confirmed is known to the sender, and written down once the database is back."""
    seed = secrets.randbelow(10**6)
    chance = random.Random(seed)
    url = server.make_database()
    prepare()
    with MailForge(environment(mail_server, url)) as forge:
        forge.start()
        for _ in range(DATABASE_KILLS):
            await_change(lambda: len(mail_server.taken()))
            time.sleep(chance.uniform(0, 0.3))
            server.kill()
            server.revive()
        close_old_connections()
        await_that(lambda: count_waiting() == 0, "everything leaves")
    arrivals = mail_server.arrivals()
    figures = (
        f"mail: seed: {seed}, kills of PostgreSQL: {DATABASE_KILLS}, messages: {MESSAGES}, "
        f"arrived: {len(arrivals)}, twice: {arrivals.total() - len(arrivals)}"
    )
    record_property("figures", figures)
    assert_all_sent(mail_server, figures, most_twice=0)


def test_the_web_process_is_killed_and_mail_goes_on(
    committed_db: dict[str, str], mail_server: MailServer, owner: psycopg.Connection
) -> None:
    prepare(40)
    settings = os.environ | environment(mail_server, committed_db["DATABASE_URL"])
    serve = [str(COMMAND), "serve", "--port", str(find_free_port())]
    mail_server.behave(seconds=0.1)
    with (
        MailForge(environment(mail_server, committed_db["DATABASE_URL"])) as forge,
        subprocess.Popen(serve, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as web,
    ):
        forge.start()
        await_that(lambda: len(mail_server.taken()) > 2, "the sender gets on")
        web.send_signal(signal.SIGKILL)
        await_that(lambda: count_waiting() == 0, "everything leaves")
    assert_all_sent(mail_server, "the web process was killed", most_twice=0, count=40)
