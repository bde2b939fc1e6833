"""Waiting for what another process does."""

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Asks again and again whether it holds; fails with what was waited for."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"After {seconds:g} seconds it is not so: {what}."
        time.sleep(0.05)
