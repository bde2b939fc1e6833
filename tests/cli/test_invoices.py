"""``makegood invoices`` and ``makegood billing``."""

from collections.abc import Iterator

import pytest

from makegood.providers.models import Provider
from makegood.providers.selectors import get_membership
from makegood.runs.selectors import get_run
from makegood.runs.services.start_run import start_run, stop_run
from tests.support.answers import CommandLine, Verified, read_json, refusal_code
from tests.support.billing import FIRST, add_billed_customer, add_billing_provider, invoice_of, on_day
from tests.support.charges import charge_of
from tests.support.records import add_person

pytestmark = pytest.mark.django_db

WHO = ("--as", "billing@north.example")


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that bills two customers, on the first day of its invoices."""
    provider = add_billing_provider()
    for number in ("C1", "C2"):
        add_billed_customer(provider, number)
    for role in ("billing", "admin", "agent"):
        add_person(provider, role)
    with on_day(FIRST):
        yield provider


def test_invoices_are_made_and_shown(provider: Provider, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    made = makegood_cli("invoices", "run", *WHO, "--yes", "--json", "--key", "january")

    assert made.returncode == 0, made
    answer = read_json(made)
    assert (answer["invoiced"], answer["total"], answer["status"]) == (2, "40.00", "finished")
    again = read_json(makegood_cli("invoices", "run", *WHO, "--yes", "--json", "--key", "january"))
    assert again["run"] == answer["run"]
    listed = read_json(makegood_cli("invoices", "list", "--json", "--customer", "C1"))
    assert [(each["number"], each["state"], each["due"]) for each in listed] == [(1, "open", "20.00")]
    shown = read_json(makegood_cli("invoices", "show", "1", "--json"))
    assert shown["lines"][0]["from"] == "2026-01-01"
    assert shown["entries"][0]["type"] == "issued"
    text = makegood_cli("invoices", "show", "1").stdout
    assert "DSL" in text
    assert "Left to pay" in text
    assert_verified()


def test_a_rehearsal_issues_nothing_and_says_what_to_do(provider: Provider, makegood_cli: CommandLine) -> None:
    rehearsed = makegood_cli("invoices", "run", *WHO, "--rehearse")

    assert rehearsed.returncode == 0, rehearsed
    assert "$40.00" in rehearsed.stdout
    assert "stays a draft" in rehearsed.stdout
    assert read_json(makegood_cli("invoices", "list", "--json")) == []
    drafts = read_json(makegood_cli("invoices", "list", "--json", "--state", "draft"))
    assert [draft["number"] for draft in drafts] == [None, None]
    [run] = read_json(makegood_cli("runs", "list", "--json"))
    started = makegood_cli("runs", "start", str(run["run"]), *WHO, "--yes")
    assert started.returncode == 0, started
    assert "2 invoiced" in started.stdout
    assert "everybody who is due" in makegood_cli("runs", "show", str(run["run"])).stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--day", "2026-13-01"), "date_malformed"),
        (("--day", "2026-02-01"), "day_to_come"),
        (("--day", "2025-12-31"), "too_early"),
    ],
)
def test_days_that_cannot_be_are_refused(
    provider: Provider, makegood_cli: CommandLine, words: tuple[str, ...], code: str
) -> None:
    assert refusal_code(makegood_cli("invoices", "run", *WHO, "--yes", "--json", *words)) == code


def test_nobody_is_due_twice(provider: Provider, makegood_cli: CommandLine) -> None:
    makegood_cli("invoices", "run", *WHO, "--yes", "--json")

    assert refusal_code(makegood_cli("invoices", "run", *WHO, "--yes", "--json")) == "nobody_due"
    by_agent = makegood_cli("invoices", "run", "--as", "agent@north.example", "--yes", "--json")
    assert refusal_code(by_agent) == "not_allowed"


def test_an_invoice_is_voided_and_another_written_off(
    provider: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    makegood_cli("invoices", "run", *WHO, "--yes", "--json")

    voided = makegood_cli("invoices", "void", "1", *WHO, "--reason", "Wrong price", "--bill-again", "--json")
    written_off = makegood_cli("invoices", "write-off", "2", *WHO, "--reason", "Moved away", "--json")

    assert (read_json(voided)["state"], read_json(voided)["voided"]) == ("void", "20.00")
    assert (read_json(written_off)["state"], read_json(written_off)["written_off"]) == ("uncollectible", "20.00")
    makegood_cli("invoices", "run", *WHO, "--yes", "--json")
    assert invoice_of(provider).number == 3
    assert_verified()


@pytest.mark.parametrize(("words", "state"), [((), "waiting"), (("--cancel-charges",), "cancelled")])
def test_charges_of_a_voided_invoice_wait_or_are_cancelled(
    provider: Provider, makegood_cli: CommandLine, assert_verified: Verified, words: tuple[str, ...], state: str
) -> None:
    asked = ("--all", "--amount", "5.00", "--description", "Visit", "--yes")
    assert makegood_cli("charge", *asked, *WHO).returncode == 0
    makegood_cli("invoices", "run", *WHO, "--yes", "--json")

    assert makegood_cli("invoices", "void", "1", *WHO, "--reason", "Wrong", *words).returncode == 0

    assert charge_of(provider).state == state
    assert_verified()


def test_charges_of_days_that_are_billed_again_cannot_be_cancelled(
    provider: Provider, makegood_cli: CommandLine
) -> None:
    makegood_cli("invoices", "run", *WHO, "--yes", "--json")

    refused = makegood_cli("invoices", "void", "1", *WHO, "--reason", "Wrong", "--bill-again", "--cancel-charges")

    assert refused.returncode == 2
    assert "not allowed with" in refused.stderr


def test_the_rest_of_a_stopped_run_is_given_up(
    provider: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    drafted = read_json(makegood_cli("invoices", "run", *WHO, "--rehearse", "--json"))
    assert drafted["rehearsal"]["without_draft"] == {}
    run = get_run(drafted["run"], provider)
    clerk = get_membership(provider, "billing@north.example")
    stop_run(run=start_run(run=run, membership=clerk), membership=clerk)
    give_up = ("runs", "give-up", str(run.pk), *WHO, "--json")

    assert refusal_code(makegood_cli(*give_up)) == "not_confirmed"
    answer = read_json(makegood_cli(*give_up, "--yes"))

    assert (answer["status"], answer["invoiced"], answer["skipped"]) == ("finished", 0, 2)
    again = read_json(makegood_cli("invoices", "run", *WHO, "--yes", "--json"))
    assert (again["invoiced"], again["total"]) == (2, "40.00")
    assert_verified()


def test_billing_settings_are_shown_and_set(provider: Provider, makegood_cli: CommandLine) -> None:
    changed = makegood_cli(
        "billing", "set", "--as", "admin@north.example", "--due-days", "30", "--late-fee", "fixed", "--late-fee-amount",
        "5.00", "--reminder-days", "2,9", "--suspend-after-days", "45", "--tax-gl-code", "2200", "--next-number", "501",
        "--json",
    )  # fmt: skip

    assert changed.returncode == 0, changed
    settings = read_json(makegood_cli("billing", "show", "--json"))
    assert settings == read_json(changed)
    assert (settings["due_days"], settings["late_fee_amount"], settings["reminder_days"]) == (30, "5.00", [2, 9])
    assert (settings["tax_gl_code"], settings["next_number"], settings["invoices_from"]) == ("2200", 501, "2026-01-01")
    refused = makegood_cli("billing", "set", "--as", "admin@north.example", "--due-days", "x", "--json")
    assert refusal_code(refused) == "number_malformed"


def test_a_customer_is_billed_on_anniversaries(provider: Provider, makegood_cli: CommandLine) -> None:
    answer = read_json(makegood_cli("billing", "cycle", "C1", "anniversary", *WHO, "--json"))

    assert answer == {"customer": "C1", "cycle": "anniversary", "billing_day": 1, "next_period_on": None}
