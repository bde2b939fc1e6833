"""The scripts that a person runs."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.layers import ROOT

SCRIPTS = [path for path in [*sorted((ROOT / "script").iterdir()), ROOT / ".ci" / "run"] if path.is_file()]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_read_by_the_shell_and_run(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    if first == "#!/usr/bin/env bash":
        assert os.access(path, os.X_OK)
    if "bash" in first or path.name.startswith("_"):
        subprocess.run(["bash", "-n", path], check=True, capture_output=True)


def test_start_says_how_it_is_used() -> None:
    done = subprocess.run([ROOT / "script" / "start", "--help"], capture_output=True, text=True, timeout=20, check=True)
    assert "--port" in done.stdout
    assert "--data" in done.stdout
