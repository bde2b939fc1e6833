"""The rehearsal of a credit run says what the credits will do for bills; and that is what they do then."""

from collections import defaultdict
from datetime import date

import pytest

from makegood.credits.bills_of_draft import BillsOfDraft, Group, Stands, UsedOn, get_bills_of_draft
from makegood.credits.models import Credit, CreditUse
from makegood.credits.services.apply_funds import apply_due_funds
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.invoices.services.late import mark_late
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from tests.support import records
from tests.support.answers import Verified
from tests.support.billing import (
    add_billed_customer,
    add_billing_provider,
    give_credit,
    issue_invoices,
    on_day,
    set_up_billing,
)

pytestmark = pytest.mark.sql

TODAY = date(2026, 2, 3)
AUTOPAY_DAY, DUE_DAY = date(2026, 2, 6), date(2026, 2, 15)


@pytest.fixture
def north(db: None) -> Provider:
    """On February 3: Late and Open (LATE), Open (OPEN), Open with autopay (AUTO), billed later (NONE), nothing ordered
    (IDLE), billing disabled and Late (OFF). Everybody pays 20.00 a month; LATE has 5.00 already."""
    provider = add_billing_provider(autopay_days=5)
    for number in ("LATE", "OFF"):
        add_billed_customer(provider, number)
    issue_invoices(provider, date(2026, 1, 1))
    add_billed_customer(provider, "OPEN", from_date=date(2026, 2, 1))
    add_billed_customer(provider, "AUTO", from_date=date(2026, 2, 1), autopay=True)
    Customer.objects.filter(number="OFF").update(billing_enabled=False)
    issue_invoices(provider, date(2026, 2, 1))
    with on_day(TODAY):
        mark_late(provider=provider, day=TODAY)
        records.add_customer(provider, "NONE")
        records.add_customer(provider, "IDLE", areas=())
    return provider


@pytest.fixture
def ben(north: Provider) -> Membership:
    return records.add_person(north, "manager")


def draft(ben: Membership, amount_minor: int) -> Run:
    with on_day(TODAY):
        return records.draft_credit(ben, amount_minor=amount_minor)


def bills_of(run: Run) -> BillsOfDraft:
    with on_day(TODAY):
        return get_bills_of_draft(run)


def test_who_is_late_who_is_billed_later_and_who_is_not_billed(ben: Membership) -> None:
    bills = bills_of(draft(ben, 3000))
    assert bills == BillsOfDraft(
        late=Group(1, 2000),
        late_settled=Group(1, 2000),
        open=Group(3, 5000),
        days=(UsedOn(AUTOPAY_DAY, 1, 2000), UsedOn(DUE_DAY, 2, 3000)),
        neither=Group(2, 6000),
        left=Group(4, 1000 + 1000 + 1000 + 3000),
        left_estimated=Group(1, 1000),
        left_unbilled=Group(1, 3000),
        disabled=Group(1, 3000),
        stands=Stands(disabled=1, late=1, open=2, neither=2),
    )


@pytest.mark.parametrize("amount_minor", [700, 2000, 3300, 9000])
def test_what_is_said_is_what_happens(
    ben: Membership, north: Provider, amount_minor: int, assert_verified: Verified
) -> None:
    give_credit(north, "LATE", 500, day=date(2026, 1, 20))
    give_credit(north, "AUTO", 300, day=date(2026, 2, 2))
    set_up_billing(north, invoices_from=date(2026, 1, 1), autopay_days=5)
    before = set(CreditUse.objects.values_list("pk", flat=True))
    run = draft(ben, amount_minor)
    bills = bills_of(run)
    with on_day(TODAY):
        records.finish(records.start(run, ben))
    for day in (AUTOPAY_DAY, DUE_DAY):
        with on_day(day):
            apply_due_funds(provider=north, day=day)
    happened: dict[date, list[int]] = defaultdict(list)
    for use in CreditUse.objects.exclude(pk__in=before):
        happened[use.used_on].append(use.amount_minor)
    assert sum(happened.pop(TODAY)) == bills.late.amount_minor
    assert {day.day: day.amount_minor for day in bills.days} == {day: sum(used) for day, used in happened.items()}
    assert sum(day.amount_minor for day in bills.days) == bills.open.amount_minor
    remaining = sum(
        Credit.objects.filter(customer__number__in=["LATE", "OPEN", "AUTO"]).values_list("remaining_minor", flat=True)
    )
    of_open = bills.left.amount_minor - bills.left_estimated.amount_minor - bills.left_unbilled.amount_minor
    assert of_open == remaining
    assert_verified()


def test_a_credit_that_is_too_small_for_what_is_late_settles_nobody(ben: Membership) -> None:
    bills = bills_of(draft(ben, 500))
    assert (bills.late, bills.late_settled) == (Group(1, 500), Group(0, 0))
    assert bills.days == (UsedOn(AUTOPAY_DAY, 1, 500), UsedOn(DUE_DAY, 1, 500))
    assert bills.left == Group(1, 500)


def test_earlier_credits_that_expire_first_are_not_counted_twice(ben: Membership, north: Provider) -> None:
    give_credit(north, "OPEN", 1500, day=date(2026, 2, 2))
    with on_day(date(2026, 2, 2)):
        records.edit(ben, records.credit_of(north, "OPEN"), expires_on=date(2026, 2, 10))
    run = draft(ben, 1000)
    assert UsedOn(DUE_DAY, 1, 1000) in bills_of(run).days
    with on_day(date(2026, 2, 2)):
        records.edit(ben, records.credit_of(north, "OPEN"), expires_on=DUE_DAY)
    assert UsedOn(DUE_DAY, 1, 2000) in bills_of(run).days


def test_what_is_given_per_order_is_summed_up_for_its_customer(ben: Membership, north: Provider) -> None:
    with on_day(TODAY):
        records.add_order(get_customer(north, "OPEN"), "OPEN-2", from_date=TODAY)
        run = records.draft_credit(
            ben, list_name="orders", per="order", filter={"area": [records.AREA]}, amount_minor=900
        )
    assert UsedOn(DUE_DAY, 1, 1800) in bills_of(run).days


def test_another_providers_invoices_do_not_count(ben: Membership) -> None:
    south = add_billing_provider("south")
    add_billed_customer(south, "S1")
    issue_invoices(south, date(2026, 1, 1))
    run = draft(ben, 3000)
    assert bills_of(run).late.customers == 1
