"""Processes that charge and give back for a provider, quick to kill. Run as a program by `tests.faults.killable.Forge`.

Each line of its input is the number of a provider. It answers with the process that works for it from now on.
"""

import os
import signal
import sys


def main() -> None:
    import django

    django.setup()
    from makegood.payments.services.collect_now import collect_now
    from makegood.providers.models import Provider

    # Nobody has to bury the children.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                collect_now(provider=Provider.objects.get(pk=int(line)))
            finally:
                os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
