"""``makegood payments list|show`` of payments that a processor was asked for."""

from datetime import datetime

import pytest

from makegood.providers.models import Provider
from tests.payments.collecting import add_payer, charge, submit
from tests.support import records
from tests.support.answers import CommandLine, read_json

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def north(db: None) -> Provider:
    return records.add_provider()


def test_the_list_says_what_was_charged_and_what_was_only_asked(makegood_cli: CommandLine, north: Provider) -> None:
    add_payer(north, "C1", "card_declined")
    add_payer(north, "C2")
    failed, succeeded = charge(north)
    submit(north)
    said = makegood_cli("payments", "list").stdout
    assert "asked 2026-03-02" in said
    assert "Visa ending 0002" in said
    rows = {row["payment"]: row for row in read_json(makegood_cli("payments", "list", "--json"))}
    assert (rows[failed.pk]["state"], rows[failed.pk]["failure_code"]) == ("failed", "card_declined")
    assert rows[failed.pk]["why"] == "The bank did not allow it and does not say why."
    assert rows[succeeded.pk]["received_on"] == "2026-03-02"
    assert rows[succeeded.pk]["processor_reference"]
    found = read_json(makegood_cli("payments", "list", "--filter", "state=failed", "--json"))
    assert [row["payment"] for row in found] == [failed.pk]


def test_show_tells_what_happened(makegood_cli: CommandLine, north: Provider) -> None:
    add_payer(north, "C1", "card_declined")
    add_payer(north, "C2")
    failed, succeeded = charge(north)
    submit(north)
    told = read_json(makegood_cli("payments", "show", str(failed.pk), "--json"))
    assert told["next_try_on"] == "2026-03-05"
    assert [(each["amount"], each["under_way"]) for each in told["asked_for"]] == [("60.00", False)]
    assert told["movements"] == told["allocations"] == []
    told = read_json(makegood_cli("payments", "show", str(succeeded.pk), "--json"))
    assert told["movements"] == [{"type": "received", "amount": "60.00", "booked_on": "2026-03-02"}]
    said = makegood_cli("payments", "show", str(succeeded.pk)).stdout
    for words in (
        "State                     Received",
        "$60.00",
        "What moved its money",
        "Received  $60.00  2026-03-02",
    ):
        assert words in said, words
    assert "(America/Los_Angeles)" in said
    assert not {"Gl code", "To funds", "False", "True", "+00:00"} & set(said.split("  "))


def test_moments_in_json_are_iso_8601(makegood_cli: CommandLine, north: Provider) -> None:
    add_payer(north, "C1")
    charge(north)
    (row,) = read_json(makegood_cli("payments", "list", "--json"))
    assert datetime.fromisoformat(row["asked_at"]).isoformat() == row["asked_at"]
