"""``makegood import`` as a person or a program calls it."""

from pathlib import Path
from typing import Any

import pytest

from makegood.customers.models import Customer
from makegood.providers.models import Provider
from tests.imports.plain import ANNA, BEN, HEADER, PLAIN_MAP
from tests.support.answers import CommandLine, SaidSomething, Verified, read_json, refusal_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("north")]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a good file, one with a bad row, and their map."""
    (tmp_path / "map.toml").write_text(PLAIN_MAP)
    (tmp_path / "good.csv").write_text(f"{HEADER}\n{ANNA}\n{BEN}\n")
    (tmp_path / "bad.csv").write_text(f"{HEADER}\n{ANNA}\nC2,[bold]Ben\n")
    return tmp_path


@pytest.fixture
def import_(makegood_cli: CommandLine, files: Path) -> Any:
    def run(file: str, *options: str) -> SaidSomething:
        return makegood_cli(
            "import", str(files / file), "--provider", "north", "--map", str(files / "map.toml"), *options
        )

    return run


def test_a_good_file(import_: CommandLine, assert_verified: Verified) -> None:
    answer = import_("good.csv", "--json")
    assert answer.returncode == 0
    assert read_json(answer) == {
        "customers": {"added": 2, "updated": 0, "unchanged": 0},
        "orders": {"added": 2, "updated": 0, "unchanged": 0},
        "bad": [],
        "bad_rows": 0,
        "rows": 2,
        "dry_run": False,
        "written": True,
    }
    again = import_("good.csv")
    assert again.returncode == 0
    assert again.stdout.splitlines() == [
        "2 rows, 0 left out",
        "customers  0 added, 0 updated, 2 unchanged",
        "orders     0 added, 0 updated, 2 unchanged",
    ]
    assert_verified()


def test_a_file_with_a_bad_row_is_refused_and_the_row_is_told(import_: CommandLine) -> None:
    answer = import_("bad.csv", "--json")
    assert answer.returncode == 2
    report = read_json(answer)
    reason = "the row has 2 fields, the first line of the file has 8"
    assert report["bad"] == [{"line": 3, "column": "", "value": "C2,[bold]Ben", "reason": reason}]
    assert (report["bad_rows"], report["written"]) == (1, False)
    told = import_("bad.csv")
    assert told.returncode == 2
    assert "C2,[bold]Ben" in told.stdout
    assert "1 of 2 rows is bad; nothing was written" in told.stdout
    assert not Customer.objects.exists()


def test_bad_rows_left_out_make_exit_status_1(import_: CommandLine, assert_verified: Verified) -> None:
    answer = import_("bad.csv", "--skip-bad")
    assert answer.returncode == 1
    assert "2 rows, 1 left out" in answer.stdout
    assert Customer.objects.count() == 1
    assert import_("good.csv", "--skip-bad").returncode == 0
    assert_verified()


@pytest.mark.parametrize(("file", "options", "status"), [("good", [], 0), ("bad", [], 2), ("bad", ["--skip-bad"], 1)])
def test_a_dry_run_answers_as_the_import_would(
    import_: CommandLine, file: str, options: list[str], status: int
) -> None:
    answer = import_(f"{file}.csv", "--dry-run", *options)
    assert answer.returncode == status
    assert not Customer.objects.exists()
    if status != 2:
        assert "nothing was written" in answer.stdout


def test_what_is_refused_has_a_code(import_: CommandLine, makegood_cli: CommandLine, files: Path) -> None:
    assert refusal_code(import_("missing.csv", "--json")) == "file_unreadable"
    (files / "other.csv").write_text("id,name\n")
    assert refusal_code(import_("other.csv", "--json")) == "column_missing"
    (files / "empty.csv").touch()
    assert refusal_code(import_("empty.csv", "--json")) == "file_empty"
    (files / "map.toml").write_text("[customer]")
    assert refusal_code(import_("good.csv", "--json")) == "map_malformed"
    (files / "map.toml").unlink()
    assert refusal_code(import_("good.csv", "--json")) == "map_unreadable"
    elsewhere = ["--provider", "south", "--map", str(files / "map.toml"), "--json"]
    assert refusal_code(makegood_cli("import", str(files / "good.csv"), *elsewhere)) == "provider_unknown"


def test_a_long_list_of_bad_rows_is_cut(import_: CommandLine, files: Path, north: Provider) -> None:
    (files / "bad.csv").write_text(HEADER + "\nC1" * 250)
    answer = import_("bad.csv")
    assert answer.stdout.count("the row has 1 fields") == 100
    assert "and 150 more bad rows" in answer.stdout
    assert "250 of 250 rows are bad" in answer.stdout
