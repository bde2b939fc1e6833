"""Who is told what became of a run."""

import pytest

from makegood.providers.models import Membership
from makegood.providers.services import set_limits
from makegood.runs.services.start_run import retry_failed
from tests.support import records
from tests.support.answers import Verified

pytestmark = pytest.mark.django_db


def test_the_requester_is_told_of_success_and_managers_of_failures(
    clerk: Membership, assert_verified: Verified
) -> None:
    north = clerk.provider
    manager, viewer = records.add_person(north, "manager"), records.add_person(north, "viewer")
    run = records.credit(clerk)
    [message] = records.messages(clerk)
    assert (message.level, message.title) == ("success", f"Credit run {run.pk} finished")
    assert message.body == "10 credited, 0 skipped, 0 failed. Total $100.00."
    assert (message.subject_type, message.subject_id) == ("run", run.pk)
    assert records.messages(manager) == []

    set_limits(provider=north, staff_id=None, largest_funds_minor=1000)
    failed = records.credit(clerk)
    told = records.messages(clerk)[-1]
    assert (told.level, told.title) == ("warning", f"Credit run {failed.pk} finished with failures")
    assert told.body == "0 credited, 0 skipped, 10 failed. Total $0.00."
    assert [message.title for message in records.messages(manager)] == [told.title]
    assert records.messages(viewer) == []
    assert_verified()


def test_who_retries_is_told_too_and_nobody_twice(clerk: Membership, assert_verified: Verified) -> None:
    manager = records.add_person(clerk.provider, "manager")
    draft = records.draft_credit(clerk)
    set_limits(provider=clerk.provider, staff_id=None, largest_funds_minor=1)
    run = records.finish(records.start(draft, clerk))
    set_limits(provider=clerk.provider, staff_id=None, largest_funds_minor=5000)
    run = records.finish(retry_failed(run=run, membership=manager))
    assert (run.rows_done, run.created_by, run.started_by) == (10, clerk.staff, manager.staff)
    assert len(records.messages(clerk)) == len(records.messages(manager)) == 2
    assert records.audit_of(run) == ["run.started", "run.finished", "run.retried", "run.finished"]
    assert_verified()
