"""Ties a process to the supervisor that started it, so that nothing runs on when the supervisor is killed."""

import ctypes
import os
import signal
import sys

SUPERVISOR = "MAKEGOOD_SUPERVISOR"
PR_SET_PDEATHSIG = 1


def end_with_supervisor() -> None:
    """Has the system send SIGTERM to this process when its supervisor is gone. Does nothing without a supervisor."""
    supervisor = os.environ.pop(SUPERVISOR, None)
    if supervisor is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):
        sys.exit(128 + signal.SIGTERM)
