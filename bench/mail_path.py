"""Sends the outbox as a worker does it: rendered, built, given away, written down. Prints JSON.

Run as a process: ``python -m bench.mail_path``, with DATABASE_URL, MAKEGOOD_SMTP_URL and MAKEGOOD_MAIL_FROM set. Begins
when it is told to by a line of input.
"""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "makegood.config.settings"
django.setup()

from bench.mail_letter import HTML, NAME, SUBJECT, TEXT  # noqa: E402
from makegood.emails.kinds import EmailKind, Texts, Variable, register  # noqa: E402
from makegood.emails.models import Message  # noqa: E402
from makegood.emails.sending.claims import list_due  # noqa: E402
from makegood.emails.sending.sender import send_waiting  # noqa: E402
from makegood.emails.values import Money, Variables  # noqa: E402


def load(messages: Sequence[Message]) -> Mapping[int, Variables | None]:
    return {message.pk: {"amount": Money(1000, "USD", 2)} for message in messages}


def main() -> None:
    register(
        EmailKind(
            name=NAME,
            title="Bench: Letter",
            meaning="For measurements.",
            active=True,
            texts=Texts(SUBJECT, TEXT, HTML),
            own_variables=(Variable("amount", "The amount."),),
            load=load,
            find_latest=lambda customer: None,
            example=lambda provider: {"amount": Money(1000, "USD", 2)},
        )
    )
    list_due()
    print(flush=True)
    sys.stdin.readline()
    began, used = time.perf_counter(), time.process_time()
    sent = send_waiting()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(json.dumps({"sent": sent, "seconds": seconds, "cpu": cpu}))


main()
