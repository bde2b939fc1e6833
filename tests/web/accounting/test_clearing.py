"""Reports > Clearing: what agrees, what was never asked for, and why the two figures stand apart."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client

from makegood.customers.models import Customer
from makegood.gateways.models import BalanceEvent, Gateway
from makegood.gateways.services.balance import fetch_balance, look_at_balance
from makegood.kit.clock import now
from makegood.notifications.models import Notification
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from makegood.web.notifications.subjects import find_subject_url
from tests.support import movements, records, sandbox
from tests.support.billing import on_day
from tests.support.returns import charge
from tests.web.people import open_browser
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db

PAGE = "/reports/clearing"


@pytest.fixture
def clerk(db: None) -> Membership:
    return records.add_person(records.add_provider(), "manager")


@pytest.fixture
def today(clerk: Membership) -> Iterator[date]:
    """Noon of the provider's day after this one."""
    day = today_of(clerk.provider) + timedelta(days=1)
    with on_day(day):
        yield day


@pytest.fixture
def gateway(clerk: Membership, today: date) -> Gateway:
    return sandbox.connect(clerk.provider)


@pytest.fixture
def customer(clerk: Membership, gateway: Gateway) -> Customer:
    customer = records.add_customer(clerk.provider, "C1")
    sandbox.add_method(customer)
    return customer


def pay(clerk: Membership, customer: Customer, amount_minor: int) -> None:
    movements.owe(customer, amount_minor)
    charge(clerk, customer)


def read(clerk: Membership, first: date, last: date) -> str:
    return words_of(open_browser(clerk).get(f"{PAGE}?from={first}&to={last}"))


def move_out(gateway: Gateway, amount_minor: int, reference: str, *, kind: str = "pay_out") -> None:
    """The processor moves something out of its balance."""
    BalanceEvent.objects.create(
        provider=gateway.provider,
        gateway=gateway,
        reference=reference,
        kind=kind,
        amount_minor=-amount_minor,
        source=reference,
        happened_at=now() - timedelta(hours=12),
        day=today_of(gateway.provider),
    )


def test_what_was_never_asked_for_is_not_said_to_agree(clerk: Membership, customer: Customer, today: date) -> None:
    pay(clerk, customer, 4000)
    said = read(clerk, today, today)
    assert "Processor's balance Unknown never asked for yet" in said
    assert "Nothing is compared yet. The processor was not asked for its balance so far." in said
    assert "nothing differs" not in said
    assert "Charges $40.00 Refunds" in said
    assert "Why the two stand apart" not in said


def test_what_was_booked_since_it_was_asked_is_not_said_to_agree(
    clerk: Membership, gateway: Gateway, customer: Customer, today: date
) -> None:
    fetch_balance(gateway=gateway)
    with on_day(today + timedelta(days=1)):
        pay(clerk, customer, 4000)
        said = read(clerk, today + timedelta(days=1), today + timedelta(days=1))
    assert "1 booked since the processor was asked; nothing of these days is compared yet." in said
    assert "nothing differs" not in said


def test_the_difference_of_the_two_figures_is_explained_for_the_days(
    clerk: Membership, gateway: Gateway, customer: Customer, today: date
) -> None:
    pay(clerk, customer, 10000)
    move_out(gateway, 5000, "po_1")
    with on_day(today + timedelta(days=1)):
        pay(clerk, customer, 20000)
        fetch_balance(gateway=gateway)
        said = read(clerk, today + timedelta(days=1), today + timedelta(days=1))
    fees = BalanceEvent.objects.filter(kind="charge").order_by("day").values_list("fee_minor", flat=True)
    first, second = (f"-${fee / 100:.2f}" for fee in fees)
    together = f"-${sum(fees) / 100:.2f}"
    assert "1 agree, and nothing differs that should agree by now." in said
    assert f"Fees {first} {second} {together}" in said
    assert "Transfers to your bank -$50.00 $0.00 -$50.00" in said
    assert "On one side only" not in said
    apart = [f"-${minor / 100:.2f}" for minor in (fees[0] + 5000, fees[1], sum(fees) + 5000)]
    assert f"Processor's balance less clearing account {' '.join(apart)}" in said


def test_what_is_on_one_side_only_explains_the_rest(
    clerk: Membership, gateway: Gateway, customer: Customer, today: date
) -> None:
    move_out(gateway, 700, "re_elsewhere", kind="refund")
    fetch_balance(gateway=gateway)
    said = read(clerk, today, today)
    assert "1 does not agree; 0 do." in said
    assert "On one side only: on its way, on another day, or different $0.00 -$7.00 -$7.00" in said
    assert "Processor's balance less clearing account $0.00 -$7.00 -$7.00" in said


def test_a_difference_is_told_with_a_link_to_its_days_and_stands_on_the_dashboard(
    clerk: Membership, gateway: Gateway, today: date
) -> None:
    move_out(gateway, 700, "re_elsewhere", kind="refund")
    look_at_balance(gateway=gateway)
    days = f"{PAGE}?from={today - timedelta(days=30)}&to={today}"
    assert find_subject_url(Notification.objects.get()) == days
    browser: Client = open_browser(clerk)
    dashboard = browser.get("/dashboard")
    assert "1 difference to the processor's balance in the last 30 days" in words_of(dashboard)
    assert days.replace("&", "&amp;") in dashboard.content.decode()
    assert "At the processor, not booked" in words_of(browser.get(days))
