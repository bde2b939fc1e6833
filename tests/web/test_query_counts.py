"""How many statements each page asks of the database: as documented, and as many with many records as with few.

After a change, the assertion shows the table as it should stand in docs/reference/pages.md.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.providers.rules import Right, rights_of, roles_with
from makegood.web.frame.list_rows import ROWS_A_PAGE
from tests.support import records
from tests.support.layers import ROOT
from tests.web.people import open_browser
from tests.web.walk_keys import World
from tests.web.walk_lines import Line, list_patterns
from tests.web.walk_pages import PAGES
from tests.web.walk_world import grow, make_world

DOCUMENT = ROOT / "docs" / "reference" / "pages.md"
MORE = 8


@pytest.fixture
def north(db: None) -> World:
    return make_world("north", "Norwich")


def test_the_documented_number_of_statements_and_no_more_with_more_records(north: World) -> None:
    with_few = count_statements(north)
    grow(north, MORE)
    records.add_customers(north.provider, ROWS_A_PAGE + 1, area=north.name("Bay"))
    with_many = count_statements(north)
    # A list that fits onto its first page need not be counted.
    allowed = {name: {count, count + (f"{name}-count" in PAGES)} for name, count in with_few.items()}
    assert {name: (with_few[name], count) for name, count in with_many.items() if count not in allowed[name]} == {}
    described = re.findall(r"^\| `/.*\|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    expected = [describe(name, line, with_many.get(name)) for name, line in PAGES.items()]
    assert described == expected, "\n" + "\n".join(expected)


def describe(name: str, line: Line, statements: int | None) -> str:
    """The page's row of the table."""
    address = re.sub(
        r"<(?:\w+:)?(\w+)>", lambda argument: line.of.get(argument[1], argument[1]).upper(), route_of(name)
    )
    who = "anybody" if line.for_all else "all staff" if line.right == Right.VIEW else ", ".join(roles_with(line.right))
    methods = line.methods.replace(" ", ", ")
    off = "refused" if line.billing else ""
    return f"| `/{address}` | {methods} | {who} | {off} | {'' if statements is None else statements} |"


def route_of(name: str) -> str:
    return str(list_patterns()[name].pattern)


def count_statements(world: World) -> dict[str, int]:
    """The number of statements of each page that answers GET, asked for by somebody who may."""
    counts = {}
    for name, line in PAGES.items():
        if "GET" in line.methods:
            role = next(role for role in ("manager", "admin") if line.right in rights_of(role))
            client = open_browser(world.people[role])
            url = line.url(name, world)
            client.get(url)  # what is asked only once in the life of a process
            with CaptureQueriesContext(
                connection,
            ) as asked:
                answer = client.get(url)
                if getattr(answer, "streaming", False):
                    b"".join(answer)
            counts[name] = sum(1 for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE")))
    return counts
