"""The embedded server for real: every test starts servers in folders of its own directly under /tmp."""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import psycopg
import pytest

from makegood.kit import embedded_postgres, postgres_programs
from makegood.kit.embedded_postgres import EmbeddedPostgres
from makegood.kit.refusal import Refused
from makegood.kit.server_account import SERVER_USER, ServerAccount, find_server_account

QUICK = {"fsync": "off"}
IS_ROOT = os.geteuid() == 0
SECONDS = 60

# Another process that uses the server until its input ends; the folder is its argument.
OTHER = """
    import sys
    from pathlib import Path
    from makegood.kit.embedded_postgres import EmbeddedPostgres
    with EmbeddedPostgres(Path(sys.argv[1]), {"fsync": "off"}):
        print("ready", flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    # pytest's own folders are closed to the server's user.
    path = Path(tempfile.mkdtemp(prefix="makegood-embedded-", dir="/tmp"))
    yield path
    process = find_server(path)
    if process is not None:
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(path, ignore_errors=True)


def find_server(folder: Path) -> int | None:
    """The process id of the server on a data folder, if it lives."""
    try:
        process = int((folder / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
        status = Path(f"/proc/{process}/stat").read_text()
    except (OSError, IndexError):
        return None
    return None if status.rpartition(")")[2].split()[0] == "Z" else process


def await_that_server_is_gone(folder: Path) -> None:
    until = time.monotonic() + SECONDS
    while find_server(folder) is not None:
        assert time.monotonic() < until, "the server is still there"
        time.sleep(0.05)


def ask(server: EmbeddedPostgres, question: str) -> object:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


@contextlib.contextmanager
def other_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", textwrap.dedent(OTHER), str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def await_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def test_a_second_start_finds_the_same_data(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK) as server:
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        assert ask(server, "SHOW listen_addresses") == ""
        assert ask(server, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
    assert find_server(folder) is None
    with EmbeddedPostgres(folder, QUICK) as server:
        assert ask(server, "SELECT answer FROM kept") == 42


def test_settings_are_durable_unless_somebody_says_otherwise(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            assert ask(server, f"SHOW {name}") == "on", name
        assert ask(server, "SHOW shared_buffers") == "256MB"


def test_many_may_come_to_a_new_folder_at_once(folder: Path) -> None:
    account = find_server_account()
    folder.chmod(0o711)
    for round_ in range(20):
        new = folder / str(round_)
        prepare = partial(embedded_postgres._prepare_folders, account, new, new / "postgres")
        with ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(prepare) for _ in range(8)]:
                done.result()
        assert stat.S_IMODE((new / "postgres").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["/proc/nope", f"/tmp/{'x' * 300}"])
def test_a_folder_that_cannot_be_made_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="cannot be used") as refused:
        EmbeddedPostgres(Path(name)).start()
    assert refused.value.code == "data_folder_unusable"


def test_nobody_else_can_enter(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK):
        for path in (folder / "postgres", folder / "postgres" / "cluster", folder / "postgres" / "socket"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
        assert stat.S_IMODE(folder.stat().st_mode) & 0o067 == 0


def test_two_processes_share_and_the_last_one_stops(folder: Path) -> None:
    server = EmbeddedPostgres(folder, QUICK)
    server.start()
    with other_process(folder) as other:
        await_ready(other)
        process = find_server(folder)
        server.release()
        assert find_server(folder) == process
        other.communicate(timeout=SECONDS)
        assert find_server(folder) is None
    server.release()


def test_many_that_start_at_once_get_one_server(folder: Path) -> None:
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(other_process(folder)) for _ in range(3)]
        for other in others:
            await_ready(other)
        for other in others:
            assert other.poll() is None
            other.communicate(timeout=SECONDS)
            assert other.returncode == 0
    assert find_server(folder) is None


def test_a_killed_server_recovers_at_the_next_start(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK) as server:
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        kill_server(folder)
    with EmbeddedPostgres(folder, QUICK) as server:
        assert ask(server, "SELECT answer FROM kept") == 42


def test_a_killed_server_is_revived_for_who_still_uses_it(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK) as server:
        server.ensure_running()
        kill_server(folder)
        server.ensure_running()
        assert ask(server, "SELECT 42") == 42
    assert find_server(folder) is None


def test_a_killed_command_leaves_a_server_that_the_next_one_takes_over(folder: Path) -> None:
    with other_process(folder) as other:
        await_ready(other)
        other.kill()
        other.wait()
    process = find_server(folder)
    assert process is not None
    with EmbeddedPostgres(folder, QUICK) as server:
        assert find_server(folder) == process
        assert ask(server, "SELECT 42") == 42
    assert find_server(folder) is None


def test_a_process_id_that_somebody_else_has_by_now_is_no_server(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK):
        kill_server(folder)
    user = pwd.getpwnam(SERVER_USER).pw_uid if IS_ROOT else None
    with subprocess.Popen(["sleep", "60"], user=user) as stranger:
        lock_file = folder / "postgres" / "cluster" / "postmaster.pid"
        lines = lock_file.read_text().splitlines()
        lock_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with EmbeddedPostgres(folder, QUICK) as server:
            assert ask(server, "SELECT 42") == 42
        assert stranger.poll() is None
        stranger.kill()


def test_a_database_of_another_major_version_is_refused(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK):
        pass
    (folder / "postgres" / "cluster" / "PG_VERSION").write_text("17\n")
    with pytest.raises(Refused, match="PostgreSQL 17") as refused:
        EmbeddedPostgres(folder, QUICK).start()
    assert refused.value.code == "database_version"


def test_a_folder_behind_a_closed_one_is_refused_by_name(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700 if IS_ROOT else 0)
    folder.chmod(0o755)
    with pytest.raises(Refused) as refused:
        EmbeddedPostgres(closed / "some" / "data", QUICK).start()
    assert refused.value.code == "data_folder_closed"
    assert f"cannot enter {closed}." in refused.value.message
    assert "MAKEGOOD_DATA" in refused.value.message
    assert stat.S_IMODE(closed.stat().st_mode) == (0o700 if IS_ROOT else 0)
    closed.chmod(0o700)
    assert list(closed.iterdir()) == []


def test_a_path_too_long_for_a_socket_gets_one_outside(folder: Path) -> None:
    data = folder / ("long" * 30)
    folder.chmod(0o755)
    with EmbeddedPostgres(data, QUICK) as server:
        outside = Path((data / "postgres" / "socket-folder").read_text().strip())
        assert outside.parent == Path("/tmp")
        assert stat.S_IMODE(outside.stat().st_mode) == 0o700
        assert ask(server, "SELECT 42") == 42
        # Killed, so that the folder is there at the next start, and used again.
        kill_server(data)
        server.ensure_running()
        assert Path((data / "postgres" / "socket-folder").read_text().strip()) == outside
    assert not outside.exists()


def test_a_server_that_does_not_start_shows_why(folder: Path) -> None:
    from makegood.kit.embedded_postgres import ServerFailed

    with pytest.raises(ServerFailed, match="max_connections"):
        EmbeddedPostgres(folder, QUICK | {"max_connections": "many"}).start()
    with EmbeddedPostgres(folder, QUICK):
        pass


def kill_server(folder: Path) -> None:
    process = find_server(folder)
    assert process is not None
    os.kill(process, signal.SIGKILL)
    await_that_server_is_gone(folder)


if IS_ROOT:
    # What only root meets: two users, the server's and its own.

    def test_root_runs_the_server_as_a_user_of_its_own(folder: Path) -> None:
        with EmbeddedPostgres(folder, QUICK):
            process = find_server(folder)
            owner = Path(f"/proc/{process}").stat().st_uid
        assert pwd.getpwuid(owner).pw_name == SERVER_USER

    def test_programs_that_the_servers_user_cannot_reach_are_copied(
        folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = tmp_path / "site"
        copy_programs(closed)
        monkeypatch.setattr(postgres_programs, "_find_site", lambda: closed)
        for _ in range(2):
            with EmbeddedPostgres(folder, QUICK) as server:
                assert ask(server, "SELECT 42") == 42
                process = find_server(folder)
                program = Path(f"/proc/{process}/exe").readlink()
            assert program.is_relative_to(folder / "postgres" / "programs")
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700

    def test_the_data_of_an_ordinary_person_is_not_touched_by_root(folder: Path) -> None:
        (folder / "postgres").mkdir()
        os.chown(folder / "postgres", pwd.getpwnam("nobody").pw_uid, -1)
        with pytest.raises(Refused) as refused:
            EmbeddedPostgres(folder, QUICK).start()
        assert refused.value.code == "data_folder_of_another"

    def test_an_ordinary_person_runs_the_server_as_themselves(folder: Path) -> None:
        person = pwd.getpwnam("nobody")
        os.chown(folder, person.pw_uid, person.pw_gid)
        site = folder / "site"
        copy_programs(site)
        # The interpreter may lie where only root can go, so it becomes that person when it has loaded everything.
        script = """
            import os, sys
            from pathlib import Path
            import psycopg
            from makegood.kit import embedded_postgres, postgres_programs
            site, data, user, group = sys.argv[1:]
            postgres_programs._find_site = lambda: Path(site)
            os.setgroups([])
            os.setgid(int(group))
            os.setuid(int(user))
            for round in range(2):
                with embedded_postgres.EmbeddedPostgres(Path(data), {"fsync": "off"}) as server:
                    with psycopg.connect(server.url()) as connection:
                        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
                        print(connection.execute("SELECT answer FROM kept").fetchone())
            print(Path(data, "postgres", "cluster").owner())
        """
        command = [sys.executable, "-c", textwrap.dedent(script), str(site), str(folder / "data")]
        command += [str(person.pw_uid), str(person.pw_gid)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        assert (done.returncode, done.stdout) == (0, "(42,)\n(42,)\nnobody\n"), done.stderr


def copy_programs(site: Path) -> None:
    """Installs the programs a second time; the copy is as closed or open as `site` is."""
    original = postgres_programs._find_site()
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(original / name, site / name, symlinks=True)


def test_a_missing_user_that_cannot_be_made_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    from makegood.kit import server_account

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(server_account, "_find_user", lambda: None)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(Refused, match="useradd --system") as refused:
        server_account.find_server_account()
    assert refused.value.code == "server_user_missing"


def test_an_account_runs_programs_without_the_terminals_settings(tmp_path: Path) -> None:
    entry = pwd.getpwuid(os.geteuid())
    account = ServerAccount(entry.pw_name, entry.pw_uid, entry.pw_gid, is_other=False)
    answer = account.run(["env"], tmp_path)
    assert "PGHOST" not in answer.stdout
    assert "LC_ALL=C\n" in answer.stdout
