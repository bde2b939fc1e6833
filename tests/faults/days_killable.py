"""A worker of days without anything around it, quick to start and so quick to kill. Run as a program by `DayForge`.

Each line of its input is the number of a provider. It answers with the process that works its days from now on.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from tests.faults.killable import ROOT


def main() -> None:
    import django

    django.setup()
    from makegood.days.services.work_day import work_days
    from makegood.providers.models import Provider

    # Nobody has to bury the children.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                work_days(provider=Provider.objects.get(pk=int(line)))
            finally:
                os._exit(0)
        print(child, flush=True)


class DayForge:
    """Makes workers of days, each a process of its own with a connection of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = os.environ | dict(environment)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.days_killable"],
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

    def set_to_work(self, provider_id: int) -> int:
        """Starts a worker on a provider's days; returns its process id."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{provider_id}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


if __name__ == "__main__":
    main()
