"""`makegood payments settle-refund`."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from makegood.kit.clock import frozen_clock, now
from makegood.payments.models import Refund
from makegood.payments.services.collect_now import collect_now
from makegood.providers.models import Provider
from tests.support import movements, records, refunding, sandbox
from tests.support.answers import CommandLine, Verified, read_json, refusal_code
from tests.support.collecting import through_stripe
from tests.support.stripe_proxy import Processor

pytestmark = pytest.mark.django_db

AS_CLERK = ("--as", "billing@north.example", "--reason", "I looked there", "--yes")


@pytest.fixture
def north(db: None) -> Provider:
    return records.add_provider()


@pytest.fixture
def processor(north: Provider) -> Iterator[Processor]:
    with through_stripe(north) as processor:
        yield processor


@pytest.fixture
def refund(north: Provider, processor: Processor) -> Refund:
    """60.00 of which nobody knows whether they went back to the card."""
    clerk = records.add_person(north, "billing", "billing@north.example")
    manager = records.add_person(north, "manager")
    customer = records.add_customer(north, "C1")
    sandbox.add_method(customer)
    invoice = movements.owe(customer, 6000)
    refunding.charge(clerk, invoice)
    made = refunding.refund(manager, invoice, 6000)
    with processor.failing("refund", "cut"):
        collect_now(provider=north)
    return made


def lose(provider: Provider, processor: Processor) -> None:
    """The processor does not answer for more than a day."""
    begun = now()
    with processor.failing("find_refund", *["cut"] * 100):
        for hours in range(1, 30, 2):
            with frozen_clock(begun + timedelta(hours=hours)):
                collect_now(provider=provider)


def test_settle_a_refund(
    refund: Refund, processor: Processor, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    settle = ("payments", "settle-refund", str(refund.pk), *AS_CLERK, "--json")
    assert refusal_code(makegood_cli(*settle, "--given-back")) == "refund_not_stuck"
    lose(refund.provider, processor)
    with frozen_clock(now() + timedelta(hours=31)):
        assert refusal_code(makegood_cli(*settle, "--given-back")) == "reference_missing"
        assert refusal_code(makegood_cli(*settle, "--given-back", "--payment", "0")) == "refund_part_unknown"
        said = read_json(makegood_cli(*settle, "--given-back", "--reference", "re_7"))
    assert said["state"] == "done"
    assert_verified()


def test_settle_as_not_given_back(
    refund: Refund, processor: Processor, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    lose(refund.provider, processor)
    with frozen_clock(now() + timedelta(hours=31)):
        answer = makegood_cli("payments", "settle-refund", str(refund.pk), *AS_CLERK, "--not-given-back")
    assert answer.returncode == 0, answer.stderr
    refund.refresh_from_db()
    assert (refund.state, refunding.transfers_of(refund)) == ("failed", [("gateway", 6000, "failed")])
    assert_verified()
