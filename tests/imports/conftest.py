"""What the tests of imports share: a provider, and a short way from a text to a report."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from makegood.imports.report import ImportReport
    from makegood.providers.models import Provider
    from tests.imports.plain import BringIn


@pytest.fixture
def north(db: None) -> "Provider":
    """A provider with its GL codes and the service DSL."""
    from tests.support import records

    return records.add_provider("north")


@pytest.fixture
def bring_in(north: "Provider", tmp_path: Path) -> "BringIn":
    """Imports rows into the provider; see `BringIn`."""
    from makegood.imports.map import parse_map
    from makegood.imports.services import import_file
    from tests.imports.plain import HEADER, PLAIN_MAP

    def run(*rows: str, content: str | bytes | None = None, map: str = PLAIN_MAP, **options: Any) -> "ImportReport":
        given = "\n".join((HEADER, *rows, "")) if content is None else content
        path = tmp_path / "customers.csv"
        path.write_bytes(given.encode() if isinstance(given, str) else given)
        options.setdefault("provider", north)
        return import_file(path=path, import_map=parse_map(map.encode(), "test.toml"), **options)

    return run
