"""``makegood serve``: web and worker on one machine, under one supervisor."""

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

from makegood.config.supervised import SUPERVISOR
from makegood.config.supervisor import Child, say, supervise
from makegood.kit.refusal import Refused

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

LAST_PORT = 65535
MOST_PORT_DIGITS = 5


def add_parser(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser("serve", help="serve the pages and work off the queue")
    parser.add_argument("--port", default="8000", help="default: 8000")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs until SIGTERM or Ctrl-C; then ends what it started. Refused if the port is none or in use."""
    port = _read_port(arguments.port)
    _demand_free_port(arguments.host, port)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    children = [
        _child("web", ["-m", "makegood.config.web_server", arguments.host, str(port)]),
        _child("worker", ["-m", "makegood.config.entry", "worker"]),
    ]
    say(f"serving http://{arguments.host}:{port}")
    supervise(children, stopping)
    say("stopped")
    return 0


def _child(name: str, arguments: Sequence[str]) -> Child:
    return Child(name, [sys.executable, *arguments], os.environ | {SUPERVISOR: str(os.getpid())})


def _read_port(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= MOST_PORT_DIGITS and 0 < int(text) <= LAST_PORT:
        return int(text)
    raise Refused("port_invalid", f"--port must be a number from 1 to {LAST_PORT}; it is {text!r}.", field="port")


def _demand_free_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        message = f"Cannot listen on {host}, port {port}: {error}. Choose another with --port."
        raise Refused("port_unusable", message, field="port") from None
