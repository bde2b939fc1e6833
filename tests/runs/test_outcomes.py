"""The closed list of outcomes: the same in the program, the database and the reference."""

import re
from pathlib import Path

import pytest

from makegood.kit.sql import load_sql, run_sql
from makegood.runs.outcomes import CLAIMED, WAITING, Category, get_outcome, list_outcomes
from tests.support.layers import ROOT

REFERENCE = ROOT / "docs" / "reference" / "outcomes.md"


def test_the_reference_lists_all_outcomes_in_order_of_precedence() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(outcome.code, str(outcome.category), outcome.sentence) for outcome in list_outcomes()]


@pytest.mark.django_db
@pytest.mark.sql
def test_the_database_knows_the_same_codes() -> None:
    constraint = "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'run_row_outcome_known'"
    known = re.findall(r"'(\w+)'", run_sql(constraint)[0]["text"])
    written = {outcome.code for outcome in list_outcomes() if outcome.category is not Category.DONE}
    written = written - {WAITING.code} | {CLAIMED}
    assert sorted(known) == sorted(written)


def test_the_proof_of_runs_counts_the_same_codes_as_failed() -> None:
    proof = load_sql("makegood.credits", "verify_run_proof")
    listed = re.search(r"outcome IN \(([^)]+)\) THEN 'failed'", proof)
    assert listed is not None
    failed = [outcome.code for outcome in list_outcomes() if outcome.category is Category.FAILED]
    assert re.findall(r"'(\w+)'", listed.group(1)) == failed


def test_every_outcome_has_a_test() -> None:
    here = Path(__file__)
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if path != here]
    written = "".join(path.read_text(encoding="utf-8") for path in tests)
    assert [outcome.code for outcome in list_outcomes() if f'"{outcome.code}"' not in written] == []


def test_every_sentence_is_one_for_people() -> None:
    sentences = [outcome.sentence for outcome in list_outcomes()]
    assert all(sentence[0].isupper() and sentence.endswith(".") and "_" not in sentence for sentence in sentences)
    assert len(set(sentences)) == len(sentences)


def test_an_outcome_that_is_not_on_the_list_does_not_exist() -> None:
    assert get_outcome("customer_closed").category is Category.SKIPPED
    with pytest.raises(KeyError):
        get_outcome("done")
