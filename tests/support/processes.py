"""What tests ask of running processes."""

import contextlib
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path


def find_children(process: int) -> dict[int, str]:
    """The children of a process and what they run, as one line each."""
    children: dict[int, str] = {}
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        for child in tasks.read_text().split():
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
                children[int(child)] = b" ".join(words).decode()
    return children


def is_alive(process: int) -> bool:
    """Whether a process runs; one that is dead and not yet buried does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch_status(url: str) -> int | None:
    """The status of an answer; None if there is none."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return None


def await_that(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Waits until something holds; fails with `what` when it takes too long."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"in vain: {what}"
        time.sleep(0.05)
