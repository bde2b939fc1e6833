"""Giving up the rest of an invoice run that was stopped or is parked: what waits is discarded, and due again."""

from collections.abc import Callable
from datetime import date

import pytest
from pytest_django import Settings

from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.services.end_run import park
from makegood.runs.services.start_run import give_up_rest, resume_run, start_run, stop_run
from tests.days.living import live, work
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    draft_invoices,
    invoices_of,
    on_day,
)
from tests.support.records import add_person, audit_of, draft_credit, finish, outcomes, reload, start

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def provider(db: None) -> Provider:
    provider = add_billing_provider()
    for number in ("C1", "C2", "C3"):
        add_billed_customer(provider, number)
    return provider


@pytest.fixture
def manager(provider: Provider) -> Membership:
    return add_person(provider, "manager")


@pytest.fixture
def stopped(provider: Provider, manager: Membership, settings: Settings) -> Run:
    """An invoice run of January that was stopped after the first of three customers."""
    settings.MAKEGOOD_CHUNK_ROWS = 1
    run = draft_invoices(provider, FIRST, membership=manager)
    with on_day(FIRST):
        run = finish(start_run(run=run, membership=manager), after_step=lambda: _stop(run, manager))
    assert (run.state, run.rows_done, run.rows_waiting) == ("stopped", 1, 2)
    return run


def _stop(run: Run, manager: Membership) -> None:
    if reload(run).state == "running":
        stop_run(run=run, membership=manager)


def test_what_is_issued_stays_and_the_rest_is_discarded(
    provider: Provider, stopped: Run, manager: Membership, assert_verified: Verified
) -> None:
    with on_day(FIRST):
        run = give_up_rest(run=stopped, membership=manager)

    assert (run.state, run.rows_done, run.rows_skipped, run.rows_waiting) == ("finished", 1, 2, 0)
    assert outcomes(run) == {"C1": "invoiced", "C2": "draft_discarded", "C3": "draft_discarded"}
    assert [invoice.state for invoice in Invoice.objects.order_by("id")] == ["open", "void", "void"]
    assert audit_of(run)[-2:] == ["run.given_up", "run.finished"]
    assert_verified()


def test_whose_drafts_are_given_up_is_billed_by_the_next_day(
    provider: Provider, stopped: Run, manager: Membership, assert_verified: Verified
) -> None:
    with on_day(FIRST):
        give_up_rest(run=stopped, membership=manager)

    live(provider, FIRST, date(2026, 2, 2))

    for number in ("C1", "C2", "C3"):
        assert [invoice.period_from for invoice in invoices_of(provider, number)] == [FIRST, date(2026, 2, 1)]
    assert_verified()


def test_so_is_that_of_a_parked_run(provider: Provider, manager: Membership, assert_verified: Verified) -> None:
    run = draft_invoices(provider, FIRST, membership=manager)
    with on_day(FIRST):
        run = start_run(run=run, membership=manager)
        Run.objects.filter(pk=run.pk).update(state="running")
        park(reload(run), "The database answered: no.")
        run = give_up_rest(run=run, membership=manager)

    assert (run.state, run.rows_skipped, run.parked_because) == ("finished", 3, "")
    assert not Invoice.objects.exclude(state="void").exists()
    assert_verified()


def test_a_day_that_waits_for_its_run_goes_on_when_the_rest_is_given_up(
    provider: Provider, manager: Membership, assert_verified: Verified
) -> None:
    run = draft_invoices(provider, FIRST)
    with on_day(FIRST):
        run = stop_run(run=start_run(run=run, membership=None), membership=manager)
    [day] = work(provider, FIRST)
    assert (day.step, day.failure) == (
        "issue",
        f"Invoice run {run.pk} was stopped. Resume it, or give up the rest.",
    )

    with on_day(FIRST):
        give_up_rest(run=run, membership=manager)
    [day] = work(provider, FIRST)

    assert day.is_finished
    assert day.did["issued"] == {"customers": 3, "amount_minor": 6000}
    assert_verified()


def test_asked_twice_it_is_given_up_once(stopped: Run, manager: Membership, assert_verified: Verified) -> None:
    with on_day(FIRST):
        give_up_rest(run=stopped, membership=manager)
        again = give_up_rest(run=stopped, membership=manager)
        with pytest.raises(Refused) as refused:
            resume_run(run=again, membership=manager)

    assert refused.value.code == "run_not_resumable"
    assert audit_of(again).count("run.given_up") == 1
    assert_verified()


@pytest.mark.parametrize("given", ["draft", "queued"])
def test_what_does_not_rest_cannot_be_given_up(
    provider: Provider, manager: Membership, given: str, assert_verified: Verified
) -> None:
    run = draft_invoices(provider, FIRST, membership=manager)
    with on_day(FIRST):
        if given == "queued":
            run = start_run(run=run, membership=manager)
        with pytest.raises(Refused) as refused:
            give_up_rest(run=run, membership=manager)

    assert (refused.value.code, reload(run).state) == ("run_not_at_rest", given)
    assert_verified()


def test_only_who_may_bill_gives_up_what_somebody_else_asked_for(
    provider: Provider, stopped: Run, assert_verified: Verified
) -> None:
    agent = add_person(provider, "agent")
    with on_day(FIRST), pytest.raises(Refused) as refused:
        give_up_rest(run=stopped, membership=agent)

    assert (refused.value.code, reload(stopped).state) == ("not_allowed", "stopped")
    assert_verified()


def test_the_rest_of_a_credit_run_holds_nothing_up(
    provider: Provider, manager: Membership, assert_verified: Callable[[], None]
) -> None:
    with on_day(FIRST):
        run = stop_run(run=start(draft_credit(manager), manager), membership=manager)
        with pytest.raises(Refused) as refused:
            give_up_rest(run=run, membership=manager)

    assert (refused.value.code, reload(run).state) == ("nothing_to_give_up", "stopped")
    assert_verified()
