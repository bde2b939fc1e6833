"""The web process: ``python -m makegood.config.web_server HOST PORT``. Started by `makegood serve`."""

import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from makegood.config.supervised import end_with_supervisor

THREADS = 8
STOP_SECONDS = 10


def main(host: str, port: int) -> None:
    """Serves until SIGTERM; ends by itself if the application cannot be loaded."""
    end_with_supervisor()
    server = Server(
        "makegood.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,
    )
    server.serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
