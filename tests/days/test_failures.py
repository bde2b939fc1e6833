"""A step that fails: it is tried again, the day goes on from there, and managers are told once."""

from datetime import date
from unittest import mock

import pytest
from django.db import OperationalError

from makegood.days.models import ProviderDay
from makegood.invoices.models import Charge
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.notifications.models import Notification
from makegood.providers.models import Provider
from makegood.runs.models import Run
from makegood.runs.services.start_run import resume_run
from tests.days.living import NEW_YEAR, live, work
from tests.support.answers import Verified
from tests.support.billing import invoices_of, on_day
from tests.support.records import add_person, finish

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEES_ON = date(2026, 1, 20)


def test_the_day_goes_on_from_the_step_that_failed(north: Provider, assert_verified: Verified) -> None:
    manager = add_person(north, "manager")
    live(north, NEW_YEAR, date(2026, 1, 19))
    GLCode.objects.filter(type="fee").update(active=False)
    for _ in range(3):
        [day] = work(north, FEES_ON)
    assert (day.step, day.failed_step, day.is_finished) == ("late_fees", "late_fees", False)
    kept = ProviderDay.objects.get(day=FEES_ON)
    assert (kept.failures, kept.failure) == (
        3,
        "North has no active GL code of type fee. Add one under GL Codes.",
    )
    [told] = Notification.objects.filter(staff=manager.staff)
    assert (told.level, told.title) == ("error", "The daily work of Jan 20, 2026 waits")
    assert "no active GL code of type fee" in told.body
    # Later days wait.
    assert [each.day for each in work(north, date(2026, 1, 22))] == [FEES_ON]
    GLCode.objects.filter(type="fee").update(active=True)
    days = work(north, date(2026, 1, 22))
    assert [each.is_finished for each in days] == [True] * 3
    assert days[0].did["late_fees"] == {"customers": 2, "amount_minor": 1400}
    assert (days[0].failures, days[0].failed_step) == (4, "late_fees")
    assert Charge.objects.count() == 2
    assert_verified()


def test_a_defect_is_kept_and_told_too(north: Provider) -> None:
    with mock.patch("makegood.days.services.steps.mark_late", side_effect=ValueError("what is this")):
        [day] = work(north, NEW_YEAR)
    assert (day.step, day.failure) == ("late", "ValueError: what is this")
    assert work(north, NEW_YEAR)[0].is_finished


def test_a_database_that_is_away_is_waited_for_without_a_word(north: Provider) -> None:
    add_person(north, "manager")
    away = OperationalError("the connection is lost")
    with mock.patch("makegood.days.services.steps.begin_day", side_effect=away):
        [day] = work(north, NEW_YEAR)
    assert (day.step, day.failures) == ("begin", 0)
    assert not Notification.objects.exists()


def test_a_parked_invoice_run_holds_the_day_until_a_person_resumes_it(
    north: Provider, assert_verified: Verified
) -> None:
    manager = add_person(north, "manager")
    broken = mock.patch(
        "makegood.invoices.invoice_run_kind.InvoiceRunKind.book", side_effect=ZeroDivisionError("a defect")
    )
    with broken:
        [day] = work(north, NEW_YEAR)
    run = Run.objects.get()
    assert (day.step, run.state) == ("issue", "parked")
    work(north, NEW_YEAR)
    day = ProviderDay.objects.get()
    assert day.failure.startswith(f"Invoice run {run.pk} is parked.")
    with on_day(NEW_YEAR):
        resume_run(run=run, membership=manager)
        finish(run)
    [day] = work(north, NEW_YEAR)
    assert day.is_finished
    assert Run.objects.count() == 1
    assert len(invoices_of(north, "C1")) == 1
    assert_verified()


def test_a_worker_that_is_asked_to_end_leaves_the_rest(north: Provider) -> None:
    from makegood.days.services.work_day import work_days

    with on_day(NEW_YEAR):
        assert work_days(provider=north, should_let_go=lambda: True)
    assert not ProviderDay.objects.exists()
    asked = iter([False, False, True])
    with on_day(NEW_YEAR):
        work_days(provider=north, should_let_go=lambda: next(asked, True))
    assert not ProviderDay.objects.get().is_finished
    assert work(north, NEW_YEAR)[0].is_finished


def test_refusals_are_told_in_their_own_words(north: Provider) -> None:
    refused = Refused("gl_code_missing", "There is no GL code of taxes.", "gl_code")
    with mock.patch("makegood.days.services.issue.prepare_invoice_run", side_effect=refused):
        [day] = work(north, NEW_YEAR)
    assert day.failure == "There is no GL code of taxes."
