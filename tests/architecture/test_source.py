"""What the source has to look like, where no linter says it."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.layers import ROOT, SOURCE

LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
UNCLEAR_NAMES = {"utils", "util", "common", "core", "helpers", "helper", "misc"}
DOMAIN_FOLDERS = {"providers", "audit", "customers", "ledger", "notifications", "orders", "transaction_templates"}
DOMAIN_FOLDERS |= {"saved_views", "emails", "runs", "credits", "imports", "payments"}

SQL_FILES = sorted(SOURCE.glob("*/sql/*.sql"))
PRESENT_MOMENT = re.compile(
    r"\b(now\s*\(|current_(date|time|timestamp)\b|local(time|timestamp)\b"
    r"|(clock|statement|transaction)_timestamp\s*\(|timeofday\s*\(|'(now|today|tomorrow|yesterday)')",
    re.IGNORECASE,
)


def list_modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def split_head(text: str) -> tuple[str, str]:
    """The comment that a statement begins with, and the rest."""
    lines = text.splitlines()
    end = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return "\n".join(lines[:end]), "\n".join(lines[end:])


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_statement_says_what_it_is_for_and_takes_the_time_from_outside(path: Path) -> None:
    head, statement = split_head(path.read_text(encoding="utf-8"))
    assert head, "a statement begins with a comment: purpose, parameters, index"
    assert not PRESENT_MOMENT.search(re.sub(r"--.*", "", statement)), "time is a parameter"
    parameters = set(re.findall(r"%\((\w+)\)s", statement)) - {"limit"}
    assert {name for name in parameters if not re.search(rf"\b{name}\b", head)} == set(), "parameters are explained"


def test_statements_lie_in_their_domain() -> None:
    assert [path for path in SOURCE.rglob("*.sql") if path not in SQL_FILES] == []


def test_modules_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in list_modules()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_are_short() -> None:
    long = {
        f"{path.relative_to(ROOT)}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in list_modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}


def test_names_say_something() -> None:
    assert [str(path) for path in SOURCE.rglob("*") if path.stem in UNCLEAR_NAMES] == []


def list_imports(path: Path) -> Iterator[str]:
    """The full names of what a module imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*/rules.py")), ids=lambda path: path.parent.name)
def test_rules_are_pure(path: Path) -> None:
    # Names for states are no database; nor is saying no.
    allowed = {"django.db.models.TextChoices", "django.db.models.IntegerChoices"}
    allowed_folders = tuple(f"makegood.kit.{name}" for name in ("refusal", "money", "currencies", "lines"))
    impure = [
        name
        for name in list_imports(path)
        if name.split(".")[0] in {"django", "psycopg", "procrastinate", "os", "time"}
        or (name.startswith("makegood.") and not name.startswith(allowed_folders) and ".rules." not in name)
    ]
    assert set(impure) <= allowed


def test_domains_send_no_signals() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in list_modules()
        if path.relative_to(SOURCE).parts[0] in DOMAIN_FOLDERS
        and re.search(r"django\.(db\.models|dispatch|core)\.?signals|import receiver", path.read_text("utf-8"))
    ]
    assert found == []


def list_project_files() -> Iterator[Path]:
    """Files of the project, whether they are in its history already or new."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file():
            yield path


def test_no_file_names_the_host_of_a_registry() -> None:
    # Put together here, so that this file is no exception.
    names = ["p" + "ypi.org", "files.python" + "hosted.org", "registry." + "npmjs", "deb." + "debian.org"]
    names += ["proxy." + "golang.org", "registry." + "yarnpkg", "security." + "debian.org", "python" + "hosted"]
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in list_project_files()
        for name in names
        if name.encode() in path.read_bytes().lower()
    ]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"])
def test_a_lock_holds_versions_and_hashes_and_nothing_that_points_elsewhere(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    requirements = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert requirements
    assert [line for line in requirements if not re.match(r"[a-z0-9.-]+==\S+", line)] == []
    assert "://" not in "\n".join(lines)
    assert sum(1 for line in lines if line.strip().startswith("--hash=sha256:")) >= len(requirements)
