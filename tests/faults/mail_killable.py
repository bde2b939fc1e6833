"""A sender of mail without anything around it, quick to start and so quick to kill. Run as a program by `MailForge`.

For each line of its input it starts a sender, which sends until nothing is left, and answers with its process.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from tests.faults.killable import ROOT


def main() -> None:
    import django

    django.setup()
    from makegood.emails.sending.sender import send_waiting
    from tests.support.outbox import register_kind

    register_kind()
    # Nobody has to bury the children.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            try:
                while True:
                    send_waiting()
                    time.sleep(0.02)
            finally:
                os._exit(0)
        print(child, flush=True)


class MailForge:
    """Makes senders, each a process of its own with connections of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = os.environ | dict(environment)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.mail_killable"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._made: list[int] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._made:
            self.kill(process)
        self._process.communicate()

    def start(self) -> int:
        """Starts a sender; returns its process id."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self._made.append(int(self._process.stdout.readline()))
        return self._made[-1]

    def kill(self, process: int) -> None:
        """SIGKILL, unless it has ended."""
        if process in self._made:
            self._made.remove(process)
            os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    main()
