"""Closing a month while invoices are issued, funds used and payments recorded; and these while a month is closed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

import pytest
from pytest_django import Settings

from makegood.accounting.services.close_month import close_month
from makegood.audit.services import record
from makegood.credits.services.apply_funds import apply_due_funds
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.invoices.services.invoice_run import prepare_invoice_run
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry, PeriodClose
from makegood.ledger.services import book
from makegood.providers.models import Membership
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run
from makegood.runs.services.start_run import start_run
from tests.support import records
from tests.support.billing import FIRST, add_billing_provider, issue_invoices, on_day
from tests.support.books import FEBRUARY, JANUARY, reach
from tests.support.moved_clock import moved_clock
from tests.support.paying import pay
from tests.support.together import Gate, at_once, held, in_background

CUSTOMERS = 60
LAST_DAY = date(2026, 1, 31)
LAST_EVENING = datetime(2026, 2, 1, 7, 59, 30, tzinfo=UTC)
"""Half a minute before midnight in Los Angeles."""
NEXT_MORNING = datetime(2026, 2, 1, 8, 0, 10, tzinfo=UTC)


@pytest.fixture
def manager(committed_db: dict[str, str], settings: Settings) -> Iterator[Membership]:
    """Of a provider with 60 customers who owe 20.00 since January 15 and have 10.00, on the last evening of January."""
    provider = add_billing_provider()
    manager = records.add_person(provider, "manager")
    with on_day(FIRST):
        records.add_customers(provider, CUSTOMERS)
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 1, 10)):
        records.credit(manager)
    settings.MAKEGOOD_CHUNK_ROWS = 2
    with moved_clock(LAST_EVENING):
        yield manager


def close(manager: Membership) -> PeriodClose:
    return close_month(membership=manager, month=JANUARY)


def begin_february_and_close(manager: Membership) -> PeriodClose:
    """What happens after midnight: the day begins, as in the daily work, and a manager closes January."""
    reach(manager.provider, FEBRUARY)
    return close(manager)


def use_funds(manager: Membership) -> None:
    apply_due_funds(provider=manager.provider, day=LAST_DAY)


def record_payment(manager: Membership) -> None:
    pay(manager, get_customer(manager.provider, "C7"), 2500, received_on=LAST_DAY)


@dataclass(frozen=True)
class Deed:
    """What books, the module that it books from, the event, and how much is booked by it."""

    do: Callable[[Membership], None]
    module: str
    event: str
    amount_minor: int


DEEDS = [
    Deed(use_funds, "makegood.credits.services.apply_funds", "funds_used", CUSTOMERS * 1000),
    Deed(record_payment, "makegood.payments.services.record_payment", "payment_recorded", 2500),
]


def booked(event: str) -> list[tuple[date, int]]:
    """The day and the amount of each booking of that kind."""
    entries = JournalEntry.objects.filter(event=event).prefetch_related("lines")
    return [(entry.booked_on, sum(line.debit_minor for line in entry.lines.all())) for entry in entries]


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.event)
def test_a_closing_waits_for_the_booking_in_hand_which_is_in_the_month(
    deed: Deed, manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    gate = Gate()
    monkeypatch.setattr(f"{deed.module}.book", gate.after(book))
    with in_background(partial(deed.do, manager)) as doing, held(gate), moved_clock(NEXT_MORNING):
        with in_background(partial(begin_february_and_close, manager)) as closed:
            with pytest.raises(TimeoutError):
                closed.result(0.3)
            gate.open()
            assert closed.result(60).month == JANUARY
        doing.result(60)
    assert booked(deed.event) == [(LAST_DAY, deed.amount_minor)]
    with moved_clock(NEXT_MORNING):
        assert_verified()


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.event)
def test_a_booking_waits_for_the_closing_and_is_in_the_new_month(
    deed: Deed, manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    gate = Gate()
    # The provider's day has begun, though the clock has gone back to January.
    reach(manager.provider, FEBRUARY)
    monkeypatch.setattr("makegood.accounting.services.close_month.record", gate.before(record))
    with in_background(partial(close, manager)) as closed, held(gate):
        with in_background(partial(deed.do, manager)) as doing:
            with pytest.raises(TimeoutError):
                doing.result(0.3)
            assert booked(deed.event) == []
            gate.open()
            doing.result(60)
        assert closed.result(60).month == JANUARY
    assert booked(deed.event) == [(FEBRUARY, deed.amount_minor)]
    assert set(JournalEntry.objects.filter(event=deed.event).values_list("effective_on", flat=True)) == {LAST_DAY}
    assert_verified()


def queue_invoices(manager: Membership) -> Run:
    """An invoice run of January over 60 new customers, which a person has started and nobody works yet."""
    records.add_customers(manager.provider, CUSTOMERS, prefix="N")
    run, _ = prepare_invoice_run(membership=manager, provider=manager.provider, day=LAST_DAY)
    return start_run(run=run, membership=manager)


def issued_on(run: Run) -> dict[date | None, int]:
    """How many invoices of the run were issued on which days."""
    days = Invoice.objects.filter(run_row__run=run, number__isnull=False).values_list("issued_on", flat=True)
    return {day: list(days).count(day) for day in set(days)}


def test_a_closing_waits_for_the_invoices_in_hand_and_finds_the_run_under_way(
    manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    run, gate = queue_invoices(manager), Gate()
    monkeypatch.setattr("makegood.invoices.issuing.book", gate.after(book))
    with in_background(partial(carry_out, run.pk)) as working, held(gate), moved_clock(NEXT_MORNING):
        with in_background(partial(at_once, partial(begin_february_and_close, manager))) as closed:
            with pytest.raises(TimeoutError):
                closed.result(0.3)
            gate.open()
            [refusal] = closed.result(60)
        working.result(60)
        assert isinstance(refusal, Refused)
        assert refusal.code == "month_pending"
        assert close(manager).month == JANUARY
        # What was in hand at midnight is January's, the rest February's.
        assert issued_on(run) == {LAST_DAY: 2, FEBRUARY: CUSTOMERS - 2}
        assert_verified()


def test_invoices_wait_for_the_closing_and_are_issued_in_the_new_month(
    manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    run, gate = queue_invoices(manager), Gate()
    reach(manager.provider, FEBRUARY)
    # As if it had been started in February: nothing of January is pending.
    Run.objects.filter(pk=run.pk).update(queued_at=NEXT_MORNING)
    monkeypatch.setattr("makegood.accounting.services.close_month.record", gate.before(record))
    with in_background(partial(close, manager)) as closed, held(gate):
        with in_background(partial(carry_out, run.pk)) as working:
            with pytest.raises(TimeoutError):
                working.result(0.3)
            assert issued_on(run) == {}
            gate.open()
            working.result(60)
        assert closed.result(60).month == JANUARY
    assert issued_on(run) == {FEBRUARY: CUSTOMERS}
    assert_verified()
