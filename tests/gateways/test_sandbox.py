"""The sandbox: what becomes of what is charged to each test method."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from makegood.gateways.interface import ChargeOrder, ForgedEvent, GatewayRefused, NoAnswer
from makegood.gateways.models import Gateway
from makegood.gateways.rules import DisputeState, MethodKind, Standing
from makegood.gateways.sandbox.client import SandboxClient
from makegood.gateways.sandbox.outcomes import LONGEST_DAYS, OUTCOMES, Outcome
from makegood.kit.clock import frozen_clock, now
from tests.gateways.sandbox_calls import START, charge, events, give_back, order, standing
from tests.support.records import add_provider
from tests.support.sandbox import connect


@pytest.fixture
def gateway(db: None) -> Iterator[Gateway]:
    with frozen_clock(START):
        yield connect(add_provider())


@pytest.fixture
def client(gateway: Gateway) -> SandboxClient:
    return SandboxClient(gateway)


def test_a_good_card_is_charged_at_once(client: SandboxClient, gateway: Gateway) -> None:
    answer = charge(client, "card_succeeds")
    assert (answer.standing, answer.amount_minor, answer.key) == (Standing.SUCCEEDED, 4000, "k1")
    assert events(gateway, LONGEST_DAYS) == []


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [
        ("card_declined", "card_declined", "The bank declined the charge and does not say why."),
        ("card_stolen", "stolen_card", "The card was reported stolen."),
        ("card_expired", "expired_card", "The card has expired."),
        ("card_authentication", "authentication_required", "The bank wants its customer to confirm the payment."),
    ],
)
def test_a_declined_charge_is_an_answer(client: SandboxClient, outcome: str, code: str, words: str) -> None:
    answer = charge(client, outcome)
    assert (answer.standing, answer.failure_code, answer.failure) == (Standing.FAILED, code, words)
    assert charge(client, outcome, key="k2").standing == Standing.FAILED


def test_money_is_there_at_the_second_try(client: SandboxClient) -> None:
    first = charge(client, "card_insufficient_once", "k1")
    assert (first.standing, first.failure_code) == (Standing.FAILED, "insufficient_funds")
    assert charge(client, "card_insufficient_once", "k1") == first
    assert charge(client, "card_insufficient_once", "k2").standing == Standing.SUCCEEDED


def test_the_same_key_charges_once(client: SandboxClient) -> None:
    asked = order(client, "card_succeeds")
    assert client.charge(asked) == client.charge(asked)
    moved = list(client.list_balance(START, START + timedelta(days=1)))
    assert [each.amount_minor for each in moved] == [4000]


def test_the_same_key_for_something_else_is_refused(client: SandboxClient) -> None:
    charge(client, "card_succeeds")
    with pytest.raises(GatewayRefused) as refused:
        charge(client, "card_succeeds", amount_minor=4001)
    assert refused.value.code == "idempotency_error"


def test_an_answer_is_lost_and_the_charge_is_found(client: SandboxClient) -> None:
    asked = order(client, "card_timeout")
    with pytest.raises(NoAnswer):
        client.charge(asked)
    found = client.find_charge_by_key("cus_1", "k1", START)
    assert found is not None
    assert found.standing == Standing.SUCCEEDED
    assert client.charge(asked) == found
    assert client.find_charge_by_key("cus_2", "k1", START) is None
    assert client.find_charge_by_key("cus_1", "k1", START + timedelta(seconds=1)) is None


def test_nothing_is_known_of_a_late_charge_until_it_has_succeeded(client: SandboxClient, gateway: Gateway) -> None:
    asked = order(client, "card_late")
    for days in (0, 1.9):
        with frozen_clock(START + timedelta(days=days)):
            with pytest.raises(NoAnswer):
                client.charge(asked)
            assert client.find_charge_by_key("cus_1", "k1", START) is None
    assert events(gateway, 1.9) == []
    with frozen_clock(START + timedelta(days=2)):
        found = client.find_charge_by_key("cus_1", "k1", START)
    assert found is not None
    assert found.standing == Standing.SUCCEEDED
    assert events(gateway, 2) == [("charge.succeeded", found.reference)]


@pytest.mark.parametrize(
    ("outcome", "days", "ends"),
    [
        ("ach_succeeds", 4, (Standing.SUCCEEDED, "")),
        ("ach_fails", 4, (Standing.FAILED, "insufficient_funds")),
        ("ach_closed", 4, (Standing.FAILED, "account_closed")),
        ("sepa_succeeds", 5, (Standing.SUCCEEDED, "")),
        ("sepa_fails", 5, (Standing.FAILED, "insufficient_funds")),
    ],
)
def test_a_debit_takes_days(
    client: SandboxClient, gateway: Gateway, outcome: str, days: int, ends: tuple[Standing, str]
) -> None:
    made = charge(client, outcome)
    assert made.standing == Standing.PROCESSING
    assert standing(client, made, days - 0.1) == (Standing.PROCESSING, "")
    assert standing(client, made, days) == ends
    assert events(gateway, days - 0.1) == []
    told = "charge.failed" if ends[1] else "charge.succeeded"
    assert events(gateway, days) == [(told, made.reference)]


@pytest.mark.parametrize(
    ("outcome", "disputed", "decided", "ends"),
    [
        ("card_disputed", 2, 12, DisputeState.LOST),
        ("card_dispute_won", 2, 12, DisputeState.WON),
        ("ach_returned", 7, 7, DisputeState.LOST),
        ("sepa_returned", 13, 13, DisputeState.LOST),
    ],
)
def test_a_charge_is_disputed_or_returned(
    client: SandboxClient, gateway: Gateway, outcome: str, disputed: int, decided: int, ends: DisputeState
) -> None:
    made = charge(client, outcome)
    told = []
    for days in range(LONGEST_DAYS):
        for type, reference in events(gateway, days):
            if type.startswith("dispute"):
                with frozen_clock(START + timedelta(days=days)):
                    dispute = client.find_dispute(reference)
                assert dispute is not None
                assert (dispute.charge, dispute.amount_minor) == (made.reference, 4000)
                told.append((days, dispute.state))
    expected = [(decided, ends)] if disputed == decided else [(disputed, DisputeState.OPEN), (decided, ends)]
    assert told == expected
    assert standing(client, made, LONGEST_DAYS) == (Standing.SUCCEEDED, "")


def test_there_is_no_dispute_before_its_time(client: SandboxClient) -> None:
    made = charge(client, "card_disputed")
    assert client.find_dispute(made.reference.replace("_ch_", "_dp_")) is None
    assert client.find_dispute("sandbox_dp_unknown") is None


def test_a_method_is_attached_once_and_detached_for_good(client: SandboxClient) -> None:
    method = client.attach_method("card_succeeds", "cus_1")
    assert (method.kind, method.brand, method.last_four, method.customer) == (MethodKind.CARD, "Visa", "4242", "cus_1")
    assert client.attach_method("card_succeeds", "cus_1") == method == client.attach_method(method.reference, "cus_1")
    assert client.attach_method("card_succeeds", "cus_2") != method
    asked = ChargeOrder("k1", 100, "USD", 2, "cus_1", method.reference, method.kind)
    client.detach_method(method.reference)
    client.detach_method(method.reference)
    assert client.read_method(method.reference).customer == ""
    with pytest.raises(GatewayRefused):
        client.attach_method(method.reference, "cus_1")
    with pytest.raises(GatewayRefused) as refused:
        client.charge(asked)
    assert refused.value.code == "resource_missing"
    assert client.attach_method("card_succeeds", "cus_1").reference != method.reference


def test_what_was_charged_is_said_again_when_the_method_is_gone(client: SandboxClient) -> None:
    asked = order(client, "card_succeeds")
    made = client.charge(asked)
    client.detach_method(asked.method)
    assert client.charge(asked) == made


def test_a_method_is_entered_as_in_a_form(client: SandboxClient) -> None:
    setup = client.start_setup("cus_1")
    with pytest.raises(GatewayRefused) as refused:
        client.finish_setup(setup.reference)
    assert refused.value.code == "setup_not_finished"
    with pytest.raises(GatewayRefused):
        client.enter_method(setup.reference, "card_of_nobody")
    entered = client.enter_method(setup.reference, "ach_succeeds")
    assert client.finish_setup(setup.reference) == entered == client.enter_method(setup.reference, "card_declined")
    assert (entered.kind, entered.customer) == (MethodKind.ACH, "cus_1")


def test_nobodys_method_is_not_charged(client: SandboxClient) -> None:
    theirs = client.attach_method("card_succeeds", "cus_2")
    with pytest.raises(GatewayRefused):
        client.charge(ChargeOrder("k1", 100, "USD", 2, "cus_1", theirs.reference, theirs.kind))
    with pytest.raises(GatewayRefused):
        client.read_method("sandbox_pm_unknown")


def test_one_provider_never_sees_anothers(client: SandboxClient) -> None:
    made = charge(client, "card_succeeds")
    other = SandboxClient(connect(add_provider("south")))
    assert other.find_charge(made.reference) is None
    with pytest.raises(GatewayRefused):
        give_back(other, made)


def test_the_sandbox_believes_no_message(client: SandboxClient) -> None:
    with pytest.raises(ForgedEvent):
        client.read_event(b"{}", "t=1,v1=aa")


def test_a_charge_inside_a_transaction_is_a_mistake(client: SandboxClient) -> None:
    asked = order(client, "card_succeeds")
    with transaction.atomic(), pytest.raises(RuntimeError):
        client.charge(asked)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.code)
def test_every_outcome_ends_within_the_longest_time(client: SandboxClient, gateway: Gateway, outcome: Outcome) -> None:
    try:
        made = client.charge(order(client, outcome.code))
    except NoAnswer:
        made = None
    if made and made.standing == Standing.SUCCEEDED and not outcome.refund_silent:
        give_back(client, made)
    events(gateway, LONGEST_DAYS - 1)
    assert events(gateway, 10 * LONGEST_DAYS) == []
    assert now() == START
