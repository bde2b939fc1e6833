"""The embedded database for the time of one command: started, watched, and given back."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator

from makegood.config import environment
from makegood.kit.embedded_postgres import EmbeddedPostgres, ServerFailed
from makegood.kit.refusal import Refused

SETTINGS = {"autovacuum_naptime": "5s"}
"""It belongs to us alone: it soon looks how much there is in tables that were empty a moment ago, and plans by that."""
LOOK_SECONDS = 1.0
PAUSE_AFTER_FAILURE_SECONDS = 10.0


@contextlib.contextmanager
def embedded_database() -> Iterator[None]:
    """Starts the embedded server or joins it, points this process at it, and revives it should it die.

    The last command that leaves stops the server, whatever ended the command.
    """
    server = EmbeddedPostgres(environment.data_folder(), SETTINGS)
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(server, over), name="embedded database", daemon=True)
    try:
        server.start()
        environment.use_database(server.url())
        watcher.start()
        yield
    finally:
        # A second signal must not leave the server half stopped.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        over.set()
        if watcher.is_alive():
            watcher.join()
        server.release()


def _watch(server: EmbeddedPostgres, over: threading.Event) -> None:
    while not over.wait(LOOK_SECONDS):
        try:
            server.ensure_running()
        except (ServerFailed, Refused, OSError) as error:
            print(f"makegood: {error}", file=sys.stderr, flush=True)
            over.wait(PAUSE_AFTER_FAILURE_SECONDS)
