"""Calls of a processor: several at once, each in a thread, while the caller goes on; or one after the other, here."""

import contextvars
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from django.db import connections

T = TypeVar("T")
SECONDS_TO_GATHER = 0.02
"""Waking at the end of every call would take the interpreter from the threads that make them."""


@dataclass(frozen=True)
class Done(Generic[T]):
    """What became of a call: what it returned, or the exception that it ended with."""

    item: T
    answer: Any
    error: Exception | None


Call = tuple[T, Callable[[T], Any]]


class Calls(Generic[T]):
    """Calls under way. To be used as a context; on leaving it all that was begun has ended.

    in_threads: None makes the calls where they are waited for, on the caller's own connection to the database.
    """

    def __init__(self, in_threads: int | None) -> None:
        self._wanted = in_threads or 0
        self._waiting: queue.SimpleQueue[Call[T] | None] = queue.SimpleQueue()
        self._here: deque[Call[T]] = deque()
        self._done: queue.SimpleQueue[Done[T]] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.under_way = 0

    def __enter__(self) -> Self:
        for _ in range(self._wanted):
            # Each sees the caller's clock.
            context = contextvars.copy_context()
            thread = threading.Thread(target=context.run, args=(self._work,), name="gateway call", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def begin(self, item: T, call: Callable[[T], Any]) -> None:
        """Has the call made as soon as there is a place for it."""
        self.under_way += 1
        if self._threads:
            self._waiting.put((item, call))
        else:
            self._here.append((item, call))

    def take_done(self, wait_seconds: float) -> list[Done[T]]:
        """What has ended since; waits for the first one, but no longer than so. Nothing if nothing is under way.

        While enough waits for every thread, it gathers a little longer.
        """
        if self._here:
            self._done.put(_make(*self._here.popleft()))
        done: list[Done[T]] = []
        try:
            if self.under_way:
                done.append(self._done.get(timeout=wait_seconds))
            if self._waiting.qsize() > self._wanted:
                time.sleep(SECONDS_TO_GATHER)
            while True:
                done.append(self._done.get_nowait())
        except queue.Empty:
            pass
        self.under_way -= len(done)
        return done

    def _work(self) -> None:
        try:
            while (call := self._waiting.get()) is not None:
                self._done.put(_make(*call))
        finally:
            connections.close_all()


def _make(item: T, call: Callable[[T], Any]) -> Done[T]:
    try:
        return Done(item, call(item), None)
    except Exception as error:
        return Done(item, None, error)
