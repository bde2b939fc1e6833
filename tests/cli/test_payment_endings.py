"""`makegood payments withdraw` and `settle`."""

from collections.abc import Iterator

import pytest

from makegood.payments.models import Payment
from makegood.payments.services.collect_now import collect_now
from makegood.providers.models import Provider
from tests.payments.collecting import NOON, add_payer, after, charge, state_of, submit
from tests.support import records
from tests.support.answers import CommandLine, Verified, read_json, refusal_code
from tests.support.collecting import through_stripe
from tests.support.stripe_proxy import Processor

pytestmark = pytest.mark.django_db

AS_CLERK = ("--as", "billing@north.example", "--reason", "Asked for by phone", "--yes")


@pytest.fixture
def north(db: None) -> Provider:
    return records.add_provider()


@pytest.fixture
def processor(north: Provider) -> Iterator[Processor]:
    with through_stripe(north, at=NOON) as processor:
        yield processor


@pytest.fixture
def payment(north: Provider, processor: Processor) -> Payment:
    """Waits to be submitted."""
    records.add_person(north, "billing", "billing@north.example")
    add_payer(north)
    return charge(north)[0]


def test_withdraw(payment: Payment, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    withdraw = ("payments", "withdraw", str(payment.pk), *AS_CLERK)
    answer = makegood_cli(*withdraw)
    assert answer.returncode == 0, answer.stderr
    assert f"Payment {payment.pk} of $60.00 is withdrawn; nothing was charged." in answer.stdout
    assert (state_of(payment), payment.failure_code) == ("failed", "withdrawn")
    said = read_json(makegood_cli(*withdraw, "--json"))
    assert (said["state"], said["why"]) == ("failed", "Somebody withdrew it before it was submitted.")
    assert_verified()


def test_settle(payment: Payment, processor: Processor, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    settle = ("payments", "settle", str(payment.pk), *AS_CLERK, "--json")
    assert refusal_code(makegood_cli(*settle, "--charged")) == "payment_settled"
    _lose(payment.provider, processor)
    assert state_of(payment) == "unknown"
    assert refusal_code(makegood_cli(*settle, "--charged")) == "reference_missing"
    said = read_json(makegood_cli(*settle, "--charged", "--reference", "ch_7"))
    assert (said["state"], said["processor_reference"], said["on_invoices"]) == ("succeeded", "ch_7", "60.00")
    assert_verified()


def test_settle_as_not_charged(
    payment: Payment, processor: Processor, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    _lose(payment.provider, processor)
    answer = makegood_cli("payments", "settle", str(payment.pk), *AS_CLERK, "--not-charged")
    assert f"Payment {payment.pk} of $60.00 is settled as not charged." in answer.stdout
    assert (state_of(payment), payment.failure) == ("failed", "Asked for by phone")
    assert_verified()


def _lose(provider: Provider, processor: Processor) -> None:
    """The processor does not answer for more than a day."""
    with processor.failing("charge", "cut"):
        submit(provider)
    with processor.failing("find_charge", *["cut"] * 50):
        for hours in (1, 3, 5, 7, 25):
            with after(hours=hours):
                collect_now(provider=provider)
