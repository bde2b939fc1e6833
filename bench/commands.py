"""Running the project's own commands and measurements in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).parent / "makegood"


def _environment(url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, "MAKEGOOD_SECRET_KEY": "for measurements only"}


def makegood(url: str, *arguments: str) -> str:
    """Runs the command against a database; returns what it printed, or raises."""
    done = subprocess.run([COMMAND, *arguments], env=_environment(url), check=True, capture_output=True, text=True)
    return done.stdout


def measure(url: str, module: str, *arguments: str) -> dict[str, Any]:
    """Runs a measuring module as a process; returns the JSON object that it prints last."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], env=_environment(url), check=True, stdout=subprocess.PIPE, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result
