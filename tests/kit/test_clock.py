"""What time it is, and what day it is for a provider."""

from datetime import UTC, date, datetime, timedelta, timezone

from makegood.kit.clock import frozen_clock, now, today_in


def test_now_is_aware_and_in_utc() -> None:
    assert now().tzinfo is UTC
    assert abs(datetime.now(UTC) - now()) < timedelta(minutes=1)


def test_a_frozen_clock_stands_still_and_runs_again_afterwards() -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    with frozen_clock(at):
        assert now() == at
        assert now().tzinfo is UTC
        with frozen_clock(at + timedelta(days=8)):
            assert now() == at + timedelta(days=8)
        assert now() == at
    assert now() > at


def test_each_time_zone_has_its_own_day() -> None:
    with frozen_clock(datetime(2026, 1, 1, 5, tzinfo=UTC)):
        assert today_in("America/Los_Angeles") == date(2025, 12, 31)
        assert today_in("UTC") == date(2026, 1, 1)
        assert today_in("Pacific/Kiritimati") == date(2026, 1, 1)
