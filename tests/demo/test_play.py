"""The demo provider's last three months: something of everything, and the same each time."""

from datetime import UTC, date, datetime
from unittest import mock

import pytest

from makegood.credits.models import Credit, CreditUse
from makegood.days.models import ProviderDay
from makegood.demo.habits import Habit, Owed, habit_of, pays_on
from makegood.demo.play import first_day_of_play, play_demo
from makegood.demo.services import fill_demo
from makegood.invoices.models import BillingAccount, BillingSettings, Charge, Invoice
from makegood.invoices.rules import OWED, State
from makegood.kit.clock import frozen_clock
from makegood.kit.jobs import JobContext
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.payments.models import Collection, Payment, Refund
from makegood.payments.rules import RefundPurpose, RefundState
from makegood.payments.rules import State as PaymentState
from makegood.payments.selectors_failed import count_failed
from makegood.providers.calendar import is_played
from makegood.providers.models import Provider
from makegood.runs.models import Run
from makegood.runs.services.enqueue import enqueue
from makegood.runs.tasks import carry_out_run
from tests.support import records
from tests.support.answers import Verified

TODAY = datetime(2026, 11, 22, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 22), date(2026, 8, 22)),
        (date(2026, 5, 31), date(2026, 2, 28)),
        (date(2026, 1, 1), date(2025, 10, 1)),
        (date(2028, 5, 30), date(2028, 2, 29)),
    ],
)
def test_the_play_begins_three_months_before(today: date, first: date) -> None:
    assert first_day_of_play(today) == first


def test_customers_keep_their_habits() -> None:
    numbers = [str(100_001 + n) for n in range(1_200)]
    habits = [habit_of(number) for number in numbers]
    assert habits == [habit_of(number) for number in numbers]
    assert set(habits) == set(Habit)
    never = numbers[habits.index(Habit.NEVER)]
    assert pays_on(Owed(never, date(2026, 9, 1), date(2026, 9, 15), 1000)) is None
    tardy = numbers[habits.index(Habit.TARDY)]
    paid = pays_on(Owed(tardy, date(2026, 9, 1), date(2026, 9, 15), 1000))
    assert paid is not None
    assert paid > date(2026, 9, 15)


@pytest.mark.django_db
def test_three_months_have_something_of_everything(assert_verified: Verified) -> None:
    with frozen_clock(TODAY):
        provider = fill_demo()
        assert play_demo(provider=provider)
        days = list(ProviderDay.objects.order_by("day"))
        assert (days[0].day, days[-1].day) == (date(2026, 8, 22), date(2026, 11, 22))
        assert all(day.is_finished and not day.failures for day in days)
        states = dict.fromkeys(State.values, 0) | _count_states()
        assert all(states[state] > 0 for state in State.values if state != State.DRAFT)
        assert states[State.PAID] > 1_000
        assert Charge.objects.filter(late_fee_of__isnull=False).exists()
        assert Charge.objects.filter(late_fee_of=None).count() > 10
        assert Order.objects.filter(suspended_late_on__isnull=False).count() > 5
        assert CreditUse.objects.exists()
        assert Credit.objects.filter(expired_minor__gt=0).exists()
        assert Payment.objects.filter(state="reversed").exists()
        autopay = dict.fromkeys(PaymentState.values, 0) | _count_autopay()
        assert autopay[PaymentState.SUCCEEDED] > 500
        assert all(autopay[state] > 0 for state in (PaymentState.FAILED, PaymentState.RETURNED))
        assert Collection.objects.filter(given_up_on__isnull=False).exists()
        assert_money_went_back(provider)
        assert Payment.objects.exclude(state="reversed").count() > 100
        assert BillingAccount.objects.filter(cycle="anniversary").count() > 5
        assert Invoice.objects.filter(tax_minor__gt=0).exists()
        # Again on the same day it plays nothing.
        assert play_demo(provider=provider)
        assert ProviderDay.objects.count() == len(days)
    assert_verified()


def assert_money_went_back(provider: Provider) -> None:
    """What the pages of refunds, pay-outs, disputes and failed payments are about is there at the end."""
    made = Refund.objects.filter(provider=provider)
    done = made.filter(purpose=RefundPurpose.REFUND, state=RefundState.DONE)
    assert done.filter(follow="settle").count() > 3
    assert done.filter(follow="settle", funds_minor__gt=0).exists()
    assert done.filter(follow="leave_open").exists()
    assert made.filter(state=RefundState.FAILED).exists()
    assert made.filter(transfers__bounced_at__isnull=False).exists()
    assert made.filter(state=RefundState.PENDING).exists()
    assert made.filter(purpose=RefundPurpose.PAY_OUT, state=RefundState.DONE).exists()
    charged = Payment.objects.filter(provider=provider, purpose="charge")
    seen = set(charged.values_list("state", flat=True))
    assert {PaymentState.SUCCEEDED, PaymentState.FAILED, PaymentState.UNKNOWN} <= seen
    assert Payment.objects.filter(provider=provider, state=PaymentState.DISPUTED).exists()
    assert Invoice.objects.filter(provider=provider, by_hand=True, state__in=OWED).exists()
    stage = count_failed(provider)
    assert stage.tried_again > 0
    assert stage.given_up > 0


@pytest.mark.django_db
def test_only_a_demo_provider_is_played() -> None:
    provider = records.add_provider()
    for role in ("admin", "billing", "manager"):
        records.add_person(provider, role, f"{role}@demo.example")
    with pytest.raises(Refused, match="is not a demo provider"):
        play_demo(provider=provider)
    assert not ProviderDay.objects.exists()
    assert not BillingSettings.objects.exists()


@pytest.mark.django_db
def test_a_worker_leaves_the_runs_of_a_provider_that_is_played_alone() -> None:
    manager = records.add_person(records.add_provider(), "manager")
    records.add_customers(manager.provider, 2)
    run = records.start(records.draft_credit(manager), manager)
    Provider.objects.update(is_demo=True, day_reached=date(2026, 1, 1))
    with frozen_clock(datetime(2026, 1, 1, 20, tzinfo=UTC)):
        assert not is_played(Provider.objects.get())
    with frozen_clock(datetime(2026, 1, 2, 20, tzinfo=UTC)):
        assert is_played(Provider.objects.get())
        enqueue(run)
        carry_out_run.func(mock.Mock(spec=JobContext), run.pk)
        assert Run.objects.get(pk=run.pk).state == "queued"


def _count_autopay() -> dict[str, int]:
    states = list(Payment.objects.filter(purpose="autopay").values_list("state", flat=True))
    return {state: states.count(state) for state in set(states)}


def _count_states() -> dict[str, int]:
    states = list(Invoice.objects.values_list("state", flat=True))
    return {state: states.count(state) for state in set(states)}
