"""localstripe as a process of its own: it speaks Stripe's protocol over HTTP, and keeps what it charged in memory.

It is what it is; `stripe_proxy` stands in front of it for what it cannot.
"""

import atexit
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from functools import cache
from pathlib import Path

START_SECONDS = 60


@cache
def start_localstripe() -> str:
    """The address of the one that this process has started; it ends with this process."""
    server = subprocess.Popen(
        # This file is called as what it starts, and must not be found instead of it.
        [sys.executable, "-P", "-W", "ignore", str(Path(__file__))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    atexit.register(_stop, server)
    killer = threading.Timer(START_SECONDS, server.kill)
    killer.start()
    assert server.stdout is not None
    port = server.stdout.readline().strip()
    killer.cancel()
    assert port, "localstripe has not started."
    return f"http://127.0.0.1:{port}"


def forget_everything(address: str) -> None:
    """Makes it as it was at the start."""
    urllib.request.urlopen(urllib.request.Request(f"{address}/_config/data", method="DELETE"), timeout=30).close()


def _stop(server: "subprocess.Popen[str]") -> None:
    server.terminate()
    server.wait(10)


def _serve() -> None:
    from aiohttp import web
    from localstripe import resources  # type: ignore[import-untyped]  # it comes without types
    from localstripe.server import app  # type: ignore[import-untyped]  # likewise

    # It would write all it knows to one file of the machine after every call, and read what others wrote there.
    resources.Store.dump_to_disk = lambda store: None
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    web.run_app(app, sock=listening, access_log=None, print=lambda *words: None)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    _serve()
