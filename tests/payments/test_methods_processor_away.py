"""The processor is away in each step: nothing is lost, nothing is done twice, and it can be done again."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway, GatewayCustomer
from makegood.gateways.registry import open_gateway
from makegood.gateways.selectors import get_active_gateway
from makegood.kit.clock import frozen_clock, now
from makegood.kit.refusal import Refused
from makegood.notifications.models import Notification
from makegood.payments.models import PaymentMethod
from makegood.payments.services.detach import GIVE_UP_AFTER, detach_everywhere, detach_removed
from makegood.payments.services.entering import finish_entering, start_entering
from makegood.payments.services.methods import add_method_by_reference, remove_method
from makegood.providers.models import Membership, Provider
from tests.support import records
from tests.support.answers import Verified
from tests.support.collecting import connect_processor, through_stripe
from tests.support.stripe_proxy import Processor, Wrong, refusal

AWAY, BUSY, LOST = "cut", 429, "cut_after"
STEPS = ("read_method", "make_customer", "change_method")


@pytest.fixture
def processor(north: Provider) -> Iterator[Processor]:
    with through_stripe(north) as processor:
        yield processor


@pytest.fixture
def gateway(north: Provider, processor: Processor) -> Gateway:
    return get_active_gateway(north)


@pytest.fixture
def agent(north: Provider, gateway: Gateway) -> Membership:
    return records.add_person(north, "agent")


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def owner_of(method: PaymentMethod) -> str:
    """Whose it is at the processor; empty if nobody's."""
    return open_gateway(method.gateway).read_method(method.reference).customer


@pytest.fixture
def add(agent: Membership, customer: Customer, processor: Processor) -> Callable[[], PaymentMethod]:
    """Adds a card to the customer, a new one in each test and the same each time."""
    card = processor.add_card()
    return lambda: add_method_by_reference(membership=agent, customer=customer, reference=card)


Add = Callable[[], PaymentMethod]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("how", "code"), [(AWAY, "processor_away"), (BUSY, "processor_busy"), (LOST, "processor_away")]
)
def test_adding_can_be_done_again_from_every_step(
    add: Add, processor: Processor, step: str, how: Wrong, code: str, assert_verified: Verified
) -> None:
    with processor.failing(step, how):
        assert code_of(add) == code
    assert not PaymentMethod.objects.exists()
    added = add()
    assert added.is_default
    [known] = GatewayCustomer.objects.all()
    assert owner_of(added) == known.reference, "attached once, to one customer"
    assert_verified()


def test_the_customer_is_asked_for_with_the_same_key_again(
    add: Add, processor: Processor, assert_verified: Verified
) -> None:
    with processor.failing("make_customer", LOST) as asked:
        assert code_of(add) == "processor_away"
        assert add().is_default
    assert len(asked()) == 2
    assert asked()[0].key == asked()[1].key
    assert_verified()


@pytest.mark.parametrize("how", [AWAY, BUSY, 401, LOST])
def test_a_removed_one_is_charged_no_more_here_and_the_processor_is_told_later(
    add: Add, agent: Membership, gateway: Gateway, processor: Processor, how: Wrong, assert_verified: Verified
) -> None:
    method = add()
    with processor.failing("change_method", how, how):
        assert not remove_method(membership=agent, method=method)
        method.refresh_from_db()
        assert (method.is_default, method.removed_at is not None, method.detached_at) == (False, True, None)
        assert detach_removed(gateway=gateway) == 0
    assert detach_removed(gateway=gateway) == 1
    method.refresh_from_db()
    assert method.detached_at is not None
    assert owner_of(method) == ""
    assert detach_removed(gateway=gateway) == 0
    assert_verified()


def test_every_processor_is_told_of_what_it_missed_for_a_week(
    add: Add, agent: Membership, processor: Processor, assert_verified: Verified
) -> None:
    south = records.add_provider("south")
    connect_processor(south)
    somebody = records.add_person(south, "agent")
    customer = records.add_customer(south, "S1")
    theirs = add_method_by_reference(membership=somebody, customer=customer, reference=processor.add_card())
    ours = add()
    with processor.failing("change_method", AWAY, AWAY):
        remove_method(membership=somebody, method=theirs)
        remove_method(membership=agent, method=ours)
    with frozen_clock(now() + GIVE_UP_AFTER + timedelta(hours=1)):
        assert detach_everywhere() == 0, "given up"
    assert detach_everywhere() == 2
    assert [owner_of(method) for method in (theirs, ours)] == ["", ""]
    assert_verified()


def test_managers_are_told_once_of_what_the_processor_keeps(
    add: Add, agent: Membership, processor: Processor, assert_verified: Verified
) -> None:
    records.add_person(agent.provider, "manager")
    method = add()
    with processor.failing("change_method", AWAY):
        remove_method(membership=agent, method=method)
    for hours in (-1, 1, 2, 30):
        later = now() + GIVE_UP_AFTER + timedelta(hours=hours)
        with frozen_clock(later), processor.failing("change_method", AWAY):
            detach_everywhere()
        assert Notification.objects.count() == (0 if hours < 0 else 1)
    told = Notification.objects.get()
    assert told.title == "Visa ending 4242 of customer C1 is removed here, and not at the processor"
    assert method.reference in told.body
    assert_verified()


def test_a_person_can_have_the_processor_told_again(
    add: Add, agent: Membership, processor: Processor, assert_verified: Verified
) -> None:
    method = add()
    with processor.failing("change_method", AWAY):
        assert not remove_method(membership=agent, method=method)
    assert remove_method(membership=agent, method=method)
    assert owner_of(method) == ""
    assert_verified()


def test_the_processor_is_asked_no_further_after_the_first_that_it_does_not_answer(
    agent: Membership, customer: Customer, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    methods = [
        add_method_by_reference(
            membership=agent, customer=customer, reference=processor.add_card(), as_default=number == 0
        )
        for number in range(3)
    ]
    with processor.failing("change_method", *[AWAY] * 4) as asked:
        for method in (methods[1], methods[2]):
            remove_method(membership=agent, method=method)
        assert detach_removed(gateway=gateway) == 0
    assert len(asked()) == 3
    assert detach_removed(gateway=gateway, should_let_go=lambda: True) == 0
    assert detach_removed(gateway=gateway) == 2
    assert_verified()


def test_one_that_the_processor_refuses_keeps_no_other_waiting(
    agent: Membership, customer: Customer, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    methods = [
        add_method_by_reference(
            membership=agent, customer=customer, reference=processor.add_card(), as_default=number == 0
        )
        for number in range(3)
    ]
    with processor.failing("change_method", AWAY, AWAY):
        for method in (methods[1], methods[2]):
            remove_method(membership=agent, method=method)
    with processor.failing("change_method", refusal("not_now")):
        assert detach_removed(gateway=gateway) == 1
    assert detach_removed(gateway=gateway) == 1
    assert_verified()


@pytest.mark.parametrize("step", ["make_customer", "start_setup"])
def test_a_card_can_be_begun_again(
    agent: Membership, customer: Customer, processor: Processor, step: str, assert_verified: Verified
) -> None:
    with processor.failing(step, AWAY):
        assert code_of(lambda: start_entering(membership=agent, customer=customer)) == "processor_away"
    assert start_entering(membership=agent, customer=customer).proof
    assert_verified()


def test_a_card_that_was_entered_is_taken_once_the_processor_answers(
    agent: Membership, customer: Customer, processor: Processor, assert_verified: Verified
) -> None:
    entering = start_entering(membership=agent, customer=customer)
    processor.confirm_setup(entering.client_secret.partition("_secret_")[0], processor.add_card())

    def finish() -> PaymentMethod:
        return finish_entering(membership=agent, customer=customer, proof=entering.proof)

    with processor.failing("finish_setup", AWAY, BUSY, LOST):
        assert [code_of(finish) for _ in range(3)] == ["processor_away", "processor_busy", "processor_away"]
    first = finish()
    assert finish().pk == first.pk
    assert_verified()
