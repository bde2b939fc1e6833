"""`makegood provider` and `makegood staff`."""

import pytest

from makegood.providers.models import Provider, Staff
from tests.support.answers import CommandLine, Verified, read_json, refusal_code

pytestmark = pytest.mark.django_db

NORTH = ("provider", "add", "north", "--name", "North Fiber", "--currency", "USD", "--timezone", "America/Los_Angeles")


def test_a_provider_is_added_with_its_gl_codes(makegood_cli: CommandLine, assert_verified: Verified) -> None:
    added = makegood_cli(*NORTH)
    assert added.returncode == 0
    assert added.stdout == "Added North Fiber, with its GL codes. Next: makegood staff add EMAIL --provider north\n"
    types = [code["type"] for code in read_json(makegood_cli("gl-codes", "list", "--json"))]
    assert [types.count(control) for control in ("receivable", "available_funds", "clearing")] == [1, 1, 1]
    assert read_json(makegood_cli("provider", "list", "--json")) == [
        {
            "slug": "north",
            "name": "North Fiber",
            "currency": "USD",
            "timezone": "America/Los_Angeles",
            "billing": "on",
            "agent_limit": "50.00",
            "billing_limit": None,
            "manager_limit": None,
            "run_limit": "250000.00",
            "person_day_limit": None,
            "provider_day_limit": None,
            "largest_funds": "10000.00",
        }
    ]
    assert "North Fiber" in makegood_cli("provider", "list").stdout
    assert_verified()


def test_a_provider_that_cannot_be_is_refused_and_leaves_nothing(makegood_cli: CommandLine) -> None:
    makegood_cli(*NORTH)
    given = dict(zip(NORTH[3::2], NORTH[4::2], strict=True))
    wrong = {
        ("north", "--name", "Again"): "slug_taken",
        ("south pole", "--name", "South"): "slug_malformed",
        ("south", "--name", ""): "name_missing",
        ("south", "--currency", "USX"): "currency_unknown",
        ("south", "--timezone", "California"): "timezone_unknown",
    }
    for (slug, option, value), code in wrong.items():
        words = [word for pair in (given | {option: value}).items() for word in pair]
        assert refusal_code(makegood_cli("provider", "add", slug, *words, "--json")) == code
    assert Provider.objects.count() == 1


def test_settings_are_changed(makegood_cli: CommandLine) -> None:
    makegood_cli(*NORTH)
    limits = ("--agent-limit", "10", "--run-limit", "1000.50", "--largest-funds", "500")
    changed = read_json(makegood_cli("provider", "set", "north", "--billing", "off", *limits, "--json"))
    assert (changed["billing"], changed["agent_limit"], changed["run_limit"], changed["largest_funds"]) == (
        "off",
        "10.00",
        "1000.50",
        "500.00",
    )
    further = ("--billing-limit", "75", "--manager-limit", "0", "--person-day-limit", "1000", "--agent-limit", "none")
    changed = read_json(makegood_cli("provider", "set", "north", *further, "--provider-day-limit", "5000", "--json"))
    limits_now = [changed[f"{name}_limit"] for name in ("agent", "billing", "manager", "person_day", "provider_day")]
    assert limits_now == [None, "75.00", "0.00", "1000.00", "5000.00"]
    on = makegood_cli("provider", "set", "north", "--billing", "on")
    assert on.stdout == "North Fiber is up to date.\n"
    assert Provider.objects.get().end_customer_billing
    refusals = {
        ("set", "west", "--billing", "on"): "provider_unknown",
        ("set", "north", "--run-limit", "a lot"): "amount_not_a_number",
        ("set", "north", "--run-limit", ""): "amount_missing",
        ("set", "north", "--run-limit", "none"): "limit_missing",
        ("set", "north", "--largest-funds", "0"): "limit_too_small",
    }
    assert {words: refusal_code(makegood_cli("provider", *words, "--json")) for words in refusals} == refusals


def test_staff_are_added_and_changed(makegood_cli: CommandLine) -> None:
    makegood_cli(*NORTH)
    added = makegood_cli("staff", "add", "Ann@North.example", "--role", "billing", "--name", "Ann")
    assert added.stdout == (
        "Added ann@north.example (billing).\n"
        "No password is set, so the person can act on the command line but not log in.\n"
    )
    bob = ("staff", "add", "bob@north.example", "--role", "viewer", "--password-stdin")
    assert makegood_cli(*bob, stdin="correct horse battery\n").stdout == "Added bob@north.example (viewer).\n"
    assert Staff.objects.get(email="bob@north.example").check_password("correct horse battery")
    changed = makegood_cli("staff", "set", "ann@north.example", "--role", "manager", "--active", "no")
    assert changed.stdout == "Changed ann@north.example (manager).\n"
    assert read_json(makegood_cli("staff", "list", "--json")) == [
        {"email": "ann@north.example", "name": "Ann", "role": "manager", "active": "no"},
        {"email": "bob@north.example", "name": "", "role": "viewer", "active": "yes"},
    ]
    assert "bob@north.example" in makegood_cli("staff", "list").stdout
    refusals = {
        ("add", "bob@north.example", "--role", "agent"): "staff_exists",
        ("add", "nobody", "--role", "agent"): "email_malformed",
        ("add", "eve@north.example", "--role", "boss"): "role_unknown",
        ("add", "eve@north.example", "--role", "agent", "--password-stdin"): "password_short",
        ("set", "eve@north.example", "--role", "agent"): "staff_unknown",
        ("set", "bob@north.example", "--role", "boss"): "role_unknown",
    }
    assert {words: refusal_code(makegood_cli("staff", *words, "--json")) for words in refusals} == refusals


def test_a_forgotten_password_is_set_anew(makegood_cli: CommandLine) -> None:
    makegood_cli(*NORTH)
    makegood_cli("staff", "add", "ann@north.example", "--role", "agent")
    anew = ("staff", "set", "ann@north.example", "--password-stdin")
    assert refusal_code(makegood_cli(*anew, "--json", stdin="short\n")) == "password_short"
    assert makegood_cli(*anew, stdin="a good long one\n").returncode == 0
    assert Staff.objects.get(email="ann@north.example").check_password("a good long one")


def test_without_a_provider_there_is_nothing_to_do_it_for(makegood_cli: CommandLine) -> None:
    answer = makegood_cli("staff", "list")
    assert (answer.returncode, answer.stderr) == (
        2,
        "There is no provider yet; add one with `makegood provider add`.\n",
    )
    assert makegood_cli("provider", "list").returncode == 0
