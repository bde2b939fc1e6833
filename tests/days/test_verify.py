"""What must hold for days, and which of them stand against closing a month."""

from datetime import date

import pytest

from makegood.days.pending_work import find_pending_days
from makegood.kit.invariants import find_differences
from makegood.ledger.models import GLCode
from makegood.providers.models import Provider
from tests.days.living import NEW_YEAR, live, work
from tests.support.ownership import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def broken() -> set[str]:
    return {difference.invariant for difference in find_differences()}


def test_a_day_beyond_the_providers_calendar_is_found(north: Provider) -> None:
    live(north, NEW_YEAR, date(2026, 1, 3))
    assert broken() == set()
    with as_owner():
        Provider.objects.update(day_reached=date(2026, 1, 2))
    assert broken() == {"days_in_order"}


def test_a_month_waits_for_its_days(north: Provider) -> None:
    month = date(2026, 1, 1)
    assert find_pending_days(north, month) == []
    live(north, NEW_YEAR, date(2026, 1, 30))
    [pending] = find_pending_days(north, month)
    assert pending.sentence == "The day 2026-01-31 has not been worked. Wait until it is finished."
    work(north, date(2026, 1, 31))
    assert find_pending_days(north, month) == []
    GLCode.objects.filter(type="tax").update(active=False)
    work(north, date(2026, 2, 1))
    assert find_pending_days(north, month) == []
    [pending] = find_pending_days(north, date(2026, 2, 1))
    assert pending.sentence == "The day 2026-02-01 waits at “Issue invoices”. Wait until it is finished."
