"""Asking a processor about many payments: some calls are under way, and what came of others is booked meanwhile."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from makegood.gateways.interface import Charge, GatewayRefused, NoAnswer, TryLater
from makegood.gateways.models import Gateway
from makegood.gateways.rules import GatewayKind, Standing
from makegood.kit.clock import now
from makegood.kit.sql import forget_plans
from makegood.payments.calling import Calls, Done
from makegood.payments.leases import Held, give_back, put_off, take_room_again
from makegood.payments.pausing import is_about_us, means_not_made, pause_collecting, pause_for_now
from makegood.payments.schedule import MANY_CHECKS, PAUSE, ask_again_after
from makegood.payments.services.book_results import Answer, Booked, book_results
from makegood.payments.services.collection_settings import get_collection_settings
from makegood.payments.services.report_stuck import report_what_cannot_be_booked

log = logging.getLogger(__name__)

LARGEST_BATCH = 500
AT_HAND = 50
"""So many are taken at first where the processor is here in the database and answers without delay."""
SECONDS_OF_A_BATCH = 3.0
SECONDS_UNTIL_BOOKED, LONGEST_UNTIL_BOOKED = 0.5, 10.0
"""How long an answer waits to be booked, so that many are booked together."""
SHARE_OF_BOOKING = 0.15
"""Of the time, where bookings take long: then answers wait longer, and more of them are booked together."""
MOST_MISSES = 4
"""So many calls in a row without any answer, and for each that is made at once, show that the processor is away."""


class NotBegun(Exception):
    """The call was not made: somebody said stop, or there was no time left for it."""


class NotSaid(Exception):
    """The processor is there, but does not say what became of it; it is asked again later."""


class NotArrived(Exception):
    """The processor knows nothing of the payment, which is ordered once more if the limits of the hour let it."""


@dataclass(frozen=True)
class Way:
    """What is done with payments: which are taken, what the processor is asked for each, and where they go without it.

    later: when one is tried again for which the processor had no time. submits: whether these are told of for the first
    time, so that what the processor has not done now it has not done at all. order: once more what has NotArrived.
    """

    take: Callable[[Gateway, int], list[Held]]
    ask: Callable[[Held], Charge]
    later: Callable[[Held, float | None], datetime]
    submits: bool
    order: Callable[[Held], Charge] | None = None


@dataclass(frozen=True)
class Collected:
    """What came of it: how many payments were taken, what was booked, and of how many nobody knows."""

    taken: int
    booked: Booked
    unknown: int


class Collector:
    """One process at the payments of a gateway, until nothing is left that is due."""

    def __init__(self, gateway: Gateway, at_once: int, should_let_go: Callable[[], bool], way: Way) -> None:
        self._gateway, self._at_once, self._should_let_go, self._way = gateway, at_once, should_let_go, way
        self._batch = at_once * 2
        self._is_all_taken = self._stops = False
        self._misses = 0
        self._answers: dict[int, tuple[Held, Charge]] = {}
        self._unknown: dict[Held, datetime] = {}
        self._untouched: dict[Held, datetime] = {}
        self._not_arrived: list[Held] = []
        self._oldest = self._booking_seconds = 0.0
        self._taken = self._unknown_count = 0
        self._booked = Booked()

    def work(self) -> Collected:
        """Goes on until everything that was taken has been let go. Opens its own short transactions."""
        here = self._at_once == 1 and self._gateway.kind == GatewayKind.SANDBOX
        self._batch = AT_HAND if here else self._batch
        with Calls[Held](None if here else self._at_once) as calls:
            try:
                self._take(calls)
                while calls.under_way or self._waits:
                    for done in calls.take_done(SECONDS_UNTIL_BOOKED):
                        self._note(done)
                    self._order_again(calls)
                    self._take(calls)
                    if self._waits and (not calls.under_way or self._is_time_to_book()):
                        self._write()
            except BaseException:
                self._stops = True
                raise
        return Collected(self._taken, self._booked, self._unknown_count)

    @property
    def _waits(self) -> int:
        """How many payments are asked about and not let go yet."""
        return len(self._answers) + len(self._unknown) + len(self._untouched)

    def _take(self, calls: Calls[Held]) -> None:
        """Begins further calls as soon as half of a batch is left."""
        self._stops = self._stops or self._should_let_go()
        if self._is_all_taken or calls.under_way > max(self._batch // 2, self._at_once):
            return
        taken = [] if self._stops else self._way.take(self._gateway, self._batch)
        self._is_all_taken = not taken
        self._taken += len(taken)
        for held in taken:
            calls.begin(held, self._ask)

    def _order_again(self, calls: Calls[Held]) -> None:
        """Begins what has not arrived, as far as the limits of the hour let it; the rest is asked about later."""
        waiting, self._not_arrived = self._not_arrived, []
        if not waiting or self._way.order is None:
            return
        order = self._way.order
        chosen = take_room_again(self._gateway, waiting)
        for held in waiting:
            if held.id in chosen:
                calls.begin(held, lambda each: self._in_time(order, each))
            else:
                self._let_go(held, now() + ask_again_after(held.checks))

    def _ask(self, held: Held) -> Charge:
        return self._in_time(self._way.ask, held)

    def _in_time(self, call: Callable[[Held], Charge], held: Held) -> Charge:
        if self._stops or not held.has_time:
            raise NotBegun
        return call(held)

    def _note(self, done: Done[Held]) -> None:
        held, error = done.item, done.error
        self._oldest = self._oldest if self._waits else time.monotonic()
        if error is None:
            self._misses = 0
            self._answers[held.id] = (held, done.answer)
        elif isinstance(error, NotBegun):
            self._let_go(held, now() + self._pause, untouched=True)
        elif isinstance(error, GatewayRefused):
            self._note_refused(held, error)
        elif isinstance(error, TryLater):
            self._let_go(held, self._way.later(held, error.after), untouched=not error.under_way)
            self._note_miss()
        elif isinstance(error, NotArrived):
            self._misses = 0
            self._not_arrived.append(held)
        elif isinstance(error, NotSaid):
            self._misses = 0
            self._let_go(held, now() + ask_again_after(held.checks))
        else:
            if not isinstance(error, NoAnswer):
                log.error("Asking about payment %s failed.", held.id, exc_info=error)
            self._let_go(held, now() + ask_again_after(held.checks))
            self._note_miss()

    def _note_refused(self, held: Held, refused: GatewayRefused) -> None:
        if is_about_us(refused):
            if not self._stops:
                self._stops = True
                if self._gateway.active:
                    pause_collecting(self._gateway, refused)
            self._let_go(held, now() + max(PAUSE, ask_again_after(held.checks)), untouched=True)
        elif self._way.submits and means_not_made(refused):
            self._misses = 0
            self._answers[held.id] = (held, failed_charge(held, refused.code, refused.message))
        else:
            log.warning("Asking about payment %s was refused: %s.", held.id, refused.code)
            self._let_go(held, now() + ask_again_after(held.checks))

    def _let_go(self, held: Held, later: datetime, *, untouched: bool = False) -> None:
        """untouched: whether the processor certainly did nothing now; of what was submitted before nobody knows."""
        (self._untouched if untouched and self._way.submits else self._unknown)[held] = later

    def _note_miss(self) -> None:
        self._misses += 1
        if self._misses >= MOST_MISSES + self._at_once and not self._stops:
            log.warning("Gateway %s does not answer; everything waits for a while.", self._gateway.pk)
            self._stops = True
            pause_for_now(self._gateway)

    @property
    def _pause(self) -> timedelta:
        """Before what was not begun is begun: at once, by others; but not where the processor is away."""
        return timedelta(0) if not self._stops or self._should_let_go() else PAUSE

    def _is_time_to_book(self) -> bool:
        wanted = min(max(SECONDS_UNTIL_BOOKED, self._booking_seconds / SHARE_OF_BOOKING), LONGEST_UNTIL_BOOKED)
        return self._waits >= LARGEST_BATCH or time.monotonic() - self._oldest >= wanted

    def _write(self) -> None:
        """Books the answers, and lets the others go."""
        began = time.monotonic()
        forget_plans()
        answers = [Answer(held.id, charge) for held, charge in self._answers.values()]
        booked = book_results(provider=self._gateway.provider, answers=answers)
        unusable = [self._answers[payment_id][0] for payment_id in booked.unusable]
        for held in unusable:
            self._unknown[held] = now() + ask_again_after(held.checks)
        in_vain = [held.id for held in unusable if held.checks + 1 >= MANY_CHECKS]
        report_what_cannot_be_booked(self._gateway.provider, in_vain)
        self._booked += booked
        self._unknown_count += len(self._unknown)
        if self._unknown:
            put_off(self._unknown)
        if self._untouched:
            give_back(self._untouched)
        ended = time.monotonic()
        self._booking_seconds = ended - began
        seconds = max(ended - self._oldest, 0.001)
        self._batch = min(max(int(self._waits / seconds * SECONDS_OF_A_BATCH), self._at_once * 2), LARGEST_BATCH)
        self._answers, self._unknown, self._untouched = {}, {}, {}


def failed_charge(held: Held, code: str, words: str) -> Charge:
    """The answer that a payment was not made and never will be."""
    return Charge("", held.key, Standing.FAILED, held.amount_minor, code, words)


def usual_at_once(gateway: Gateway) -> int:
    """How many calls are under way at the same moment, as the provider's settings say.

    One of a sandbox, which is here in the database: it is asked in the caller's own time and on its connection.
    """
    return 1 if gateway.kind == GatewayKind.SANDBOX else get_collection_settings(gateway.provider).at_once
