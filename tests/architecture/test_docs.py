"""The documentation says what the program is: nothing is missing on its pages, and nothing is there that is gone."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from makegood.config.entry import _build_parser
from makegood.emails.filters import MessageFilter
from makegood.emails.kinds import EVERYWHERE, list_kinds
from makegood.emails.sandbox import FILTERS as FILTERS_OF_TEMPLATES
from makegood.emails.sandbox import TAGS
from makegood.invoices.rules import TRANSITIONS as INVOICE_TRANSITIONS
from makegood.kit.filters import ListFilter
from makegood.kit.invariants import list_invariants
from makegood.orders.filters import FILTERS
from makegood.payments.filters import FailedPaymentFilter, PaymentFilter
from makegood.payments.refund_filters import RefundFilter
from makegood.payments.rules import TRANSITIONS as PAYMENT_TRANSITIONS
from makegood.payments.rules import State as PaymentState
from makegood.runs.rules import TRANSITIONS
from tests.support.layers import ROOT, SOURCE, list_layers

DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
PAGES = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")), *sorted(DOCS.rglob("*.md"))]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def list_commands(parser: argparse.ArgumentParser, words: tuple[str, ...]) -> Iterator[tuple[str, set[str]]]:
    """Every command as it is typed, with its positional arguments, and its long options."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for name, below in groups[0].choices.items() if groups else ():
        yield from list_commands(below, (*words, name))
    if not groups:
        places = [str(action.metavar) for action in parser._actions if not action.option_strings]
        options = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
        yield " ".join([*words, *places]), options - {"--help"}


def test_every_command_is_described_with_all_its_options_and_no_other() -> None:
    sections = re.split(r"^##+ ", read(REFERENCE / "commands.md"), flags=re.MULTILINE)
    described = {
        heading[1]: set(re.findall(r"`(--[a-z-]+)", section))
        for section in sections
        if (heading := re.match(r"`(makegood [^`]+)`\n", section))
    }
    assert described == dict(list_commands(_build_parser(), ("makegood",)))


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_is_described(name: str) -> None:
    section = (
        read(REFERENCE / "filters.md").split(f"## {name.removesuffix('s').capitalize()} List\n")[1].split("\n## ")[0]
    )
    described = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, re.MULTILINE)
    assert described == [(known, filter_.label) for known, filter_ in FILTERS[name].base_filters.items()]


def test_the_state_chart_is_the_programs() -> None:
    arrows = re.findall(r"^ +(\w+) --> (\w+)", read(REFERENCE / "run-states.md"), re.MULTILINE)
    assert sorted(arrows) == sorted((before, after) for before, afters in TRANSITIONS.items() for after in afters)
    described = re.findall(r"^\| `(\w+)` \|", read(REFERENCE / "run-states.md"), re.MULTILINE)
    assert described == list(TRANSITIONS)


def test_the_state_chart_of_invoices_is_the_programs() -> None:
    page = read(REFERENCE / "invoice-states.md")
    arrows = re.findall(r"^ +(\w+) --> (\w+)", page, re.MULTILINE)
    assert sorted(arrows) == sorted(
        (before, after) for before, afters in INVOICE_TRANSITIONS.items() for after in afters
    )
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(INVOICE_TRANSITIONS)


def test_the_state_chart_of_payments_is_the_programs() -> None:
    page = read(REFERENCE / "payment-states.md")
    arrows = re.findall(r"^ +(\w+) --> (\w+)", page, re.MULTILINE)
    assert sorted(arrows) == sorted(
        (before.value, after.value) for before, afters in PAYMENT_TRANSITIONS.items() for after in afters
    )
    described = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE)
    assert described == [(state.value, state.label) for state in PaymentState]


@pytest.mark.parametrize(
    ("heading", "filters"),
    [
        ("List of payments", PaymentFilter),
        ("List of failed payments", FailedPaymentFilter),
        ("List of refunds and pay-outs", RefundFilter),
    ],
)
def test_the_filters_of_payments_are_described(heading: str, filters: type[ListFilter]) -> None:
    section = read(REFERENCE / "filters.md").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \| ([^|]+) \|", section, re.MULTILINE)
    described = [name for names, _ in rows for name in re.findall(r"`(\w+)`", names)]
    assert described == list(filters.base_filters)


def test_every_invariant_is_described() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", read(REFERENCE / "invariants.md"), re.MULTILINE)
    assert sorted(rows) == sorted((invariant.name, invariant.sentence) for invariant in list_invariants())


def test_numbers_that_can_be_set_are_described_with_their_defaults() -> None:
    in_code = re.findall(r'positive_number\("(\w+)", ([\d_]+)\)', read(SOURCE / "config" / "settings.py"))
    described = dict(re.findall(r"^\| `(\w+)` \| `(\d+)` \|", read(REFERENCE / "settings.md"), re.MULTILINE))
    assert described == {name: default.replace("_", "") for name, default in in_code}


def test_the_house_plan_is_the_one_that_is_checked() -> None:
    plan = re.search(r"^```\n(.*?)^```", read(DECISIONS[0]), re.MULTILINE | re.DOTALL)
    assert plan is not None
    assert plan[1].splitlines() == list_layers()
    tree = re.findall(r"^  (\w+)/ ", read(ROOT / "README.md"), re.MULTILINE)
    assert set(tree) == {folder.strip() for row in list_layers() for folder in row.split("|")}


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_a_decision_says_what_why_and_how_it_is_held(path: Path) -> None:
    text = read(path)
    assert text.startswith(f"# {int(path.name[:4])}. ")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[:2] == ["Context", "Decision"]
    assert headings[-1] == "Check"
    named = re.findall(r"`((?:tests|src|script|docs)/[\w./-]*)`", text)
    assert [place for place in named if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    broken = [
        link
        for link in re.findall(r"\]\(([^)\s]+)\)", without_code(read(path)))
        if "://" not in link and not is_there(path, link)
    ]
    assert broken == []


def is_there(page: Path, link: str) -> bool:
    name, _, heading = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists() or not heading:
        return target.exists()
    titles = re.findall(r"^#+ (.+)$", without_code(read(target)), re.MULTILINE)
    return heading in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_is_in_the_index() -> None:
    linked = {(DOCS / link).resolve() for link in re.findall(r"\]\(([^)\s]+)\)", read(DOCS / "README.md"))}
    assert [name_of(path) for path in DOCS.rglob("*.md") if path not in linked | {DOCS / "README.md"}] == []


def test_every_variable_of_e_mail_templates_is_described() -> None:
    page = read(REFERENCE / "email-variables.md")
    everywhere, *own = [
        re.findall(r"^\| `([\w.]+)` \| (.+) \|$", section, re.MULTILINE)
        for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    ]
    assert everywhere == [(variable.written, variable.meaning) for variable in EVERYWHERE]
    assert own == [[(variable.written, variable.meaning) for variable in kind.own_variables] for kind in list_kinds()]
    assert set(re.findall(r"`(\w+)`", page.split("A template may use")[1].split("\n\n")[0])) == {
        *TAGS,
        *FILTERS_OF_TEMPLATES,
    }


def test_the_filters_of_e_mails_are_described() -> None:
    section = read(REFERENCE / "filters.md").split("## E-mails\n")[1].split("\n## ")[0]
    described = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, re.MULTILINE)
    assert described == [(name, filter_.label) for name, filter_ in MessageFilter.base_filters.items()]
