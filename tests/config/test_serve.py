"""`makegood serve` for real: processes are killed, and what is left is counted."""

import argparse
import os
import signal
import subprocess
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from makegood.config import serve, supervisor
from makegood.config.supervisor import Child, supervise
from makegood.kit.refusal import Refused
from tests.conftest import COMMAND
from tests.support.processes import await_that, fetch_status, find_children, is_alive
from tests.support.served import SECONDS, serving


def test_children_that_die_are_started_again(committed_db: dict[str, str], tmp_path: Path) -> None:
    with serving(committed_db, tmp_path / "log") as served:
        for word in ("web_server", " worker"):
            old = served.find(word)
            assert old is not None
            os.kill(old, signal.SIGKILL)
            await_that(partial(served.has_new, word, old), f"a new {word}")
        await_that(served.answers_ready, "/ready answers again")
        children = served.find_all()
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(SECONDS) == 0
    assert [child for child in children if is_alive(child)] == []
    assert "starting it again in 1 s" in served.log.read_text()
    assert fetch_status(f"http://127.0.0.1:{served.port}/health") is None


def test_nothing_runs_on_when_the_supervisor_is_killed(committed_db: dict[str, str], tmp_path: Path) -> None:
    with serving(committed_db, tmp_path / "log") as served:
        children = served.find_all()
        served.process.kill()
        served.process.wait()
        await_that(lambda: not any(is_alive(child) for child in children), "the children end")


def test_the_embedded_database_is_revived_and_stopped_at_the_end(tmp_path: Path) -> None:
    # Directly under /tmp: pytest's own folders are closed to the server's user.
    with tempfile.TemporaryDirectory(prefix="makegood-serve-", dir="/tmp") as folder:
        environment = {"MAKEGOOD_DATA": folder, "DATABASE_URL": ""}
        subprocess.run([COMMAND, "migrate"], env=os.environ | environment, check=True, capture_output=True)
        lock_file = Path(folder, "postgres", "cluster", "postmaster.pid")
        assert not lock_file.exists()
        with serving(environment, tmp_path / "log") as served:
            old = int(lock_file.read_text().split()[0])
            os.kill(old, signal.SIGKILL)
            await_that(lambda: not is_alive(old), "the server is gone")
            await_that(served.answers_ready, "/ready answers again")
            new = int(lock_file.read_text().split()[0])
            assert new != old
            served.process.terminate()
            assert served.process.wait(SECONDS) == 0
        assert not is_alive(new)
        assert not lock_file.exists()


def test_a_port_in_use_is_refused(committed_db: dict[str, str], tmp_path: Path) -> None:
    with serving(committed_db, tmp_path / "log") as served:
        again = subprocess.run(
            [COMMAND, "serve", "--port", str(served.port)],
            env=os.environ | committed_db,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert again.returncode == 2
        assert "--port" in again.stderr


@pytest.mark.parametrize("port", ["abc", "", "0", "65536", "99999", "-1", "٣", "9" * 5000])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    arguments = argparse.Namespace(host="127.0.0.1", port=port)
    with pytest.raises(Refused, match="--port must be a number from 1 to 65535"):
        serve.run(arguments)


def test_the_worker_ends_when_the_database_stays_away(tmp_path: Path) -> None:
    environment = {"DATABASE_URL": f"postgresql://makegood@/makegood?host={tmp_path}"}
    done = subprocess.run(
        [COMMAND, "worker"], env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_pauses_grow_for_a_child_that_keeps_dying(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervisor, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(supervisor, "SHORTEST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_SECONDS", 0.2)
    said: list[str] = []
    monkeypatch.setattr(supervisor, "say", said.append)
    stopping = threading.Event()
    threading.Timer(1.5, stopping.set).start()
    supervise([Child("mayfly", ["false"], os.environ)], stopping)
    assert 4 <= len(said) <= 9
    assert all("mayfly ended with status 1" in line for line in said)


def test_a_child_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.3)
    stubborn = Child("stubborn", ["sh", "-c", "trap '' TERM; sleep 60 & wait; wait"], os.environ)
    stubborn.tend()
    children = find_children(os.getpid())
    time.sleep(0.2)
    stopping = threading.Event()
    stopping.set()
    began = time.monotonic()
    supervise([stubborn], stopping)
    assert time.monotonic() - began < 5
    assert [child for child in children if "trap" in children[child] and is_alive(child)] == []
