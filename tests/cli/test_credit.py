"""`makegood credit`: the main job."""

import argparse
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from makegood.cli import arguments, asking
from makegood.credits.models import Credit
from makegood.customers.selectors import get_customer
from makegood.customers.services import edit_customer
from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import set_default_credit_gl_code, set_gl_code_active
from makegood.providers.models import Provider
from makegood.providers.services import set_limits
from makegood.runs.models import Run
from makegood.transaction_templates.selectors import list_templates
from makegood.transaction_templates.services import add_template, set_template_active
from tests.support import records
from tests.support.answers import CommandLine, SaidSomething, Verified, read_json, refusal_code

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
Give = Callable[..., SaidSomething]


@pytest.fixture
def give(makegood_cli: CommandLine) -> Give:
    """Runs ``makegood credit --as`` the billing clerk, 10.00 unless said otherwise."""

    def run(*words: str, person: str = "billing@north.example") -> SaidSomething:
        amount = () if {"--amount", "--template"} & set(words) else ("--amount", "10.00")
        return makegood_cli("credit", "--as", person, *amount, *words)

    return run


def answer_with(monkeypatch: pytest.MonkeyPatch, yes: bool) -> list[str]:
    """Somebody sits at the terminal and answers every question; returns the questions."""
    asked: list[str] = []

    def confirm(question: str) -> bool:
        asked.append(question)
        return yes

    monkeypatch.setattr(asking, "confirm", confirm)
    monkeypatch.setattr(asking, "require_somebody_to_ask", lambda arguments: None)
    return asked


def test_programs_get_exactly_one_object(north: Provider, give: Give, assert_verified: Verified) -> None:
    answer = give("--filter", "area=Springfield", "--yes", "--key", "storm", "--json")
    assert answer.returncode == 0
    assert read_json(answer) == {
        "run": Run.objects.get().pk,
        "selected": 3,
        "credited": 2,
        "skipped": 1,
        "failed": 0,
        "total": "20.00",
        "currency": "USD",
        "status": "finished",
    }
    assert answer.stderr == ""
    assert records.funds_of_all(north) == {"C1": 1000, "C2": 1000, "C3": 0, "C4": 0}
    assert_verified()


def test_a_person_sees_the_rehearsal_the_outcomes_and_the_proof(
    north: Provider, give: Give, assert_verified: Verified
) -> None:
    said = give("--filter", "area=Springfield", "--description", "Storm", "--yes").stdout
    run = Run.objects.get()
    for line in (
        f"Rehearsal of credit run {run.pk} for North. Nothing is booked yet.",
        "2 customers x $10.00 = $20.00",
        "Skipped, 1 customer",
        "4900 Goodwill credits: $20.00",
        f"Credit run {run.pk} is finished.",
        "The credit is on the customer's account and part of the Available Funds.",
        "The customer is closed: a credit could never be used, a charge never billed.",
        "Proof: 3 selected = 2 credited + 1 skipped + 0 failed + 0 waiting; customers: 3 = 2 + 1 + 0 + 0",
        "Total credited: $20.00",
    ):
        assert line in said, said
    assert_verified()


def test_what_a_person_should_think_about_is_shown_before(
    north: Provider, give: Give, assert_verified: Verified
) -> None:
    edit_customer(customer=get_customer(north, "C2"), staff_id=None, billing_enabled=False, email="")
    give("--customer", "C1", "--yes")
    set_limits(provider=north, staff_id=None, largest_funds_minor=1500)
    said = give("--all", "--rehearse").stdout
    for line in (
        "1 customer; the credit waits",
        "1 customer would have more than $15.00",
        "1 customer got the same credit within the last 7 days",
    ):
        assert line in said, said
    assert records.funds_of_all(north) == {"C1": 1000, "C2": 0, "C3": 0, "C4": 0}
    assert_verified()


def test_one_several_or_all_customers(north: Provider, give: Give, assert_verified: Verified) -> None:
    give("--customer", "C1", "--yes")
    give("--customer", "C1", "--customer", "C4", "--customer", "C1", "--yes")
    give("--all", "--yes")
    give("--filter", "status=active", "--filter", "area=Springfield", "--filter", "area=Shelbyville", "--yes")
    assert records.funds_of_all(north) == {"C1": 4000, "C2": 2000, "C3": 0, "C4": 3000}
    assert_verified()


def test_two_orders_are_one_credit_or_two(north: Provider, give: Give, assert_verified: Verified) -> None:
    shown = give("--orders", "--filter", "area=Shelbyville", "--per", "order", "--rehearse").stdout
    assert "2 orders of 1 customer" in shown
    once = read_json(give("--orders", "--filter", "area=Shelbyville", "--yes", "--json"))
    assert (once["selected"], once["total"]) == (1, "10.00")
    each = read_json(give("--orders", "--filter", "area=Shelbyville", "--per", "order", "--yes", "--json"))
    assert (each["selected"], each["total"]) == (2, "20.00")
    listed = read_json(give("--orders", "--customer", "C4", "--customer", "C1", "--per", "order", "--yes", "--json"))
    assert (listed["selected"], listed["total"]) == (3, "30.00")
    assert records.funds_of_all(north) == {"C1": 1000, "C2": 0, "C3": 0, "C4": 5000}
    assert_verified()


def test_a_template_fills_what_is_not_typed(north: Provider, give: Give, assert_verified: Verified) -> None:
    add_template(
        provider=north,
        name="Outage",
        direction="credit",
        kind="outage",
        amount_minor=500,
        description="Sorry",
        gl_code=get_gl_code(north, "4910"),
        staff_id=None,
    )
    give("--customer", "C1", "--template", "Outage", "--yes")
    give("--customer", "C2", "--template", "Outage", "--amount", "7", "--gl-code", "4920", "--description", "", "--yes")
    one, two = Credit.objects.select_related("gl_code").order_by("id")
    assert (one.issued_minor, one.description, one.gl_code.code, one.kind) == (500, "Sorry", "4910", "outage")
    assert (two.issued_minor, two.description, two.gl_code.code, two.kind) == (700, "", "4920", "outage")
    assert_verified()


def test_a_rehearsal_books_nothing_and_tells_programs_everything(
    north: Provider, give: Give, assert_verified: Verified
) -> None:
    answer = give("--filter", "area=Springfield", "--rehearse", "--json")
    assert answer.returncode == 0
    said = read_json(answer)
    assert said.pop("rehearsal") == {
        "customers": 2,
        "skipped": {"customer_closed": 1},
        "total": "20.00",
        "by_gl_code": {"4900": "20.00"},
        "without_email": 0,
        "opted_out": 0,
        "notify": False,
        "billing_disabled": 0,
        "over_funds_limit": 0,
        "look_alikes": 0,
        "bills": {
            "used_at_once": {"customers": 0, "amount": "0.00"},
            "late": {"customers": 0, "amount": "0.00", "settled": 0},
            "open": {"customers": 0, "amount": "0.00"},
            "open_by_day": [],
            "no_invoice": {"customers": 2, "amount": "20.00"},
            "billing_disabled": {"customers": 0, "amount": "0.00"},
            "payment_in_flight": {"customers": 0, "amount": "0.00"},
            "charged_before": {"customers": 0, "amount": "0.00"},
            "customers": {
                "disabled": 0,
                "late": 0,
                "open": 0,
                "at_once": 0,
                "in_flight": 0,
                "by_hand": 0,
                "neither": 2,
                "all": 2,
            },
            "left_after_next_invoice": {"customers": 0, "amount": "0.00", "estimated": 0, "billed_nothing": 0},
        },
        "refusal": None,
    }
    assert (said["status"], said["credited"], said["total"]) == ("draft", 0, "20.00")
    assert not Credit.objects.exists()
    assert not JournalEntry.objects.exists()
    assert_verified()


def test_a_rehearsed_key_starts_the_same_list_later(north: Provider, give: Give, assert_verified: Verified) -> None:
    asked = ("--filter", "area=Springfield", "--key", "storm", "--json")
    draft = read_json(give(*asked, "--rehearse"))
    records.add_customer(north, "Late")
    done = read_json(give(*asked, "--yes"))
    assert (done["run"], done["selected"], done["credited"]) == (draft["run"], 3, 2)
    assert records.funds(north, "Late") == 0
    again = read_json(give(*asked, "--rehearse"))
    assert again == done, "a rehearsal with the key of a run that was carried out shows that run"
    assert_verified()


def test_the_same_key_books_once(north: Provider, give: Give, assert_verified: Verified) -> None:
    asked = ("--filter", "area=Springfield", "--yes", "--key", "storm")
    first = give(*asked, "--json")
    assert [give(*asked, "--json").stdout for _ in range(3)] == [first.stdout] * 3
    assert "Proof: 3 selected = 2 credited" in give(*asked).stdout
    assert Run.objects.count() == 1
    assert refusal_code(give(*asked, "--amount", "10.01", "--json")) == "key_used"
    assert records.funds_of_all(north) == {"C1": 1000, "C2": 1000, "C3": 0, "C4": 0}
    assert_verified()


def test_without_a_key_yes_is_not_enough_for_the_same_request_within_seven_days(
    north: Provider, give: Give, assert_verified: Verified
) -> None:
    asked = ("--filter", "area=Springfield", "--yes", "--json")
    with frozen_clock(NOON):
        first = read_json(give(*asked))
        answer = give(*asked)
        assert refusal_code(answer) == "same_request"
        assert f"Run {first['run']} made the same request within the last 7 days." in answer.stdout
        assert refusal_code(give(*asked)) == "same_request", "a cancelled draft does not count"
        assert read_json(give(*asked, "--amount", "10.01"))["status"] == "finished"
        assert read_json(give(*asked, "--key", "on purpose"))["status"] == "finished"
    with frozen_clock(NOON + timedelta(days=7)):
        assert refusal_code(give(*asked)) == "same_request"
    with frozen_clock(NOON + timedelta(days=8)):
        assert read_json(give(*asked))["status"] == "finished"
    assert records.funds(north, "C1") == 4001
    assert_verified()


def test_a_person_is_asked_and_warned_of_the_same_request(
    north: Provider, give: Give, monkeypatch: pytest.MonkeyPatch, assert_verified: Verified
) -> None:
    asked = answer_with(monkeypatch, yes=True)
    first = give("--customer", "C1")
    assert "Careful" not in first.stdout
    second = give("--customer", "C1")
    assert "made the same request within the last 7 days" in second.stdout
    assert asked == ["Add these credits?"] * 2
    assert records.funds(north, "C1") == 2000
    assert_verified()


def test_who_says_no_books_nothing(
    north: Provider, give: Give, monkeypatch: pytest.MonkeyPatch, assert_verified: Verified
) -> None:
    answer_with(monkeypatch, yes=False)
    answer = give("--customer", "C1")
    assert answer.returncode == 0
    assert f"Nothing was booked. Draft {Run.objects.get().pk} is cancelled." in answer.stdout
    assert Run.objects.get().state == "cancelled"
    assert not Credit.objects.exists()
    assert_verified()


def test_where_nobody_can_answer_nothing_is_booked(north: Provider, give: Give, assert_verified: Verified) -> None:
    answer = give("--customer", "C1")
    assert answer.returncode == 2
    assert answer.stderr == "Nobody is there to answer. Add --yes to go on without being asked.\n"
    assert not Run.objects.exists()
    assert refusal_code(give("--customer", "C1", "--key", "k", "--json")) == "not_confirmed"
    assert give("--customer", "C1", "--key", "k", "--yes").returncode == 0, "the key is not lost"
    assert records.funds(north, "C1") == 1000
    assert_verified()


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_only_yes_is_yes(typed: str, agreed: bool) -> None:
    terminal = io.StringIO(typed)
    with mock.patch("sys.stdin", mock.Mock(wraps=terminal)) as stdin:
        stdin.isatty = lambda: True
        assert arguments.confirm("Sure?") is agreed
    with mock.patch("sys.stdin", terminal), pytest.raises(Refused, match="Nobody is there"):
        arguments.require_somebody_to_ask(argparse.Namespace(json=False))


def test_what_failed_is_status_1_and_named(north: Provider, give: Give, assert_verified: Verified) -> None:
    give("--customer", "C1", "--amount", "0.01", "--yes")
    set_limits(provider=north, staff_id=None, largest_funds_minor=1000)
    answer = give("--all", "--yes")
    assert answer.returncode == 1
    assert "Failed: customer C1: The customer would have more Available Funds than the provider allows" in answer.stdout
    assert "4 selected = 2 credited + 1 skipped + 1 failed + 0 waiting" in answer.stdout
    answer = give("--all", "--key", "again", "--yes", "--json")
    assert (answer.returncode, read_json(answer)["failed"]) == (1, 3)
    assert_verified()


def test_of_many_failures_the_first_are_named(north: Provider, give: Give, assert_verified: Verified) -> None:
    records.add_customers(north, 25, prefix="M")
    give("--all", "--yes", "--key", "first")
    set_limits(provider=north, staff_id=None, largest_funds_minor=1000)
    said = give("--all", "--yes", "--key", "second").stdout
    assert said.count("Failed: customer ") == 20
    assert f"More with: makegood runs show {Run.objects.latest('pk').pk} --rows" in said
    assert_verified()


def test_the_provider_may_be_left_out_where_there_is_only_one(
    north: Provider, give: Give, assert_verified: Verified
) -> None:
    assert give("--customer", "C1", "--yes", "--provider", "north").returncode == 0
    records.add_provider("south")
    assert refusal_code(give("--customer", "C1", "--json")) == "provider_missing"
    assert refusal_code(give("--customer", "C1", "--json", "--provider", "west")) == "provider_unknown"
    assert_verified()


@pytest.mark.parametrize(("currency", "amount", "total"), [("JPY", "100", "200"), ("KWD", "0.005", "0.010")])
def test_totals_have_the_decimals_of_the_currency(
    currency: str, amount: str, total: str, db: None, give: Give, assert_verified: Verified
) -> None:
    north = records.add_provider(currency=currency)
    records.add_person(north)
    records.add_customers(north, 2)
    said = read_json(give("--all", "--amount", amount, "--yes", "--json"))
    assert (said["total"], said["currency"]) == (total, currency)
    assert_verified()


@pytest.mark.parametrize("changed", ["the default GL code", "the template", "the GL code"])
def test_the_same_words_with_the_same_key_give_the_first_run_whatever_has_changed_since(
    changed: str, north: Provider, give: Give, assert_verified: Verified
) -> None:
    add_template(provider=north, name="Storm", direction="credit", amount_minor=1000, staff_id=None)
    words = {"the template": ("--template", "Storm"), "the GL code": ("--gl-code", "4910")}.get(changed, ())
    asked = ("--customer", "C1", "--key", "k", "--yes", "--json", *words)
    first = read_json(give(*asked))
    if changed == "the template":
        set_template_active(template=list_templates(north).get(name="Storm"), active=False, staff_id=None)
    elif changed == "the GL code":
        set_gl_code_active(gl_code=get_gl_code(north, "4910"), active=False, staff_id=None)
    else:
        set_default_credit_gl_code(gl_code=get_gl_code(north, "4920"), staff_id=None)
    assert read_json(give(*asked)) == first
    assert "This key was used on" in give(*(word for word in asked if word != "--json")).stdout
    assert records.funds(north, "C1") == 1000
    assert_verified()
