"""`makegood credits`: looking at credits, and correcting one."""

from typing import Any

import pytest

from makegood.credits.models import Credit, CreditChange
from makegood.customers.selectors import get_customer
from makegood.providers.models import Provider
from makegood.providers.selectors import get_membership
from tests.support import records
from tests.support.answers import CommandLine, Verified, read_json, refusal_code

pytestmark = pytest.mark.django_db

AS_BILLING = ("--as", "billing@north.example")


@pytest.fixture
def credit(north: Provider) -> Credit:
    """A credit of 10.00 for C1."""
    clerk = get_membership(north, "billing@north.example")
    records.credit(clerk, customers=[get_customer(north, "C1")], description="Storm")
    return records.credit_of(north, "C1")


def test_credits_are_listed_and_filtered(north: Provider, credit: Credit, makegood_cli: CommandLine) -> None:
    listed = makegood_cli("credits", "list")
    assert "Storm" in listed.stdout
    assert "1 of 1 credits that match." in listed.stdout
    [found] = read_json(makegood_cli("credits", "list", "--filter", "customer=C1", "--json"))
    assert (found["credit"], found["issued"], found["remaining"], found["gl_code"]) == (
        credit.pk,
        "10.00",
        "10.00",
        "4900",
    )
    assert read_json(makegood_cli("credits", "list", "--filter", "remaining=no", "--json")) == []
    assert refusal_code(makegood_cli("credits", "list", "--filter", "speed=1", "--json")) == "filter_unknown"


def test_a_credit_is_edited_after_it_was_shown_what_is_booked(
    credit: Credit, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    edit = ("credits", "edit", str(credit.pk), *AS_BILLING, "--yes")
    answer = makegood_cli(*edit, "--amount", "6.50", "--gl-code", "4910", "--expires", "2099-12-31")
    assert answer.returncode == 0, answer.stderr
    for words in ("10.00 -> 6.50", "4900 -> 4910", "none -> 2099-12-31", "Remaining $10.00 -> $6.50", "is changed."):
        assert words in answer.stdout, words
    shown = makegood_cli("credits", "show", str(credit.pk)).stdout
    assert "amount: 10.00 -> 6.50" in shown
    said = read_json(makegood_cli(*edit, "--no-expiry", "--json"))
    assert (said["expires_on"], said["change"], said["adjusted"]) == (None, 2, "-3.50")
    assert_verified()


def test_a_credit_is_voided_once_under_its_key(
    credit: Credit, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    void = ("credits", "void", str(credit.pk), *AS_BILLING, "--yes")
    answers = [makegood_cli(*void, "--key", "ticket-7") for _ in range(2)]
    assert [answer.stdout.splitlines()[-1] for answer in answers] == [
        f"$10.00 of credit {credit.pk} is taken back."
    ] * 2
    assert CreditChange.objects.count() == 1
    assert refusal_code(makegood_cli(*void, "--json")) == "nothing_left"
    shown: dict[str, Any] = read_json(makegood_cli("credits", "show", str(credit.pk), "--json"))
    assert (shown["taken_back"], shown["changes"][0]["action"]) == ("10.00", "voided")
    assert [entry["type"] for entry in shown["entries"]] == ["issued", "taken_back"]
    assert_verified()


def test_what_cannot_be_is_refused(credit: Credit, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    number = str(credit.pk)
    wrong = {
        ("edit", number, *AS_BILLING, "--yes"): "nothing_changed",
        ("edit", number, *AS_BILLING, "--yes", "--amount", "-1"): "amount_negative",
        ("edit", number, *AS_BILLING, "--yes", "--amount", "ten"): "amount_not_a_number",
        ("edit", number, *AS_BILLING, "--yes", "--expires", "soon"): "date_malformed",
        ("edit", number, *AS_BILLING, "--yes", "--expires", "2001-01-01"): "expiry_past",
        ("edit", number, *AS_BILLING, "--yes", "--gl-code", "9999"): "gl_code_unknown",
        ("edit", number, *AS_BILLING, "--amount", "9"): "not_confirmed",
        ("edit", number, "--as", "viewer@north.example", "--yes", "--amount", "9"): "not_allowed",
        ("void", number, *AS_BILLING): "not_confirmed",
        ("void", "999999", *AS_BILLING, "--yes"): "credit_unknown",
        ("show", "999999"): "credit_unknown",
    }
    assert {words: refusal_code(makegood_cli("credits", *words, "--json")) for words in wrong} == wrong
    assert not CreditChange.objects.exists()
    assert_verified()
