"""Two workers in the same daily job, in threads with connections of their own."""

from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection

from makegood.days.locks import DaysLost, hold_days
from makegood.days.models import ProviderDay
from makegood.days.services import steps
from makegood.days.services.work_day import work_days
from makegood.emails.models import Message
from makegood.invoices.models import Charge, Invoice
from makegood.invoices.services.late import mark_late
from makegood.kit.sql import run_sql
from makegood.providers.models import Provider
from makegood.runs.models import Run
from tests.days.living import NEW_YEAR, add_north, live, work
from tests.support.answers import Verified
from tests.support.billing import add_billing_provider
from tests.support.moved_clock import moved_clock
from tests.support.together import Gate, at_once, held, in_background

pytestmark = pytest.mark.sql


@pytest.fixture
def north(committed_db: dict[str, str]) -> Provider:
    return add_north(customers=20)


def it_is(day: date) -> AbstractContextManager[None]:
    """Noon (UTC) of that day, in all threads."""
    return moved_clock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def test_of_two_at_once_one_works_and_nothing_is_done_twice(north: Provider, assert_verified: Verified) -> None:
    live(north, NEW_YEAR, NEW_YEAR)
    with it_is(date(2026, 2, 3)):
        for _ in range(3):
            at_once(*[lambda: work_days(provider=Provider.objects.get(pk=north.pk))] * 4)
    days = ProviderDay.objects.order_by("day")
    assert [day.day for day in days] == [NEW_YEAR + timedelta(days=n) for n in range(34)]
    assert all(day.is_finished and not day.failures for day in days)
    assert Invoice.objects.count() == 40
    assert Charge.objects.count() == 20
    assert Message.objects.filter(template="invoice_reminder").count() == 20
    assert Run.objects.filter(state="finished").count() == 2
    assert_verified()


def test_the_second_goes_away_while_the_first_is_in_the_middle_of_a_step(north: Provider) -> None:
    gate = Gate()
    with (
        mock.patch.object(steps, "mark_late", gate.before(mark_late)),
        it_is(NEW_YEAR),
        in_background(lambda: work_days(provider=Provider.objects.get(pk=north.pk))) as first,
    ):
        with held(gate):
            assert work_days(provider=north) is False
            assert ProviderDay.objects.get().step == "late"
        assert first.result() is True
    assert ProviderDay.objects.get().is_finished


def test_the_day_of_a_worker_that_died_is_taken_over_at_once(north: Provider, assert_verified: Verified) -> None:
    gate = Gate()

    def die(**how: object) -> None:
        gate.pass_through()
        run_sql("SET ROLE NONE")
        run_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    def work_and_die() -> bool:
        with mock.patch.object(steps, "mark_late", die):
            return work_days(provider=Provider.objects.get(pk=north.pk))

    with it_is(NEW_YEAR):
        with in_background(work_and_die) as first:
            gate.await_arrival()
            gate.open()
            assert first.result() is True
        assert (ProviderDay.objects.get().step, ProviderDay.objects.get().failures) == ("late", 0)
        assert work_days(provider=north)
    assert ProviderDay.objects.get().is_finished
    assert_verified()


def test_who_has_lost_the_connection_knows_that_the_days_are_not_held(north: Provider) -> None:
    with hold_days(north.pk) as hold:
        assert hold is not None
        hold.require()
        connection.close()
        with pytest.raises(DaysLost):
            hold.require()
    work(north, NEW_YEAR)
    assert ProviderDay.objects.get().is_finished


def test_two_providers_are_worked_at_the_same_time(north: Provider) -> None:
    south = add_billing_provider("south")
    with hold_days(north.pk) as hold:
        assert hold is not None
        with it_is(NEW_YEAR):
            assert at_once(lambda: work_days(provider=Provider.objects.get(pk=south.pk))) == [True]
            assert at_once(lambda: work_days(provider=Provider.objects.get(pk=north.pk))) == [False]
