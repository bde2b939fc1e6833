"""Lists that are too long to be frozen while somebody waits: the worker does it."""

import pytest

from makegood.credits.services.take_back import prepare_take_back
from makegood.customers.models import Customer
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership
from makegood.runs.selectors import list_runs_without_worker
from makegood.runs.services import create_run
from makegood.runs.services.create_run import prepare_run
from makegood.runs.tasks import prepare
from tests.support import records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def test_a_large_list_is_frozen_by_the_worker(
    clerk: Membership, assert_verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(create_run, "LARGEST_LIST_FROZEN_AT_ONCE", 9)
    run = records.draft_credit(clerk)
    assert (run.state, run.rows_selected, run.rows.count(), records.count_jobs(run)) == ("preparing", 0, 0, 1)
    assert_verified()
    prepare(run.pk)
    run = records.reload(run)
    assert (run.state, run.rows_selected, run.total_minor) == ("draft", 10, 10_000)
    records.add_customer(clerk.provider, "Late")
    prepare_run(run_id=run.pk)
    assert records.reload(run).rows_selected == 10, "a list is frozen once"
    assert records.finish(records.start(run, clerk)).rows_done == 10
    assert_verified()


def test_a_large_list_that_has_become_empty_is_given_up_and_told(
    clerk: Membership, assert_verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(create_run, "LARGEST_LIST_FROZEN_AT_ONCE", 9)
    run = records.draft_credit(clerk, filter={"status": ["active"]})
    for customer in Customer.objects.all():
        close_customer(customer=customer, staff_id=None)
    prepare(run.pk)
    assert records.reload(run).state == "cancelled"
    [message] = records.messages(clerk)
    assert (message.level, message.title) == ("error", f"Credit run {run.pk} is cancelled")
    assert message.body == "Nothing is selected, so there is nothing to do. Nothing is booked."
    assert run not in list_runs_without_worker()
    assert_verified()


def test_a_large_take_back_is_frozen_by_the_worker(
    clerk: Membership, assert_verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = records.credit(clerk)
    monkeypatch.setattr(create_run, "LARGEST_LIST_FROZEN_AT_ONCE", 9)
    draft, _ = prepare_take_back(membership=clerk, run=run)
    assert draft.state == "preparing"
    prepare_run(run_id=draft.pk)
    assert records.finish(records.start(records.reload(draft), clerk)).rows_done == 10
    assert_verified()
