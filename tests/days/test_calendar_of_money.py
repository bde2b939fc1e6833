"""Invoices, funds and what is late on the provider's own calendar: in time zones, in nights when clocks change, while a
computer's clock is wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from makegood.customers.selectors import get_customer
from makegood.invoices.models import Charge, Invoice
from makegood.invoices.services.invoice_run import prepare_invoice_run
from makegood.kit.clock import frozen_clock
from makegood.ledger.models import JournalEntry
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.runs.services.start_run import start_run
from tests.days.living import add_north, local, work, work_at
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    give_credit,
    invoice_of,
    invoices_of,
    on_day,
    receivable,
)
from tests.support.charges import charge
from tests.support.paying import pay, reverse
from tests.support.records import add_person, credit, finish, funds, take_back

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

HONOLULU, LOS_ANGELES, AUCKLAND = "Pacific/Honolulu", "America/Los_Angeles", "Pacific/Auckland"
JAN_30, JAN_31, FEB_1 = date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 1)


def add_zone(timezone: str) -> Provider:
    """A provider there, with C1, and C2 who has 20.00; January's invoices, of 20.00, are due on January 31."""
    provider = add_billing_provider(
        timezone.rpartition("/")[2].lower().replace("_", "-"), timezone=timezone, due_days=30
    )
    for number in ("C1", "C2"):
        add_billed_customer(provider, number)
    assert work_at(provider, local(timezone, 2026, 1, 1, 1)) == [FIRST]
    give_credit(provider, "C2", 2000, day=date(2026, 1, 2))
    work_at(provider, local(timezone, 2026, 1, 30, 12))
    return provider


def stand(provider: Provider) -> list[tuple[str, str, date | None]]:
    """Each invoice: whose, in which state, and when it was issued, became late or was settled."""
    found = Invoice.objects.filter(provider=provider).order_by("number")
    return [(each.customer.number, each.state, each.late_on or each.settled_on or each.issued_on) for each in found]


def test_at_one_moment_every_provider_lives_its_own_day(db: None, assert_verified: Verified) -> None:
    providers = [add_zone(zone) for zone in (HONOLULU, LOS_ANGELES, AUCKLAND)]
    all_open = [("C1", "open", FIRST), ("C2", "open", FIRST)]
    assert [stand(provider) for provider in providers] == [all_open] * 3

    # At nine in the morning (UTC) it is late in the evening before in Honolulu, one in the night in Los Angeles.
    nine = datetime(2026, 1, 31, 9, tzinfo=UTC)
    assert [work_at(provider, nine) for provider in providers] == [[], [JAN_31], [JAN_31]]
    collected = [("C1", "open", FIRST), ("C2", "paid", JAN_31)]
    assert [stand(provider) for provider in providers] == [all_open, collected, collected]
    assert [funds(provider, "C2") for provider in providers] == [2000, 0, 0]

    nine += timedelta(days=1)
    assert [work_at(provider, nine) for provider in providers] == [[JAN_31], [FEB_1], [FEB_1]]
    billed = [("C1", "late", FEB_1), ("C2", "paid", JAN_31), ("C1", "open", FEB_1), ("C2", "open", FEB_1)]
    assert [stand(provider) for provider in providers] == [collected, billed, billed]
    with frozen_clock(nine):
        assert_verified()

    ten = nine + timedelta(hours=1)
    assert [work_at(provider, ten) for provider in providers] == [[FEB_1], [], []]
    assert [stand(provider) for provider in providers] == [billed] * 3
    of_each = [JournalEntry.objects.filter(provider=each).order_by("pk") for each in providers]
    booked = [list(each.exclude(event="credit_issued").values_list("event", "booked_on")) for each in of_each]
    assert booked[0] == booked[1] == booked[2]
    assert [day for event, day in booked[0] if event == "invoice_issued"] == [FIRST, FEB_1]
    with frozen_clock(ten):
        assert_verified()


@pytest.mark.parametrize(
    ("timezone", "day"),
    [
        (LOS_ANGELES, date(2026, 3, 8)),
        (LOS_ANGELES, date(2026, 11, 1)),
        (AUCKLAND, date(2026, 4, 5)),
        (AUCKLAND, date(2026, 9, 27)),
        # The clocks go from midnight to one.
        ("Africa/Cairo", date(2026, 4, 24)),
    ],
)
def test_in_nights_when_clocks_change_everybody_is_billed_once(
    db: None, timezone: str, day: date, assert_verified: Verified
) -> None:
    """The invoice of the day is due on it: C2's funds pay it then, C1 is late on the next day and pays a fee."""
    provider = add_billing_provider(
        invoices_from=day,
        timezone=timezone,
        due_days=0,
        autopay_days=0,
        late_fee="fixed",
        late_fee_minor=700,
        late_fee_grace_days=1,
    )
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    for number in ("C1", "C2"):
        add_billed_customer(provider, number, from_date=day, anniversary=True)
    give_credit(provider, "C2", 2500, day=before)
    begin = local(timezone, before.year, before.month, before.day)
    for half_hours in range(3 * 48):
        work_at(provider, begin + timedelta(minutes=30 * half_hours))
    assert stand(provider) == [("C1", "late", after), ("C2", "paid", day)]
    assert [invoice.issued_on for invoice in (invoice_of(provider), invoice_of(provider, "C2"))] == [day, day]
    assert (funds(provider, "C2"), receivable(provider)) == (500, 2000)
    assert list(Charge.objects.values_list("customer__number", "charged_on")) == [("C1", after)]
    with frozen_clock(begin + timedelta(days=3)):
        assert_verified()


REACHED, BACK = date(2026, 1, 20), date(2026, 1, 13)


@pytest.fixture
def manager(db: None) -> Membership:
    """Of a provider that has reached January 20; C1 and C2 are late."""
    provider = add_north()
    work(provider, FIRST)
    work(provider, REACHED)
    provider.refresh_from_db()
    assert [invoice_of(provider, number).state for number in ("C1", "C2")] == ["late", "late"]
    return add_person(provider, "manager")


def pay_and_bounce(manager: Membership) -> None:
    customer = get_customer(manager.provider, "C1")
    reverse(manager, pay(manager, customer, 500))
    pay(manager, customer, 2300)


def give_and_take_back(manager: Membership) -> None:
    take_back(manager, credit(manager, amount_minor=900))
    credit(manager, amount_minor=2600)


def bill_somebody_new(manager: Membership) -> None:
    provider = manager.provider
    add_billed_customer(provider, "C3", from_date=date(2026, 1, 10))
    charge(manager, amount_minor=400)
    run, _ = prepare_invoice_run(membership=manager, provider=provider, day=today_of(provider))
    finish(start_run(run=run, membership=manager))
    [invoice] = invoices_of(provider, "C3")
    assert (invoice.issued_on, invoice.due_on, invoice.state) == (REACHED, date(2026, 2, 3), "open")


@pytest.mark.parametrize("deed", [pay_and_bounce, give_and_take_back, bill_somebody_new])
def test_while_the_clock_is_a_week_back_money_is_dated_with_the_day_that_was_reached(
    manager: Membership, deed: Callable[[Membership], None], assert_verified: Verified
) -> None:
    provider = manager.provider
    earlier = set(JournalEntry.objects.values_list("pk", flat=True))
    with on_day(BACK):
        deed(manager)
        assert_verified()
    booked = JournalEntry.objects.exclude(pk__in=earlier)
    assert {entry.booked_on for entry in booked} == {REACHED}
    assert {entry.effective_on for entry in booked} == {None}
    assert work(provider, BACK) == []
    days = [day.day for day in work(provider, date(2026, 2, 4))]
    assert days == [REACHED + timedelta(days=count) for count in range(1, 16)]
    assert invoices_of(provider)[-1].period_from == FEB_1
    with on_day(date(2026, 2, 4)):
        assert_verified()
