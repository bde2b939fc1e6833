"""Which days are worked, and when they begin: time zones, clocks put forward and back, long and short months."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from makegood.days.models import ProviderDay
from makegood.days.rules import morning_of, next_day
from makegood.days.selectors import find_days_to_work
from makegood.days.services.work_day import work_days
from makegood.kit.clock import frozen_clock
from makegood.kit.sql import run_sql
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from tests.days.living import live, local, work, work_at
from tests.support.answers import Verified
from tests.support.billing import add_billed_customer, add_billing_provider, invoices_of, on_day
from tests.support.records import add_provider

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def test_a_day_begins_at_midnight_in_the_providers_time_zone(db: None) -> None:
    honolulu = add_provider("aloha", timezone="Pacific/Honolulu")
    auckland = add_provider("kia-ora", timezone="Pacific/Auckland")
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert work_at(honolulu, noon) == [date(2026, 7, 1)]
    assert work_at(auckland, noon) == [date(2026, 7, 2)]
    midnight = local("Pacific/Honolulu", 2026, 7, 2)
    assert midnight == datetime(2026, 7, 2, 10, tzinfo=UTC)
    assert work_at(honolulu, midnight - timedelta(seconds=1)) == []
    assert work_at(honolulu, midnight) == [date(2026, 7, 2)]
    assert work_at(auckland, midnight) == []
    assert work_at(auckland, local("Pacific/Auckland", 2026, 7, 3)) == [date(2026, 7, 3)]


@pytest.mark.parametrize(
    ("timezone", "day"),
    [
        ("America/Los_Angeles", date(2026, 3, 8)),
        ("America/Los_Angeles", date(2026, 11, 1)),
        ("Pacific/Auckland", date(2026, 4, 5)),
        ("Pacific/Auckland", date(2026, 9, 27)),
        # The clocks go from midnight to one.
        ("Africa/Cairo", date(2026, 4, 24)),
    ],
)
def test_when_clocks_are_put_forward_or_back_each_day_is_worked_once(db: None, timezone: str, day: date) -> None:
    provider = add_provider(timezone=timezone)
    moment = local(timezone, day.year, day.month, day.day) - timedelta(days=1)
    worked = []
    for hours in range(3 * 24):
        worked += work_at(provider, moment + timedelta(hours=hours))
    assert worked == sorted(set(worked))
    assert {day - timedelta(days=1), day, day + timedelta(days=1)} <= set(worked)
    assert morning_of(day, timezone).astimezone(local(timezone, 2026, 1, 1).tzinfo) == morning_of(day, timezone)


def test_a_clock_that_goes_back_does_nothing(db: None) -> None:
    provider = add_provider()
    work(provider, date(2026, 5, 10))
    assert work(provider, date(2026, 5, 3)) == []
    with on_day(date(2026, 5, 3)):
        assert today_of(Provider.objects.get()) == date(2026, 5, 10)
        assert find_days_to_work() == []
    assert work(provider, date(2026, 5, 10)) == []
    assert [day.day for day in work(provider, date(2026, 5, 11))] == [date(2026, 5, 11)]


def test_the_leap_day_is_a_day_like_others(db: None, assert_verified: Verified) -> None:
    provider = add_billing_provider(invoices_from=date(2028, 1, 1))
    add_billed_customer(provider, from_date=date(2028, 1, 31), anniversary=True)
    days = live(provider, date(2028, 1, 31), date(2028, 4, 1))
    assert date(2028, 2, 29) in [day.day for day in days]
    assert [invoice.issued_on for invoice in invoices_of(provider)] == [
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
    ]
    assert [invoice.total_minor for invoice in invoices_of(provider)] == [2000, 2000, 2000]
    assert_verified()


def test_months_of_all_lengths_are_billed_on_their_first_day(db: None) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    live(provider, date(2026, 1, 1), date(2026, 5, 2))
    assert [invoice.issued_on for invoice in invoices_of(provider)] == [date(2026, month, 1) for month in range(1, 6)]


def test_nothing_is_made_up_for_from_before_the_first_day() -> None:
    today = date(2026, 5, 10)
    assert next_day(None, today) == today
    assert next_day(date(2026, 5, 1), today) == date(2026, 5, 2)
    assert next_day(today, today) is None
    assert next_day(date(2026, 5, 1), today, date(2026, 5, 1)) is None
    assert next_day(date(2026, 12, 31), date(2027, 1, 1)) == date(2027, 1, 1)


def test_one_query_finds_that_nothing_is_to_be_done(db: None) -> None:
    providers = [add_provider(slug) for slug in ("north", "south", "west")]
    with on_day(date(2026, 5, 10)):
        assert [each.slug for each in find_days_to_work()] == ["north", "south", "west"]
        for provider in providers[:2]:
            work_days(provider=provider)
        with CaptureQueriesContext(connection) as asked:
            assert [each.slug for each in find_days_to_work()] == ["west"]
        assert len(asked) == 1


def test_a_demo_providers_first_day_does_not_begin_by_itself(db: None) -> None:
    add_provider()
    Provider.objects.update(is_demo=True)
    assert find_days_to_work() == []


def test_the_database_lets_no_day_be_left_out_or_done_again(db: None) -> None:
    provider = add_provider()
    work(provider, date(2026, 5, 10))
    for day in (date(2026, 5, 12), date(2026, 5, 9), date(2026, 5, 10)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProviderDay.objects.create(provider=provider, day=day, started_at=morning_of(day, "UTC"))
    with pytest.raises(IntegrityError, match="is finished"), transaction.atomic():
        run_sql("UPDATE provider_day SET step = 'begin', finished_at = NULL")


def test_a_moment_between_two_days_belongs_to_the_later(db: None) -> None:
    provider = add_provider(timezone="UTC")
    with frozen_clock(datetime(2026, 5, 10, 23, 59, 59, tzinfo=UTC)):
        work_days(provider=provider)
    assert work_at(provider, datetime(2026, 5, 11, tzinfo=UTC)) == [date(2026, 5, 11)]
