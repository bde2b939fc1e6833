"""What the issue of a day leaves over is kept with the day and told, so that nobody is left out without a word."""

from datetime import date, timedelta

import pytest

from makegood.customers.selectors import get_customer
from makegood.days.models import ProviderDay
from makegood.invoices.models import BillingAccount, OrderBilling
from makegood.notifications.models import Notification
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.services.start_run import cancel_run, give_up_rest, start_run, stop_run
from tests.days.living import NEW_YEAR, live, work
from tests.support.answers import Verified
from tests.support.billing import add_billed_customer, draft_invoices, invoices_of, on_day
from tests.support.ownership import break_booking, mend_booking
from tests.support.records import add_person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

SECOND = date(2026, 1, 2)


@pytest.fixture
def manager(north: Provider) -> Membership:
    return add_person(north, "manager")


def told(manager: Membership) -> list[tuple[str, str]]:
    """Title and text of what the manager was told, oldest first."""
    entries = Notification.objects.filter(staff=manager.staff).order_by("id")
    return list(entries.values_list("title", "body"))


def stopped_run(manager: Membership) -> Run:
    """An invoice run of New Year that the manager made and stopped before anything was issued."""
    run = draft_invoices(manager.provider, NEW_YEAR, membership=manager)
    with on_day(NEW_YEAR):
        return stop_run(run=start_run(run=run, membership=manager), membership=manager)


def test_drafts_of_a_stopped_run_are_named_once(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    run = stopped_run(manager)
    before = len(told(manager))

    days = live(north, NEW_YEAR, date(2026, 1, 3))

    assert [day.did for day in days] == [{"resting": {"customers": 2, "amount_minor": 0}}] * 3
    [(title, body)] = told(manager)[before:]
    assert title == "2 draft invoices are not gone on with"
    assert f"run {run.pk} of Jan 1, 2026 was stopped (2)" in body
    assert Notification.objects.latest("id").subject_id == run.pk
    with on_day(date(2026, 1, 3)):
        give_up_rest(run=run, membership=manager)
    assert "resting" not in work(north, date(2026, 1, 4))[0].did
    assert len(invoices_of(north, "C1")) == 1
    assert_verified()


def test_drafts_that_nobody_issues_are_named_when_they_are_a_week_old(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    run = draft_invoices(north, NEW_YEAR, membership=manager)

    days = live(north, NEW_YEAR, date(2026, 1, 9))

    assert [day.day for day in days if day.did] == [date(2026, 1, 8), date(2026, 1, 9)]
    [(_, body)] = told(manager)
    assert f"run {run.pk} of Jan 1, 2026 is a draft still (2)" in body
    with on_day(date(2026, 1, 9)):
        cancel_run(run=run, membership=manager)
    assert work(north, date(2026, 1, 10))[0].did == {"issued": {"customers": 2, "amount_minor": 4000}}
    assert_verified()


def test_who_is_due_and_could_not_be_billed_is_counted_and_told_once(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    break_booking([get_customer(north, "C1")], "23514")
    days = live(north, NEW_YEAR, SECOND)
    mend_booking()

    assert [day.did["not_billed"] for day in days] == [{"customers": 1, "amount_minor": 0}] * 2
    assert [title for title, _ in told(manager)].count("A customer is due and got no invoice") == 1
    [day] = work(north, SECOND + timedelta(days=1))
    assert day.did == {"issued": {"customers": 1, "amount_minor": 2000}}
    assert_verified()


def test_whose_period_was_billed_already_is_not_left_out_silently(north: Provider, manager: Membership) -> None:
    work(north, NEW_YEAR)
    BillingAccount.objects.filter(customer__number="C1").update(next_period_on=NEW_YEAR)
    OrderBilling.objects.filter(customer__number="C1").update(billed_until=NEW_YEAR)

    [day] = work(north, SECOND)

    assert day.is_finished
    assert day.did["not_billed"]["customers"] == 1
    assert [title for title, _ in told(manager)] == ["A customer is due and got no invoice"]


def test_who_is_billed_or_has_nothing_is_not_counted(north: Provider, assert_verified: Verified) -> None:
    add_billed_customer(north, "C3", orders=0)
    add_billed_customer(north, "C4", billing_enabled=False)

    days = live(north, NEW_YEAR, date(2026, 2, 2))

    assert not {"not_billed", "resting"} & {name for day in days for name in day.did}
    assert ProviderDay.objects.filter(finished_at=None).count() == 0
    assert_verified()
