"""Writing down what became of messages, before anything else is given to the server on their connections."""

import json
import logging
import select
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import F

from makegood.emails.models import Message
from makegood.emails.sending.answers import Outcome, Verdict
from makegood.emails.sending.schedule import pause_of_message
from makegood.kit.clock import now
from makegood.kit.database_errors import Remedy, remedy_for
from makegood.kit.sql import load_sql, run_sql

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0
LONGEST_REASON = Message._meta.get_field("reason").max_length or 0
NOT_CONFIRMED = "The connection was lost before the mail server confirmed the message, so it may arrive twice."
T = TypeVar("T")


@dataclass(frozen=True)
class Written:
    """What is kept of a message that goes out."""

    id: int
    attempts: int
    address: str
    subject: str
    text: str
    html: str
    version: int | None


class Writing:
    """The statement that says that messages were sent: it is under way, and committed once `finish` returns.

    What the server has confirmed meanwhile waits; rendering and building go on. Nobody may use the connection before.
    """

    def __init__(self, sent: Sequence[Written]) -> None:
        self._sent = sent
        self._begun = bool(sent) and self._begin()

    def finish(self) -> None:
        """Waits for the commit. Where it does not come, the same is written again, as `insist` does."""
        if self._sent and not (self._begun and self._is_done()):
            insist(lambda: run_sql(*self._statement()))
        self._sent = ()

    def _statement(self) -> tuple[str, dict[str, object]]:
        messages = json.dumps([asdict(written) for written in self._sent], ensure_ascii=False)
        return load_sql(__package__, "write_sent"), {"messages": messages, "at": now()}

    def _begin(self) -> bool:
        try:
            connection.ensure_connection()
            raw: psycopg.Connection = connection.connection
            query = psycopg.ClientCursor(raw).mogrify(*self._statement())
            raw.pgconn.send_query(query.encode())
            raw.pgconn.flush()
        except (psycopg.Error, DatabaseError, InterfaceError):
            return False
        return True

    def _is_done(self) -> bool:
        link = connection.connection.pgconn
        try:
            while link.is_busy():
                select.select([link.socket], [], [])
                link.consume_input()
            answers = list(iter(link.get_result, None))
        except psycopg.Error:
            return False
        return [answer.status for answer in answers] == [psycopg.pq.ExecStatus.COMMAND_OK]


def begin_writing(outcomes: Sequence[tuple[Written, Outcome]]) -> Writing:
    """Keeps each outcome but *untouched*; of those that were sent, once the writing is finished.

    Each statement commits by itself, and is tried again while the database is away.
    """
    for written, outcome in outcomes:
        if outcome.verdict is Verdict.FAILED:
            fail([written.id], outcome.words, counts=True)
        elif outcome.verdict in (Verdict.LATER, Verdict.UNKNOWN):
            _put_off(written, outcome)
    return Writing([written for written, outcome in outcomes if outcome.verdict is Verdict.SENT])


def fail(message_ids: Sequence[int], words: str, *, counts: bool = False) -> None:
    """These will not be sent. counts: the server has been asked. One statement."""
    waiting = Message.objects.filter(pk__in=message_ids, state=Message.State.WAITING)
    fields = {"reason": words[:LONGEST_REASON], "attempts": F("attempts") + int(counts)}
    insist(lambda: waiting.update(state=Message.State.FAILED, due_at=None, claimed_until=None, **fields))


def leave_out(message_ids: Sequence[int], reason: str) -> None:
    """These were not to be sent, for one of the reasons of `Message.Reason`. One statement."""
    waiting = Message.objects.filter(pk__in=message_ids, state=Message.State.WAITING)
    insist(lambda: waiting.update(state=Message.State.NOT_SENT, reason=reason, due_at=None, claimed_until=None))


def insist(write: Callable[[], T]) -> T:
    """Does it; as long as the database is away, again with growing pauses, up to MAKEGOOD_PATIENCE_SECONDS.

    What a server has confirmed must be written down, or the message would be sent again.
    """
    pause, give_up_at = FIRST_PAUSE_SECONDS, time.monotonic() + settings.MAKEGOOD_PATIENCE_SECONDS
    while True:
        try:
            return write()
        except (DatabaseError, InterfaceError) as error:
            passes = remedy_for(error) is Remedy.TRY_AGAIN and not connection.in_atomic_block
            if not passes or time.monotonic() > give_up_at:
                raise
            log.warning("What became of e-mail cannot be written down yet (%s).", str(error).strip())
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        if not connection.is_usable():
            connection.close()


def _put_off(written: Written, outcome: Outcome) -> None:
    """Tried again later, or failed if it has been tried often enough."""
    attempts = written.attempts + 1
    words = f"{NOT_CONFIRMED} {outcome.words}" if outcome.verdict is Verdict.UNKNOWN else outcome.words
    pause = pause_of_message(attempts)
    if pause is None:
        fail([written.id], f"Given up after {attempts} attempts. {words}", counts=True)
        return
    waiting = Message.objects.filter(pk=written.id, state=Message.State.WAITING)
    fields = {"attempts": attempts, "due_at": now() + pause, "claimed_until": None, "reason": words[:LONGEST_REASON]}
    insist(lambda: waiting.update(**fields))
