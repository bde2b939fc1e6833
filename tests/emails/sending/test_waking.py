"""Who sends, and when: the worker, woken by what was added, and once a minute."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from makegood.emails import tasks
from makegood.emails.models import EmailSending
from makegood.emails.sending.answers import Trouble
from makegood.emails.sending.sender import send_waiting
from makegood.emails.sending.trouble import note_trouble
from makegood.emails.sending.wake import wake_sender
from makegood.kit.jobs import JobContext
from makegood.providers.models import Provider
from tests.faults.worker_process import worker
from tests.support import outbox, records
from tests.support.mail_server import MailServer
from tests.support.processes import await_that
from tests.support.together import Gate, held, in_background

CONTEXT = cast("JobContext", SimpleNamespace(should_abort=lambda: False))


def test_a_job_is_put_into_the_queue_only_where_a_server_is_named(
    north: Provider, mail_server: MailServer, settings: Settings
) -> None:
    wake_sender()
    assert ProcrastinateJob.objects.filter(task_name="emails.send").count() == 1
    settings.MAKEGOOD_SMTP = None
    wake_sender()
    assert ProcrastinateJob.objects.filter(task_name="emails.send").count() == 1


def test_one_sender_in_a_process_who_looks_again_when_asked_meanwhile(
    north: Provider, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, senders = Gate(), []

    def watched(**arguments: Any) -> int:
        senders.append(1)
        return send_waiting(**arguments)

    monkeypatch.setattr(tasks, "send_waiting", gate.after(watched))
    with in_background(lambda: tasks.send_now(CONTEXT)) as first:
        with held(gate):
            outbox.add_recipients(north, "ann@example.org")
            tasks.send_now(CONTEXT)
            assert len(senders) == 1, "the second job leaves it to the first"
        first.result(20)
    assert len(senders) == 2
    assert outbox.states(north) == [("sent", 1)]


def test_a_new_worker_tries_at_once_what_an_old_one_has_paused(
    north: Provider, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.add_recipients(north, "ann@example.org")
    note_trouble(provider_ids=[north.pk], trouble=Trouble("The password was wrong.", lasting=True))
    tasks._is_new.clear()
    tasks.send_each_minute(CONTEXT, timestamp=0)
    assert outbox.states(north) == [("waiting", 0)]
    tasks._is_new.set()
    tasks.send_each_minute(CONTEXT, timestamp=60)
    assert outbox.states(north) == [("sent", 1)]
    assert EmailSending.objects.get().trouble == ""


def test_the_real_worker_sends_what_a_run_announces(
    north: Provider, mail_server: MailServer, committed_db: dict[str, str]
) -> None:
    manager = records.add_person(north, "manager")
    for number in ("C1", "C2"):
        records.add_customer(north, number)
    environment = {
        **committed_db,
        "MAKEGOOD_SMTP_URL": mail_server.url,
        "MAKEGOOD_MAIL_FROM": "mail@makegood.example",
    }
    with worker(environment):
        records.start(records.draft_credit(manager, notify=True), manager)
        await_that(lambda: len(mail_server.taken()) == 2, "both customers are told")
        await_that(lambda: {state for state, _ in outbox.states(north)} == {"sent"}, "it is written down")
    assert mail_server.arrivals() == {"C1@example.org".lower(): 1, "c2@example.org": 1}
    assert "10.00" in str(mail_server.taken()[0].read().get_body(("plain",)))
