"""Collecting from the job's side: who is woken, and that all that is due is done."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from makegood.payments.models import Payment
from makegood.payments.services.collect_now import collect_now, list_busy
from makegood.payments.tasks import wake_each_minute
from makegood.payments.wake import wake_collecting
from makegood.providers.models import Provider
from tests.payments.collecting import NOON, add_payer, after, charge, gateway_of
from tests.support import records, sandbox
from tests.support.answers import Verified

pytestmark = pytest.mark.django_db


def test_everything_that_is_due_is_done_of_this_provider_alone(north: Provider, assert_verified: Verified) -> None:
    south = records.add_provider("south")
    for provider in (north, south):
        for number, outcome in enumerate(("card_succeeds", "card_timeout", "ach_succeeds"), start=1):
            add_payer(provider, f"C{number}", outcome)
        charge(provider)
    with after():
        assert collect_now(provider=north) == 3
    with after(minutes=1):
        assert collect_now(provider=north) == 1
    states = Payment.objects.filter(provider=north).order_by("customer_id").values_list("state", flat=True)
    assert list(states) == ["succeeded", "succeeded", "submitted"]
    assert set(Payment.objects.filter(provider=south).values_list("state", flat=True)) == {"created"}
    assert_verified()


def test_nobody_is_busy_once_everything_is_done(north: Provider) -> None:
    with after():
        sandbox.connect(north)
        assert list_busy() == []
    add_payer(north)
    charge(north)
    with after():
        assert list_busy() == [gateway_of(north)]
        collect_now(provider=north)
        assert list_busy() == []


def test_each_minute_a_job_is_given_to_whom_something_is_due(north: Provider) -> None:
    sandbox.connect(records.add_provider("south"))
    add_payer(north)
    charge(north)
    with after():
        wake_each_minute(timestamp=int(NOON.timestamp()))
    jobs = ProcrastinateJob.objects.filter(task_name="payments.collect")
    assert list(jobs.values_list("args", flat=True)) == [{"provider_id": north.pk}]


def test_whoever_is_woken_gets_a_job(north: Provider) -> None:
    wake_collecting(sandbox.connect(north))
    assert ProcrastinateJob.objects.filter(task_name="payments.collect").count() == 1
