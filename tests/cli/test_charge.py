"""Charging, cancelling and adjusting from the command line."""

from typing import Any

import pytest

from makegood.invoices.models import Charge, OrderAdjustment
from makegood.providers.models import Membership
from makegood.runs.models import Run
from makegood.transaction_templates.services import add_template
from tests.support import charges, records
from tests.support.answers import CommandLine, SaidSomething, Verified, read_json, refusal_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Membership:
    """A billing clerk of North, which has two customers with two orders each."""
    provider = records.add_provider()
    records.add_customers(provider, 2, orders_each=2)
    return records.add_person(provider)


def charge(makegood_cli: CommandLine, clerk: Membership, *words: str) -> SaidSomething:
    """``makegood charge`` with a description."""
    return makegood_cli("charge", "--as", clerk.staff.email, "--description", "Technician visit", *words)


def test_everybody_who_matches_is_charged(
    makegood_cli: CommandLine, clerk: Membership, assert_verified: Verified
) -> None:
    answer = charge(makegood_cli, clerk, "--filter", "area=Springfield", "--amount", "45.00", "--yes", "--json")
    assert answer.returncode == 0
    said = read_json(answer)
    assert (said["charged"], said["total"], said["status"]) == (2, "90.00", "finished")
    assert charges.charges_of_all(clerk.provider) == [("C1", 4500, "waiting"), ("C2", 4500, "waiting")]
    assert_verified()


def test_a_rehearsal_says_what_would_happen_and_adds_nothing(makegood_cli: CommandLine, clerk: Membership) -> None:
    answer = charge(makegood_cli, clerk, "--all", "--amount", "45", "--tax-rate", "8.25", "--rehearse")
    assert answer.returncode == 0
    assert "2 customers x $45.00 = $90.00" in answer.stdout
    assert "8.25 %, added on the invoice" in answer.stdout
    assert not Charge.objects.exists()
    rehearsed = read_json(charge(makegood_cli, clerk, "--all", "--amount", "45", "--rehearse", "--json"))
    assert rehearsed["rehearsal"]["by_gl_code"] == {"4100": "90.00"}
    assert rehearsed["rehearsal"]["refusal"] is None


def test_single_orders_are_charged_each(makegood_cli: CommandLine, clerk: Membership) -> None:
    words = ("--order", "C1-2", "--order", "C2-1", "--amount", "5", "--yes", "--json")
    assert read_json(charge(makegood_cli, clerk, *words))["charged"] == 2
    assert list(Charge.objects.order_by("id").values_list("order__number", flat=True)) == ["C1-2", "C2-1"]
    assert refusal_code(charge(makegood_cli, clerk, "--order", "X", "--amount", "5", "--yes", "--json")) == (
        "order_unknown"
    )


def test_the_same_key_charges_once(makegood_cli: CommandLine, clerk: Membership, assert_verified: Verified) -> None:
    words = ("--all", "--amount", "5", "--yes", "--json", "--key", "visits")
    first, again = (read_json(charge(makegood_cli, clerk, *words)) for _ in range(2))
    assert first == again
    assert Run.objects.count() == 1
    assert refusal_code(charge(makegood_cli, clerk, *words[:2], "6", *words[3:])) == "key_used"
    assert_verified()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--amount", "5"), "selection_missing"),
        (("--all", "--customer", "C1", "--amount", "5"), "selection_twice"),
        (("--all",), "amount_missing"),
        (("--all", "--amount", "0"), "amount_zero"),
        (("--all", "--amount", "5", "--description", ""), "description_missing"),
        (("--all", "--amount", "5", "--gl-code", "4900"), "gl_code_type"),
        (("--all", "--amount", "5", "--tax-rate", "ten"), "tax_rate_malformed"),
        (("--all", "--amount", "5", "--template", "Storm"), "template_direction"),
        (("--all", "--amount", "5", "--per", "order"), "per_order_needs_orders"),
    ],
)
def test_what_cannot_be_is_refused(
    makegood_cli: CommandLine, clerk: Membership, words: tuple[str, ...], code: str
) -> None:
    add_template(provider=clerk.provider, name="Storm", direction="credit", staff_id=None)
    assert refusal_code(charge(makegood_cli, clerk, *words, "--yes", "--json")) == code
    assert not Run.objects.exists()


def test_charges_are_listed_and_filtered(makegood_cli: CommandLine, clerk: Membership) -> None:
    charges.charge(clerk, amount_minor=4500)
    words: tuple[Any, ...] = ("charges", "list", "--filter", "customer=C1", "--filter", "state=waiting", "--json")
    [only] = read_json(makegood_cli(*words))
    assert (only["customer"], only["amount"], only["state"], only["gl_code"]) == ("C1", "45.00", "waiting", "4100")
    assert "2 of 2 charges that match." in makegood_cli("charges", "list").stdout


def test_one_charge_is_cancelled(makegood_cli: CommandLine, clerk: Membership) -> None:
    charges.charge(clerk)
    number = str(charges.charge_of(clerk.provider).pk)
    answer = makegood_cli("charges", "cancel", number, "--as", clerk.staff.email, "--yes", "--json")
    assert read_json(answer)["state"] == "cancelled"


def test_all_of_a_run_are_cancelled(makegood_cli: CommandLine, clerk: Membership, assert_verified: Verified) -> None:
    run = charges.charge(clerk)
    words = ("charges", "cancel", "--run", str(run.pk), "--as", clerk.staff.email)
    shown = makegood_cli(*words, "--yes")
    assert "2 charges of 2 customers would be cancelled: $20.00." in shown.stdout
    assert "Total cancelled: $20.00" in shown.stdout
    assert "Charges: 2 cancelled ($20.00). Cancelled by run" in makegood_cli("runs", "show", str(run.pk)).stdout
    assert read_json(makegood_cli(*words, "--yes", "--json"))["skipped"] == 2
    assert_verified()


def test_neither_or_both_is_refused(makegood_cli: CommandLine, clerk: Membership) -> None:
    for named in ((), ("1", "--run", "1")):
        answer = makegood_cli("charges", "cancel", *named, "--as", clerk.staff.email, "--yes", "--json")
        assert refusal_code(answer) == "charge_missing"


def test_a_draft_is_started_later(makegood_cli: CommandLine, clerk: Membership) -> None:
    draft = charges.draft_charge(clerk)
    answer = makegood_cli("runs", "start", str(draft.pk), "--as", clerk.staff.email, "--yes")
    assert "Rehearsal of charge run" in answer.stdout
    assert Charge.objects.count() == 2


class TestAdjustments:
    def test_one_is_added_listed_and_ended(
        self, makegood_cli: CommandLine, clerk: Membership, assert_verified: Verified
    ) -> None:
        words = ("--kind", "discount", "--amount", "5", "--description", "Loyalty", "--from", "2026-01-01")
        added = read_json(makegood_cli("adjustments", "add", "C1-1", "--as", clerk.staff.email, *words, "--json"))
        assert (added["kind"], added["amount"], added["gl_code"], added["until"]) == ("discount", "5.00", "4900", None)
        [listed] = read_json(makegood_cli("adjustments", "list", "--order", "C1-1", "--json"))
        assert listed == added
        ended = makegood_cli(
            "adjustments", "end", str(added["adjustment"]), "--until", "2026-02-28", "--as", clerk.staff.email, "--json"
        )
        assert read_json(ended)["until"] == "2026-02-28"
        assert read_json(makegood_cli("adjustments", "list", "--json")) == []
        assert len(read_json(makegood_cli("adjustments", "list", "--ended", "--json"))) == 1
        assert_verified()

    def test_what_cannot_be_is_refused(self, makegood_cli: CommandLine, clerk: Membership) -> None:
        words = ("adjustments", "add", "C1-1", "--as", clerk.staff.email, "--description", "Loyalty", "--json")
        for more, code in (
            (("--amount", "5"), "direction_unknown"),
            (("--kind", "discount"), "amount_missing"),
            (("--kind", "discount", "--amount", "5", "--from", "yesterday"), "date_malformed"),
        ):
            assert refusal_code(makegood_cli(*words, *more)) == code
        assert not OrderAdjustment.objects.exists()
