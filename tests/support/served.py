"""A real `makegood serve`: the web server and the worker, each a process of its own."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.conftest import COMMAND
from tests.support.processes import await_that, fetch_status, find_children, find_free_port

SECONDS = 60


class Served:
    """A running `makegood serve`."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.port = find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [COMMAND, "serve", "--port", str(self.port)],
                env=os.environ | dict(environment),
                stdout=output,
                stderr=output,
            )

    def answers_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return fetch_status(f"{self.url}/ready") == 200

    def find(self, word: str) -> int | None:
        """The process id of the child whose command line has the word."""
        return next((child for child, line in find_children(self.process.pid).items() if word in line), None)

    def has_new(self, word: str, old: int) -> bool:
        return self.find(word) not in (None, old)

    def find_all(self) -> set[int]:
        children = set(find_children(self.process.pid))
        return children.union(*(find_children(child) for child in children))


@contextlib.contextmanager
def serving(environment: Mapping[str, str], log: Path) -> Iterator[Served]:
    """`makegood serve` during the block; it answers when the block begins."""
    served = Served(environment, log)
    try:
        await_that(served.answers_ready, "/ready answers")
        await_that(lambda: served.find(" worker") is not None, "the worker runs")
        yield served
    finally:
        if served.process.poll() is None:
            served.process.terminate()
            served.process.wait(SECONDS)
