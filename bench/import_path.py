"""One import through the service; prints what was counted, seconds and memory as JSON.

Run as a process: ``python -m bench.import_path FILE MAP``, with DATABASE_URL set.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "makegood.config.settings"
django.setup()

from makegood.imports.map import load_map  # noqa: E402
from makegood.imports.services import import_file  # noqa: E402
from makegood.providers.selectors import get_provider  # noqa: E402


def main() -> None:
    path, map_path = (Path(argument) for argument in sys.argv[1:])
    provider = get_provider("bench")
    began = time.perf_counter()
    report = import_file(provider=provider, path=path, import_map=load_map(map_path))
    print(
        json.dumps(
            {
                "rows": report.rows,
                "added": report.customers.added,
                "unchanged": report.customers.unchanged,
                "seconds": time.perf_counter() - began,
                "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            }
        )
    )


main()
