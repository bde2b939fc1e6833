"""Charging through Stripe's protocol: what is charged, what is declined, and each way in which a call goes wrong."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.gateways.interface import ChargeOrder, GatewayRefused, NoAnswer, TryLater
from makegood.gateways.rules import OUR_FAULT, MethodKind, Standing
from makegood.gateways.stripe.client import StripeGateway
from tests.support.stripe_proxy import Processor
from tests.support.stripe_recorded import intent

INTENTS = "/v1/payment_intents"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def customer(processor: Processor, client: StripeGateway) -> str:
    return client.make_customer("customer 1", "C1", "Ada Chen", "ada@example.org")


def order(
    client: StripeGateway, processor: Processor, customer: str, key: str = "k1", number: str = "4242424242424242"
) -> ChargeOrder:
    method = client.attach_method(processor.add_card(number), customer)
    return ChargeOrder(key, 4000, "USD", 2, customer, method.reference, method.kind, "Invoice 1001")


@pytest.fixture
def good(client: StripeGateway, processor: Processor, customer: str) -> ChargeOrder:
    return order(client, processor, customer)


def test_a_card_is_charged(client: StripeGateway, processor: Processor, good: ChargeOrder) -> None:
    charge = client.charge(good)
    assert (charge.standing, charge.amount_minor, charge.key) == (Standing.SUCCEEDED, 4000, "k1")
    assert processor.charges() == [(charge.reference, "k1", 4000, "succeeded")]
    assert client.find_charge(charge.reference) == charge
    assert client.find_charge_by_key(good.customer, "k1", LONG_AGO) == charge


def test_what_is_said_to_stripe(client: StripeGateway, processor: Processor, good: ChargeOrder) -> None:
    client.charge(good)
    said = next(call for call in processor.calls if call.path == INTENTS)
    assert said.key == "k1"
    assert said.asked == {
        "amount": "4000",
        "currency": "usd",
        "customer": good.customer,
        "payment_method": good.method,
        "payment_method_types[0]": "card",
        "confirm": "true",
        "off_session": "true",
        "error_on_requires_action": "true",
        "metadata[makegood_key]": "k1",
        "description": "Invoice 1001",
    }


def test_a_declined_card_is_an_answer(client: StripeGateway, processor: Processor, customer: str) -> None:
    asked = order(client, processor, customer, number="4000000000000341")
    charge = client.charge(asked)
    assert (charge.standing, charge.failure_code) == (Standing.FAILED, "card_declined")
    assert charge.failure == "The bank declined the charge and does not say why."
    assert processor.charges() == [(charge.reference, "k1", 4000, "requires_payment_method")]
    assert client.find_charge(charge.reference) == charge
    assert client.charge(asked) == charge
    assert len(processor.charges()) == 1


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            {"decline_code": "insufficient_funds", "message": "Your card has insufficient funds."},
            "insufficient_funds",
            "There is not enough money on the account.",
        ),
        ({"decline_code": "stolen_card"}, "stolen_card", "The card was reported stolen."),
        ({"code": "expired_card"}, "expired_card", "The card has expired."),
        ({"decline_code": "moon_phase", "message": "Not\ntonight."}, "moon_phase", "Not tonight."),
    ],
)
def test_why_the_bank_declines_is_said(
    client: StripeGateway, processor: Processor, good: ChargeOrder, error: dict[str, Any], code: str, words: str
) -> None:
    processor.fail_next(INTENTS, 402, **error, payment_intent=intent("pi_declined", "requires_payment_method", 4000))
    charge = client.charge(good)
    assert (charge.reference, charge.standing) == ("pi_declined", Standing.FAILED)
    assert (charge.failure_code, charge.failure) == (code, words)


def test_who_would_have_to_confirm_is_not_there(client: StripeGateway, processor: Processor, customer: str) -> None:
    charge = client.charge(order(client, processor, customer, number="4000002500003155"))
    assert (charge.standing, charge.failure_code) == (Standing.FAILED, "authentication_required")


@pytest.mark.parametrize("how", ["cut_after", "half", "error_after"])
def test_an_answer_is_lost_after_the_charge(
    client: StripeGateway, processor: Processor, good: ChargeOrder, how: str
) -> None:
    processor.fail_next(INTENTS, how)
    with pytest.raises(NoAnswer):
        client.charge(good)
    assert len(processor.charges()) == 1
    found = client.find_charge_by_key(good.customer, "k1", LONG_AGO)
    assert found is not None
    assert found.standing == Standing.SUCCEEDED
    assert client.charge(good) == found
    assert len(processor.charges()) == 1


@pytest.mark.parametrize("how", ["cut", 500, 502, 503])
def test_a_call_does_not_arrive(client: StripeGateway, processor: Processor, good: ChargeOrder, how: int | str) -> None:
    processor.fail_next(INTENTS, how)
    with pytest.raises(NoAnswer):
        client.charge(good)
    assert processor.charges() == []
    assert client.find_charge_by_key(good.customer, "k1", LONG_AGO) is None
    assert client.charge(good).standing == Standing.SUCCEEDED


def test_an_answer_that_comes_too_late_is_none(client: StripeGateway, processor: Processor, good: ChargeOrder) -> None:
    processor.fail_next(INTENTS, 3.0)
    with pytest.raises(NoAnswer):
        client.charge(good)
    processor.wait_until(lambda: len(processor.charges()) == 1)
    assert client.charge(good).standing == Standing.SUCCEEDED
    assert len(processor.charges()) == 1


def test_a_short_delay_is_waited_for(client: StripeGateway, processor: Processor, good: ChargeOrder) -> None:
    processor.fail_next(INTENTS, 0.5)
    assert client.charge(good).standing == Standing.SUCCEEDED


def test_nothing_is_tried_again_by_itself(client: StripeGateway, processor: Processor, good: ChargeOrder) -> None:
    processor.fail_next(INTENTS, 500)
    with pytest.raises(NoAnswer):
        client.charge(good)
    assert processor.count(INTENTS) == 1


def test_stripe_asks_to_wait(client: StripeGateway, processor: Processor, good: ChargeOrder) -> None:
    processor.fail_next(INTENTS, 429, after=7)
    processor.fail_next(INTENTS, 429)
    for after in (7.0, None):
        with pytest.raises(TryLater) as later:
            client.charge(good)
        assert later.value.after == after
    assert processor.charges() == []


def test_the_same_key_is_in_use(client: StripeGateway, processor: Processor, good: ChargeOrder) -> None:
    processor.fail_next(INTENTS, 409)
    with pytest.raises(TryLater):
        client.charge(good)
    assert client.charge(good).standing == Standing.SUCCEEDED


def test_the_same_key_for_something_else(client: StripeGateway, good: ChargeOrder) -> None:
    client.charge(good)
    other = ChargeOrder(good.key, 4001, "USD", 2, good.customer, good.method, good.method_kind)
    with pytest.raises(GatewayRefused) as refused:
        client.charge(other)
    assert refused.value.code == "idempotency_error"


@pytest.mark.parametrize(("status", "code"), [(401, "key_refused"), (403, "not_permitted")])
def test_the_key_is_not_taken(
    client: StripeGateway, processor: Processor, good: ChargeOrder, status: int, code: str
) -> None:
    processor.fail_next(INTENTS, status, message="Invalid API Key provided: sk_test_********abcd")
    with pytest.raises(GatewayRefused) as refused:
        client.charge(good)
    assert refused.value.code == code
    assert code in OUR_FAULT
    assert "abcd" not in refused.value.message


def test_the_request_is_not_taken(client: StripeGateway, processor: Processor, good: ChargeOrder) -> None:
    processor.fail_next(INTENTS, 400, code="amount_too_small", message="Amount must be at least $0.50 usd")
    with pytest.raises(GatewayRefused) as refused:
        client.charge(good)
    assert (refused.value.code, refused.value.message) == ("amount_too_small", "Amount must be at least $0.50 usd")
    assert refused.value.code not in OUR_FAULT


def test_the_method_is_gone(client: StripeGateway, customer: str) -> None:
    gone = ChargeOrder("k1", 4000, "USD", 2, customer, "pm_nothere", MethodKind.CARD)
    with pytest.raises(GatewayRefused) as refused:
        client.charge(gone)
    assert refused.value.code == "resource_missing"


def test_stripe_is_away(client: StripeGateway, processor: Processor, good: ChargeOrder) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("django.conf.settings.MAKEGOOD_STRIPE_API", "http://127.0.0.1:9")
        with pytest.raises(NoAnswer):
            client.charge(good)
        with pytest.raises(NoAnswer):
            client.find_charge("pi_1")
    assert processor.charges() == []


def test_a_debit_by_sepa(client: StripeGateway, processor: Processor, customer: str) -> None:
    method = client.attach_method(processor.add_sepa(), customer)
    charge = client.charge(ChargeOrder("k1", 4000, "EUR", 2, customer, method.reference, method.kind))
    # A real one would be under way for days; this processor cannot wait.
    assert (method.kind, charge.standing) == (MethodKind.SEPA, Standing.SUCCEEDED)
    assert processor.calls[-1].asked["payment_method_types[0]"] == "sepa_debit"


def test_a_debit_fails_later(client: StripeGateway, processor: Processor, customer: str) -> None:
    method = client.attach_method(processor.add_sepa("DE62370400440532013001"), customer)
    charge = client.charge(ChargeOrder("k1", 4000, "EUR", 2, customer, method.reference, method.kind))
    assert charge.standing == Standing.PROCESSING

    def has_failed() -> bool:
        found = client.find_charge(charge.reference)
        return found is not None and found.standing == Standing.FAILED

    processor.wait_until(has_failed)


def test_an_ach_debit_is_under_way(client: StripeGateway, processor: Processor, customer: str) -> None:
    processor.overlay(
        INTENTS,
        lambda asked: intent("pi_ach", "processing", int(asked["amount"]), key=asked["metadata[makegood_key]"]),
        method="POST",
    )
    charge = client.charge(ChargeOrder("k1", 4000, "USD", 2, customer, "pm_ach", MethodKind.ACH))
    assert (charge.reference, charge.key, charge.standing) == ("pi_ach", "k1", Standing.PROCESSING)
    said = processor.calls[-1].asked
    assert said["payment_method_types[0]"] == "us_bank_account"
    assert "error_on_requires_action" not in said
    error = {"code": "payment_intent_payment_attempt_failed", "decline_code": None, "message": "The account is closed."}
    processor.overlay(f"{INTENTS}/pi_ach", intent("pi_ach", "requires_payment_method", 4000, last_payment_error=error))
    found = client.find_charge("pi_ach")
    assert found is not None
    assert (found.standing, found.failure) == (Standing.FAILED, "The account is closed.")


def test_what_is_not_there_is_not_found(client: StripeGateway, customer: str) -> None:
    assert client.find_charge("pi_nothere") is None
    assert client.find_charge_by_key(customer, "k9", LONG_AGO) is None


def test_what_was_made_before_is_not_found(client: StripeGateway, good: ChargeOrder) -> None:
    client.charge(good)
    assert client.find_charge_by_key(good.customer, "k1", datetime.now(UTC) + timedelta(hours=2)) is None


def test_a_charge_is_found_among_many(client: StripeGateway, good: ChargeOrder) -> None:
    for number in range(120):
        client.charge(ChargeOrder(f"n{number}", 100, "USD", 2, good.customer, good.method, good.method_kind))
    for key in ("n0", "n119"):
        found = client.find_charge_by_key(good.customer, key, LONG_AGO)
        assert found is not None
        assert found.key == key


def test_many_threads_charge_each_once(client: StripeGateway, processor: Processor, good: ChargeOrder) -> None:
    orders = [
        ChargeOrder(f"n{number % 20}", 100 + number % 20, "USD", 2, good.customer, good.method, good.method_kind)
        for number in range(40)
    ]

    def charge(asked: ChargeOrder) -> str:
        try:
            return client.charge(asked).standing
        except TryLater:
            return "later"

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(charge, orders)) <= {Standing.SUCCEEDED, "later"}
    assert sorted(amount for _, _, amount, _ in processor.charges()) == list(range(100, 120))


def test_each_thread_keeps_its_connection(client: StripeGateway, processor: Processor, customer: str) -> None:
    before = processor.connections
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: client.make_customer(f"c{number}", "C1", "Ada", ""), range(40)))
    assert processor.count("/v1/customers") == 41
    assert 1 <= processor.connections - before <= 4
