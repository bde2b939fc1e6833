"""Things that happen at the same moment: threads with a database connection each, and a gate to hold one of them."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connections

from makegood.kit.refusal import Refused

T = TypeVar("T")
SECONDS = 60.0


def at_once(*calls: Callable[[], T]) -> list[T | Refused]:
    """Lets all calls begin at the same moment; returns what each returned, or its refusal, in their order."""
    line = threading.Barrier(len(calls))

    def begin(call: Callable[[], T]) -> T | Refused:
        line.wait(SECONDS)
        try:
            return call()
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        begun = [pool.submit(_with_own_connection, lambda call=call: begin(call)) for call in calls]
        return [one.result() for one in begun]


@contextlib.contextmanager
def in_background(call: Callable[[], T]) -> Iterator["Future[T]"]:
    """Runs a call in a thread of its own during the block, and waits for it at the end."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(_with_own_connection, call)


class Gate:
    """Holds whoever comes through first, until it is opened."""

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._open = threading.Event()
        self._first = threading.Lock()

    def pass_through(self) -> None:
        if self._first.acquire(blocking=False):
            self._arrived.set()
            assert self._open.wait(SECONDS), "nobody opened the gate"

    def await_arrival(self) -> None:
        assert self._arrived.wait(SECONDS), "nobody came to the gate"

    def open(self) -> None:
        self._open.set()

    def before(self, function: Callable[..., T]) -> Callable[..., T]:
        """The function, behind this gate."""

        def behind(*arguments: Any, **named: Any) -> T:
            self.pass_through()
            return function(*arguments, **named)

        return behind

    def after(self, function: Callable[..., T]) -> Callable[..., T]:
        """The function, with this gate between what it does and its return."""

        def before(*arguments: Any, **named: Any) -> T:
            answer = function(*arguments, **named)
            self.pass_through()
            return answer

        return before


@contextlib.contextmanager
def held(gate: Gate) -> Iterator[None]:
    """The block runs while somebody stands at the gate, which is open afterwards whatever happened."""
    try:
        gate.await_arrival()
        yield
    finally:
        gate.open()


def _with_own_connection(call: Callable[[], T]) -> T:
    try:
        return call()
    finally:
        connections.close_all()
