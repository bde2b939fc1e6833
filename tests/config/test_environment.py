"""What the environment variables do; each is described in docs/reference/settings.md."""

import json
import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from makegood.config import environment
from makegood.kit.refusal import Refused
from tests.support.layers import ROOT, SOURCE

SHOW = """
import json, sys
from makegood.config import settings
print(json.dumps({name: str(getattr(settings, name)) for name in sys.argv[1:]}))
"""


def read_settings(*names: str, **variables: str) -> dict[str, str]:
    """The settings of a new process with these environment variables."""
    command = [sys.executable, "-c", SHOW, *names]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def test_on_this_machine_alone_plain_http_will_do() -> None:
    assert read_settings("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE") == {
        "SESSION_COOKIE_SECURE": "False",
        "CSRF_COOKIE_SECURE": "False",
    }


def test_under_a_name_of_its_own_cookies_need_https() -> None:
    names = ("SESSION_COOKIE_SECURE", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS")
    assert read_settings(*names, MAKEGOOD_ALLOWED_HOSTS="bills.example, localhost") == {
        "SESSION_COOKIE_SECURE": "True",
        "ALLOWED_HOSTS": "['bills.example', 'localhost']",
        "CSRF_TRUSTED_ORIGINS": "['https://bills.example', 'https://localhost']",
    }


def test_connections_work_as_the_application_unless_the_owner_is_asked_for() -> None:
    assert "role=makegood_app" in read_settings("DATABASES")["DATABASES"]
    assert "role=" not in read_settings("DATABASES", MAKEGOOD_DB_OWNER="1")["DATABASES"]


@pytest.mark.parametrize("text", ["0", "-1", "ten", "1e3", "1.5", "٣"])
def test_a_number_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_CHUNK_ROWS", text)
    with pytest.raises(Refused, match="MAKEGOOD_CHUNK_ROWS"):
        environment.positive_number("MAKEGOOD_CHUNK_ROWS", 10_000)


@pytest.mark.parametrize(
    ("text", "on"), [("1", True), ("Yes", True), ("on", True), ("", False), ("0", False), ("no", False), ("OFF", False)]
)
def test_a_flag_is_on_or_off(text: str, on: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_DEBUG", text)
    assert environment.flag("MAKEGOOD_DEBUG") is on


@pytest.mark.parametrize("text", ["maybe", "2", "tru"])
def test_a_flag_that_is_neither_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_DEBUG", text)
    with pytest.raises(Refused, match="MAKEGOOD_DEBUG"):
        environment.flag("MAKEGOOD_DEBUG")


def test_a_key_that_cannot_be_kept_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_DATA", "/proc/nope")
    monkeypatch.delenv("MAKEGOOD_SECRET_KEY")
    with pytest.raises(Refused, match="/proc/nope/secret-key cannot be used"):
        environment.secret_key()


def test_the_key_is_made_once_even_by_many_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "new" / "data"
    monkeypatch.setenv("MAKEGOOD_DATA", str(data))
    monkeypatch.delenv("MAKEGOOD_SECRET_KEY")
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(environment.secret_key())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert len(keys[0]) >= 50
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == ["secret-key"]


def test_the_data_folder_follows_who_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAKEGOOD_DATA", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert environment.data_folder() == Path("/var/lib/makegood")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/ann/data")
    assert environment.data_folder() == Path("/home/ann/data/makegood")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/ann")
    assert environment.data_folder() == Path("/home/ann/.local/share/makegood")


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    variable = re.compile(r"\b(?:DATABASE_URL|MAKEGOOD_[A-Z_]+)\b")
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    documented = {match for line in page.splitlines() if line.startswith("| `") for match in variable.findall(line)[:1]}
    read = set()
    for path in (SOURCE / "config" / "environment.py", SOURCE / "config" / "settings.py"):
        calls = r"(?:environ\.get|environ\.setdefault|flag|positive_number)\(\s*\"(\w+)\""
        read |= set(re.findall(calls, path.read_text()))
    assert read - {"XDG_DATA_HOME"} == documented


def test_nothing_else_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"os\.(environ|getenv)", path.read_text())
    }
    # Who starts processes hands the environment on, and says which settings Django has to read.
    assert readers - {"config/environment.py"} <= {
        "config/entry.py", "config/serve.py", "config/supervised.py", "config/wsgi.py",
    }  # fmt: skip
