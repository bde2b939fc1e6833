"""Sends what is due: batch by batch, providers in turn, over a few connections that are kept.

The connections go in step: each gets one message, all answers are awaited and written down in one statement, then
each gets its next. So of a process that dies at most one message on each connection is sent again. Rendering and
building go on while the server thinks.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from itertools import islice

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from makegood.emails.sending.answers import Outcome, ServerTrouble, Trouble, Verdict
from makegood.emails.sending.batch import Prepared, SenderInvalid, find_letterhead, find_pace, prepare
from makegood.emails.sending.building import Letterhead
from makegood.emails.sending.claims import Claim, claim_messages, list_due
from makegood.emails.sending.line import Delivery, Line, Parcel
from makegood.emails.sending.results import Writing, begin_writing
from makegood.emails.sending.trouble import clear_trouble, note_trouble
from makegood.kit.clock import now
from makegood.kit.database_errors import is_database_away
from makegood.kit.smtp_url import SmtpServer

log = logging.getLogger(__name__)

SMALLEST_BATCH, LARGEST_BATCH = 8, 200
SECONDS_OF_A_BATCH = 2.0
LONGEST_NAP_SECONDS = 0.5
Given = tuple[Prepared, Parcel]
JUDGED = {Verdict.SENT, Verdict.LATER, Verdict.FAILED}
"""What shows that server and sender are in order."""


def send_waiting(*, should_let_go: Callable[[], bool] | None = None) -> int:
    """Sends everything that is due, in the pace that is allowed; returns how many messages were sent.

    Opens its own short transactions. Returns when nothing is due, when nothing can be sent for now, when the database
    is away, or soon after `should_let_go` says so. Without a mail server nothing happens.
    """
    server = settings.MAKEGOOD_SMTP
    if server is None:
        return 0
    sender = Sender(server, should_let_go or (lambda: False))
    try:
        sender.work()
    except (DatabaseError, InterfaceError) as error:
        if not is_database_away(error):
            raise
        log.warning("E-mail waits for the database (%s).", str(error).strip())
    finally:
        sender.close()
    return sender.sent


class Sender:
    """One process's way to the mail server."""

    def __init__(self, server: SmtpServer, should_let_go: Callable[[], bool]) -> None:
        self._server, self._should_let_go = server, should_let_go
        self._lines: list[Line] = []
        self._most_lines = settings.MAKEGOOD_SMTP_CONNECTIONS
        self._batch_size = SMALLEST_BATCH
        self.sent = 0

    def close(self) -> None:
        """Hangs up."""
        for line in self._lines:
            line.close()
        self._lines.clear()

    def work(self) -> None:
        """Goes round the providers until nothing is left to send now."""
        while not self._should_let_go():
            due = list_due()
            if not due:
                return
            at = now()
            ready = [one.provider_id for one in due if one.next_at is None or one.next_at <= at]
            for provider_id in ready:
                if self._should_let_go():
                    return
                self._send_batch(provider_id)
            if not ready:
                first = min(one.next_at for one in due if one.next_at is not None)
                time.sleep(min(max((first - at).total_seconds(), 0.001), LONGEST_NAP_SECONDS))

    def _send_batch(self, provider_id: int) -> None:
        """Some messages of a provider, from the claim to the last outcome."""
        claim = claim_messages(provider_id, self._batch_size, find_pace(provider_id))
        if claim is None:
            return
        began, sent_before = time.monotonic(), self.sent
        batch = Batch(claim, self._should_let_go)
        try:
            letterhead = find_letterhead(provider_id)
            batch.prepare()
            self._send(batch, letterhead)
        except SenderInvalid as error:
            note_trouble(provider_ids=[provider_id], trouble=error.trouble)
        except ServerTrouble as error:
            self._note_trouble(provider_id, error.trouble)
        finally:
            batch.release()
        self._choose_batch_size(self.sent - sent_before, time.monotonic() - began)

    def _send(self, batch: "Batch", letterhead: Letterhead) -> None:
        """Round after round. Raises ServerTrouble when nothing more can be sent for now."""
        while batch.take_hold():
            lines = self._ready_lines(len(batch.waiting))
            given = [batch.next(letterhead) for _ in lines]
            deliveries = [line.deliver(parcel) for line, (_, parcel) in zip(lines, given, strict=True)]
            outcomes: list[Outcome | None] = [None] * len(lines)
            # Sender and recipient are named while the last round is still being written down; no more than that.
            _go_on(deliveries, outcomes)
            batch.build_ahead(len(lines), letterhead)
            if not batch.is_written_in_time():
                self._abandon(lines, deliveries)
                batch.take_back(given)
                continue
            while None in outcomes:
                _go_on(deliveries, outcomes)
            judged = [outcome for outcome in outcomes if outcome is not None]
            batch.settle(list(zip(given, judged, strict=True)))
            self._judge_round(batch, lines, judged)

    def _judge_round(self, batch: "Batch", lines: list[Line], outcomes: list[Outcome]) -> None:
        self.sent += sum(outcome.verdict is Verdict.SENT for outcome in outcomes)
        self._lines = [line for line in self._lines if line.is_open]
        if any(outcome.verdict in JUDGED for outcome in outcomes):
            batch.note_answer()
            if any(not line.is_open for line in lines):
                self._most_lines = max(1, len(self._lines))
            return
        for line, outcome in zip(lines, outcomes, strict=True):
            # A server may end a connection that has served; one that has not shows that the server is in trouble.
            if outcome.trouble and (outcome.trouble.of_sender or not line.answered):
                raise ServerTrouble(outcome.trouble)

    def _abandon(self, lines: list[Line], deliveries: list[Delivery]) -> None:
        """The database was away for so long that what was begun has to begin again."""
        for delivery in deliveries:
            delivery.close()
        for line in lines:
            line.close()
        self._lines = [line for line in self._lines if line.is_open]

    def _ready_lines(self, wanted: int) -> list[Line]:
        """Open connections, at least one and at most as many as wanted. Raises ServerTrouble if none can be had."""
        while len(self._lines) < min(wanted, self._most_lines):
            try:
                self._lines.append(Line(self._server))
            except ServerTrouble:
                if not self._lines:
                    raise
                # The server takes no more connections from us at once than these.
                self._most_lines = len(self._lines)
        return self._lines[:wanted]

    def _note_trouble(self, provider_id: int, trouble: Trouble) -> None:
        """A server in trouble pauses all who would send now; a sender that is not accepted, only its provider."""
        providers = {provider_id}
        if not trouble.of_sender:
            providers |= {due.provider_id for due in list_due()}
        note_trouble(provider_ids=providers, trouble=trouble)

    def _choose_batch_size(self, sent: int, seconds: float) -> None:
        """What takes about two seconds, so that no provider waits long for its turn."""
        size = int(sent / max(seconds, 0.001) * SECONDS_OF_A_BATCH)
        self._batch_size = min(max(size, SMALLEST_BATCH), LARGEST_BATCH)


class Batch:
    """The messages of a claim on their way."""

    def __init__(self, claim: Claim, should_let_go: Callable[[], bool]) -> None:
        self.claim = claim
        self.waiting: deque[Prepared] = deque()
        self._should_let_go = should_let_go
        self._built: dict[int, Parcel] = {}
        self._writing = Writing(())
        self._open = {message.pk for message in claim.messages}

    def prepare(self) -> None:
        """Renders the messages; those that cannot be sent have their outcome afterwards."""
        self.waiting.extend(prepare(self.claim.messages))
        self._open &= {prepared.written.id for prepared in self.waiting}

    def take_hold(self) -> bool:
        """Whether there is something to send that is ours for long enough; what is not ours any more is left."""
        if not self.waiting or self._should_let_go():
            return False
        if not self.claim.has_time():
            self._writing.finish()
            self._open = self.claim.renew(self._open)
            self.waiting = deque(each for each in self.waiting if each.written.id in self._open)
        return bool(self.waiting)

    def is_written_in_time(self) -> bool:
        """Waits until the last round is written down. False if that took so long that the hold has to be renewed."""
        self._writing.finish()
        return self.claim.has_time()

    def next(self, letterhead: Letterhead) -> tuple[Prepared, Parcel]:
        """The next message, as the server takes it."""
        prepared = self.waiting.popleft()
        parcel = self._built.pop(prepared.written.id, None) or prepared.build(letterhead)
        return prepared, parcel

    def build_ahead(self, count: int, letterhead: Letterhead) -> None:
        """Builds the next messages, unless they are."""
        for prepared in islice(self.waiting, count):
            if prepared.written.id not in self._built:
                self._built[prepared.written.id] = prepared.build(letterhead)

    def take_back(self, given: list[Given]) -> None:
        """These were not touched, and come first in the next round."""
        self.waiting.extendleft(prepared for prepared, _ in reversed(given))

    def settle(self, outcomes: list[tuple[Given, Outcome]]) -> None:
        """Begins to write the outcomes down."""
        self.take_back([given for given, outcome in outcomes if outcome.verdict is Verdict.UNTOUCHED])
        self._open -= {given[0].written.id for given, outcome in outcomes if outcome.verdict is not Verdict.UNTOUCHED}
        self._writing = begin_writing([(given[0].written, outcome) for given, outcome in outcomes])

    def note_answer(self) -> None:
        """The server takes messages of this provider (again)."""
        if self.claim.in_trouble:
            self._writing.finish()
            clear_trouble(self.claim.provider_id)
            self.claim.in_trouble = False

    def release(self) -> None:
        """Waits until everything is written down, and lets go what has no outcome."""
        self._writing.finish()
        if self._open:
            self.claim.release(self._open)


def _go_on(deliveries: list[Delivery], outcomes: list[Outcome | None]) -> None:
    """Goes on with all deliveries by one step; those that end thereby have their outcome."""
    for place, delivery in enumerate(deliveries):
        if outcomes[place] is None:
            try:
                next(delivery)
            except StopIteration as end:
                outcomes[place] = end.value
