"""`script/start` for real, in a data folder of its own."""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.layers import ROOT
from tests.support.processes import await_that, fetch_status, find_children, find_free_port, is_alive

START = ROOT / "script" / "start"
SECONDS = 60


@pytest.fixture
def data() -> Iterator[Path]:
    # Directly under /tmp: pytest's own folders are closed to the server's user. The blank has to be quoted.
    with tempfile.TemporaryDirectory(prefix="makegood start-", dir="/tmp") as folder:
        yield Path(folder)


def start_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MAKEGOOD_DATA")}


def find_all(process: int) -> set[int]:
    """A process and all that it has started, and what these have."""
    return {process}.union(*(find_all(child) for child in find_children(process)))


@contextlib.contextmanager
def started(data: Path, log: Path) -> Iterator[int]:
    """Runs `script/start` until it has said all; ends it by SIGTERM, and then nothing of it may run. Gives the port."""
    port = find_free_port()
    with log.open("w") as output:
        process = subprocess.Popen(
            [START, "--no-demo", "--port", str(port), "--data", data],
            env=start_environment(),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def has_started() -> bool:
        assert process.poll() is None, log.read_text()
        return "Ctrl-C stops it." in log.read_text()

    lock_file = data / "postgres" / "cluster" / "postmaster.pid"
    try:
        await_that(has_started, "it says that it has started", SECONDS)
        running = find_all(process.pid) | {int(lock_file.read_text().split()[0])}
        assert len(running) > 4
        yield port
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 128 + signal.SIGTERM
        assert [each for each in running if is_alive(each)] == []
        assert not lock_file.exists()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(SECONDS)


def test_it_starts_says_how_to_go_on_stops_and_starts_again(data: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started(data, log) as port:
        said = log.read_text()
        assert f"http://127.0.0.1:{port}/" in said
        assert fetch_status(f"http://127.0.0.1:{port}/ready") == 200
        commands = re.findall(r"^  (.*MAKEGOOD_DATA=.*)$", said, re.MULTILINE)
        assert len(commands) == 2
        for command in commands:
            subprocess.run(
                command, shell=True, env=start_environment(), check=True, capture_output=True, timeout=SECONDS
            )
    with started(data, log) as port:
        assert fetch_status(f"http://127.0.0.1:{port}/ready") == 200
        assert "Nobody can log in" not in log.read_text()


@pytest.mark.parametrize("port", ["abc", "", "0", "65536", "99999", "-1", "1e3"])
def test_a_port_that_is_none_is_refused(port: str, data: Path) -> None:
    done = subprocess.run(
        [START, f"--port={port}", "--data", data],
        env=start_environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"--port must be a number from 1 to 65535; it is '{port}'.\n"
    assert list(data.iterdir()) == []
