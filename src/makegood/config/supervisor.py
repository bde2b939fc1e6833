"""Keeps processes running: starts them, starts them again with growing pauses, ends them."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

ROUND_SECONDS = 0.5
SHORTEST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# Who has lived so long has recovered: the next pause is the shortest again.
RECOVERED_SECONDS = 60.0
STOP_SECONDS = 30.0


def say(text: str) -> None:
    """One line for whoever watches the supervisor."""
    print(f"makegood: {text}", file=sys.stderr, flush=True)


class Child:
    """A process that has to run, in a process group of its own."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = list(command)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0
        self._pause = SHORTEST_PAUSE_SECONDS

    def tend(self) -> None:
        """Starts the process if it does not run and its pause is over."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is not None:
            self._note_end(self._process, now)
        if self._process is None and now >= self._start_again_at:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, start_new_session=True
            )
            self._started_at = now

    def _note_end(self, process: subprocess.Popen[bytes], now: float) -> None:
        if now - self._started_at >= RECOVERED_SECONDS:
            self._pause = SHORTEST_PAUSE_SECONDS
        say(f"{self.name} ended with status {process.returncode}; starting it again in {self._pause:.0f} s")
        _kill_group(process)
        self._process = None
        self._start_again_at = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def ask_to_end(self) -> None:
        """Sends SIGTERM to the process, which ends its own children."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def await_end(self, until: float) -> None:
        """Waits until the given moment of the monotonic clock; then kills the process and all it started."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{self.name} does not end; killing it")
        _kill_group(self._process)
        self._process.wait()
        self._process = None


def supervise(children: Sequence[Child], stopping: threading.Event) -> None:
    """Keeps the children running until `stopping` is set, then ends them."""
    try:
        while not stopping.is_set():
            for child in children:
                child.tend()
            stopping.wait(ROUND_SECONDS)
    finally:
        for child in children:
            child.ask_to_end()
        until = time.monotonic() + STOP_SECONDS
        for child in children:
            child.await_end(until)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends what a process has left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
