"""A worker without anything around it, quick to start and so quick to kill. Run as a program by `Forge`.

Each line of its input is the number of a run. It answers with the process that works it from now on.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]


def main() -> None:
    import django

    django.setup()
    from makegood.runs.carry_out import carry_out

    # Nobody has to bury the children.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                carry_out(int(line))
            finally:
                os._exit(0)
        print(child, flush=True)


class Forge:
    """Makes workers, each a process of its own with connections of its own."""

    def __init__(self, environment: Mapping[str, str], program: str = "tests.faults.killable") -> None:
        self._environment, self._program = os.environ | dict(environment), program

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._program],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def set_to_work(self, number: int) -> int:
        """Starts a worker on what has that number: a run, unless the program says otherwise; returns its process id."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


if __name__ == "__main__":
    main()
