"""Invoices asked for and issued at the same moment: each period once, numbers without gaps."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial

import pytest
from pytest_django import Settings

from makegood.audit.models import AuditEntry
from makegood.invoices.models import Invoice
from makegood.invoices.services.invoice_run import prepare_invoice_run
from makegood.kit.refusal import Refused
from makegood.kit.sql import run_sql
from makegood.orders.services.change_order import change_price
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.services.start_run import start_run
from tests.support.billing import FIRST, add_billing_provider, order_of, set_up_billing
from tests.support.moved_clock import moved_clock
from tests.support.records import add_customers, add_person, add_provider, finish, reload
from tests.support.together import at_once

CUSTOMERS = 120
NOON = datetime(2026, 1, 1, 20, tzinfo=UTC)


@pytest.fixture
def provider(committed_db: dict[str, str], settings: Settings) -> Iterator[Provider]:
    """A provider with 120 customers who are due, on the first day of its invoices; runs go in small chunks."""
    settings.MAKEGOOD_CHUNK_ROWS = 20
    provider = add_billing_provider()
    add_customers(provider, CUSTOMERS)
    with moved_clock(NOON):
        yield provider


def prepare(provider: Provider, key: str | None = None, day: date = FIRST, membership: Membership | None = None) -> Run:
    """A draft run of everybody who is due."""
    return prepare_invoice_run(membership=membership, provider=provider, day=day, key=key)[0]


def issue(run: Run) -> Run:
    """The run, carried out by this thread unless another one does."""
    return finish(start_run(run=run, membership=None))


def numbers(provider: Provider) -> list[int | None]:
    """All invoice numbers, in order."""
    given = Invoice.objects.filter(provider=provider, number__isnull=False).order_by("number")
    return list(given.values_list("number", flat=True))


def test_two_runs_drafted_at_the_same_moment_bill_everybody_once(
    provider: Provider, assert_verified: Callable[[], None]
) -> None:
    drafted = at_once(*[partial(prepare, provider)] * 3)

    runs = [run for run in drafted if isinstance(run, Run)]
    refused = [run for run in drafted if isinstance(run, Refused)]
    assert {refusal.code for refusal in refused} <= {"nobody_due"}
    assert sum(run.rows_selected for run in runs) == CUSTOMERS
    at_once(*[partial(issue, run) for run in runs])
    assert numbers(provider) == list(range(1, CUSTOMERS + 1))
    assert Invoice.objects.values("customer").distinct().count() == CUSTOMERS
    assert_verified()


def test_runs_issued_at_the_same_moment_share_the_numbers(
    provider: Provider, assert_verified: Callable[[], None]
) -> None:
    other = add_provider("south")
    set_up_billing(other, invoices_from=FIRST)
    add_customers(other, CUSTOMERS)
    first, second = prepare(provider), prepare(other)

    at_once(*[partial(issue, run) for run in (first, first, second, second)])

    assert (reload(first).rows_done, reload(second).rows_done) == (CUSTOMERS, CUSTOMERS)
    assert numbers(provider) == numbers(other) == list(range(1, CUSTOMERS + 1))
    assert_verified()


def test_the_same_key_gives_one_run(provider: Provider, assert_verified: Callable[[], None]) -> None:
    runs = at_once(*[partial(prepare, provider, "january")] * 4)

    assert len({run.pk for run in runs if isinstance(run, Run)}) == 1
    assert not [run for run in runs if isinstance(run, Refused)]
    assert_verified()


def test_two_people_who_issue_the_same_run_at_once_issue_it_once(
    provider: Provider, assert_verified: Callable[[], None]
) -> None:
    people = [add_person(provider, role, f"{role}@north.example") for role in ("billing", "manager")]
    run = prepare(provider, membership=people[0])

    answers = at_once(*[partial(start_run, run=run, membership=person) for person in people * 2])
    at_once(*[partial(finish, run)] * 3)

    assert [answer.state for answer in answers if isinstance(answer, Run)] == ["queued"] * 4
    assert AuditEntry.objects.filter(action="run.started").count() == 1
    assert len(run_sql("SELECT FROM procrastinate_jobs WHERE task_name = 'runs.carry_out'")) == 1
    run = reload(run)
    assert (run.state, run.rows_done, run.started_by in [person.staff for person in people]) == (
        "finished",
        CUSTOMERS,
        True,
    )
    assert numbers(provider) == list(range(1, CUSTOMERS + 1))
    assert_verified()


def test_a_price_that_changes_while_invoices_are_issued_is_in_them_or_makes_them_wait(
    provider: Provider, assert_verified: Callable[[], None]
) -> None:
    run = prepare(provider)

    def change() -> None:
        for number in range(1, CUSTOMERS, 7):
            order = order_of(provider, f"C{number}-1")
            change_price(order=order, price_minor=100, effective_from=FIRST, staff_id=None)

    at_once(partial(issue, run), change)

    run = reload(run)
    assert (run.state, run.rows_done + run.rows_skipped) == ("finished", CUSTOMERS)
    assert run.booked_minor == run.rows_done * 2000
    assert_verified()
