"""`makegood payments methods`: what customers pay with."""

import pytest

from makegood.payments.models import PaymentMethod
from makegood.providers.models import Provider
from tests.support import sandbox
from tests.support.answers import CommandLine, read_json, refusal_code
from tests.support.collecting import through_stripe

pytestmark = pytest.mark.django_db

METHODS = ("payments", "methods")
AS_AGENT = ("--as", "agent@north.example")


def test_payment_methods_are_added_listed_made_default_and_removed(north: Provider, makegood_cli: CommandLine) -> None:
    sandbox.connect(north)
    first = read_json(makegood_cli(*METHODS, "add", "C1", "card_succeeds", *AS_AGENT, "--json"))
    assert (first["brand"], first["last_four"], first["default"], first["expiry"]) == ("Visa", "4242", True, "fine")
    said = makegood_cli(*METHODS, "add", "C1", "ach_succeeds", *AS_AGENT)
    assert "Test Bank ending 6789, payment method" in said.stdout
    second = PaymentMethod.objects.get(kind="ach").pk
    assert "is the default" in makegood_cli(*METHODS, "default", str(second), *AS_AGENT).stdout
    listed = read_json(makegood_cli(*METHODS, "list", "C1", "--json"))
    assert [(each["method"], each["default"]) for each in listed] == [(second, True), (first["method"], False)]
    removed = read_json(makegood_cli(*METHODS, "remove", str(first["method"]), "--yes", *AS_AGENT, "--json"))
    assert removed["removed_by"] == "agent@north.example"
    assert removed["detached_at"] is not None
    assert "Visa" not in makegood_cli(*METHODS, "list", "C1").stdout
    assert "Visa" in makegood_cli(*METHODS, "list", "C1", "--all").stdout


def test_the_default_can_be_said_while_adding(north: Provider, makegood_cli: CommandLine) -> None:
    sandbox.connect(north)
    makegood_cli(*METHODS, "add", "C1", "card_succeeds", *AS_AGENT)
    assert read_json(makegood_cli(*METHODS, "add", "C1", "sepa_succeeds", "--default", *AS_AGENT, "--json"))["default"]


@pytest.mark.parametrize("typed", [("4242424242424242",), ("4242", "4242", "4242", "4242")])
def test_the_number_of_a_card_is_refused_and_not_repeated(
    north: Provider, makegood_cli: CommandLine, typed: tuple[str, ...]
) -> None:
    sandbox.connect(north)
    answer = makegood_cli(*METHODS, "add", "C1", *typed, *AS_AGENT)
    assert answer.returncode == 2
    assert "looks like the number of a card" in answer.stderr
    assert "4242" not in answer.stdout + answer.stderr
    assert not PaymentMethod.objects.exists()


def test_what_cannot_be_done_is_refused_with_its_code(north: Provider, makegood_cli: CommandLine) -> None:
    assert refusal_code(makegood_cli(*METHODS, "add", "C1", "card_succeeds", *AS_AGENT, "--json")) == "no_gateway"
    sandbox.connect(north)
    for asked, code in (
        (("add", "C1", "pm_1", *AS_AGENT), "processor_refused"),
        (("add", "nobody", "card_succeeds", *AS_AGENT), "customer_unknown"),
        (("add", "C1", "card_succeeds", "--as", "viewer@north.example"), "not_allowed"),
        (("default", "999999", *AS_AGENT), "method_unknown"),
        (("remove", "999999", "--yes", *AS_AGENT), "method_unknown"),
        (("list", "nobody"), "customer_unknown"),
    ):
        assert refusal_code(makegood_cli(*METHODS, *asked, "--json")) == code, asked


def test_a_processor_that_is_away_is_said(north: Provider, makegood_cli: CommandLine) -> None:
    with through_stripe(north) as processor:
        added = makegood_cli(*METHODS, "add", "C1", processor.add_card(), *AS_AGENT, "--json")
        with processor.failing("change_method", "cut"):
            said = makegood_cli(*METHODS, "remove", str(read_json(added)["method"]), "--yes", *AS_AGENT)
    assert said.returncode == 0
    assert "Stripe does not answer and will be told again" in said.stdout
