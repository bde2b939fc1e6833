"""The `makegood` command as such: its exit status, its outputs, and what signals do to it."""

import argparse
import json
import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, OperationalError

from makegood.config import entry
from makegood.kit.refusal import Refused
from tests.conftest import COMMAND, Answer
from tests.support.processes import await_that

CommandLine = Callable[..., Answer]


def refuse(arguments: argparse.Namespace) -> int:
    raise Refused("amount_zero", "The amount must be above zero.", field="amount")


def parser_for(run: Callable[[argparse.Namespace], int]) -> Callable[[], argparse.ArgumentParser]:
    def build() -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser()
        parser.add_argument("--json", action="store_true")
        parser.set_defaults(run=run)
        return parser

    return build


def test_a_refusal_is_a_sentence_and_status_2(makegood_cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "_build_parser", parser_for(refuse))
    answer = makegood_cli()
    assert answer == Answer(2, "", "The amount must be above zero.\n")


def test_a_refusal_for_programs_is_one_object(makegood_cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "_build_parser", parser_for(refuse))
    answer = makegood_cli("--json")
    assert (answer.returncode, answer.stderr) == (2, "")
    assert json.loads(answer.stdout) == {
        "error": {"code": "amount_zero", "message": "The amount must be above zero.", "field": "amount"}
    }


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (psycopg.errors.UndefinedTable("no table"), "Run `makegood migrate` first"),
        (psycopg.OperationalError("connection refused"), "does not answer"),
        (psycopg.errors.CheckViolation("some_check"), "refused"),
    ],
)
def test_errors_of_the_database_are_explained(
    cause: Exception, sentence: str, makegood_cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(arguments: argparse.Namespace) -> int:
        kind = OperationalError if type(cause) is psycopg.OperationalError else DatabaseError
        raise kind(str(cause)) from cause

    monkeypatch.setattr(entry, "_build_parser", parser_for(fail))
    answer = makegood_cli()
    assert answer.returncode == 1
    assert sentence in answer.stderr


def test_an_unknown_command_is_refused(makegood_cli: CommandLine) -> None:
    answer = makegood_cli("make-coffee")
    assert answer.returncode == 2
    assert "make-coffee" in answer.stderr


def run_without_database(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "MAKEGOOD_SECRET_KEY"}
    environment |= {"MAKEGOOD_DATA": "/nonexistent/data", "DATABASE_URL": ""}
    return subprocess.run(
        [COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("arguments", [("--help",), ("serve", "--help"), ("--version",), ()])
def test_help_needs_neither_database_nor_data_folder(arguments: tuple[str, ...]) -> None:
    done = run_without_database(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_an_address_that_is_none_is_refused() -> None:
    done = subprocess.run(
        [COMMAND, "migrate"],
        env=os.environ | {"DATABASE_URL": "mysql://somewhere/else"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("DATABASE_URL is not the address of a PostgreSQL database")


@pytest.mark.parametrize("url", ["", "postgresql:///makegood?host=/nonexistent"])
def test_a_data_folder_that_cannot_be_made_is_refused(url: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MAKEGOOD_SECRET_KEY"}
    done = subprocess.run(
        [COMMAND, "verify"],
        env=environment | {"MAKEGOOD_DATA": "/proc/nope", "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"The (data folder|file) /proc/nope\S* cannot be used .*MAKEGOOD_DATA.*\n", done.stderr)


def test_migrate_says_that_nothing_is_to_be_done(
    run_makegood: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = run_makegood("migrate")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Nothing to migrate.\n", "")


def test_a_reader_that_goes_away_is_no_error(committed_db: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [COMMAND, "migrate"],
        env=os.environ | committed_db,
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")


def test_sigterm_ends_a_command_with_its_own_status(committed_db: dict[str, str], tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([COMMAND, "worker"], env=os.environ | committed_db, stderr=log)
    await_that(lambda: is_registered(committed_db), "the worker has registered")
    process.terminate()
    assert process.wait(60) == 0
    assert (tmp_path / "log").read_text() == ""


def is_registered(database: dict[str, str]) -> bool:
    with psycopg.connect(database["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
    return row == (1,)
