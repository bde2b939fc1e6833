"""Whoever works a provider's days is killed, over and over, in each step and at moments that nobody chose."""

import os
import random
import secrets
import signal
import time
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from makegood.credits.models import Credit
from makegood.customers.services import edit_customer
from makegood.days.models import ProviderDay
from makegood.days.rules import STEPS
from makegood.emails.models import Message
from makegood.invoices.models import Charge, Invoice
from makegood.invoices.rules import State
from makegood.kit.clock import frozen_clock, now
from makegood.kit.invariants import find_differences
from makegood.orders.models import Order
from makegood.payments.models import Payment, PaymentClaim
from makegood.payments.services.collect_now import collect_now
from makegood.providers.models import Provider
from tests.days.living import live
from tests.faults.days_killable import DayForge
from tests.support import sandbox
from tests.support.billing import add_billing_provider, on_day
from tests.support.processes import is_alive
from tests.support.records import add_customers, add_person, credit

ENVIRONMENT = {"MAKEGOOD_CHUNK_ROWS": "40", "MAKEGOOD_LEASE_SECONDS": "1"}
CUSTOMERS = 120
PAYERS = 30
"""Of them, whom autopay charges. As many have funds enough; the others pay nothing."""
IN_ARREARS = CUSTOMERS - 30 - PAYERS
STANDSTILL_DAYS = 24
KILLS = 40
LONGEST_SECONDS = 240

SLOW = """
CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.03); RETURN NULL; END';
CREATE TRIGGER slow_invoice AFTER UPDATE ON invoice FOR EACH STATEMENT EXECUTE FUNCTION be_slow();
CREATE TRIGGER slow_charge AFTER INSERT ON charge FOR EACH STATEMENT EXECUTE FUNCTION be_slow();
CREATE TRIGGER slow_entry AFTER INSERT ON credit_entry FOR EACH STATEMENT EXECUTE FUNCTION be_slow();
CREATE TRIGGER slow_order AFTER UPDATE ON customer_order FOR EACH STATEMENT EXECUTE FUNCTION be_slow();
CREATE TRIGGER slow_message AFTER INSERT ON message FOR EACH STATEMENT EXECUTE FUNCTION be_slow();
CREATE TRIGGER slow_day AFTER UPDATE ON provider_day FOR EACH STATEMENT EXECUTE FUNCTION be_slow()
"""


@pytest.fixture
def standing_still(committed_db: dict[str, str]) -> Provider:
    """A provider whose days have not been worked for some weeks, with something to do for each step."""
    today = now().date()
    first = today - timedelta(days=STANDSTILL_DAYS + 2)
    provider = add_billing_provider(
        timezone="UTC",
        invoices_from=first,
        due_days=3,
        autopay_days=3,
        late_fee="fixed",
        late_fee_minor=700,
        late_fee_grace_days=2,
        reminder_days=[5],
        suspend_after_days=12,
    )
    with on_day(first):
        customers = add_customers(provider, CUSTOMERS)
        manager = add_person(provider, "manager")
        credit(manager, customers=customers[:30], amount_minor=10)
        Credit.objects.update(expires_on=first + timedelta(days=2))
        credit(manager, customers=customers[30:60], amount_minor=9000)
        sandbox.connect(provider)
        for customer in customers[60 : 60 + PAYERS]:
            sandbox.add_method(customer)
            edit_customer(customer=customer, staff_id=None, autopay=True)
    live(provider, first, first + timedelta(days=1))
    return provider


def test_killed_in_every_step(
    standing_still: Provider,
    committed_db: dict[str, str],
    owner: psycopg.Connection,
    record_property: Callable[[str, object], None],
) -> None:
    provider, seed = standing_still, secrets.randbelow(10**6)
    owner.execute(SLOW.encode())
    chance, kills, reached = random.Random(seed), 0, set()
    until = time.monotonic() + LONGEST_SECONDS
    with DayForge(committed_db | ENVIRONMENT) as forge:
        while _is_behind(provider):
            assert time.monotonic() < until, "the days do not get to their end"
            process = forge.set_to_work(provider.pk)
            time.sleep(chance.uniform(0, 1.2))
            if kills < KILLS and is_alive(process):
                os.kill(process, signal.SIGKILL)
                kills += 1
                unfinished = ProviderDay.objects.filter(provider=provider, finished_at=None).first()
                reached.add(unfinished.step if unfinished else "")
            while is_alive(process):
                time.sleep(0.01)
    _let_leases_end(provider)
    differences = find_differences()
    figures = f"days: seed: {seed}, kills: {kills}, in {sorted(reached)}, differences: {len(differences)}"
    record_property("figures", figures)
    assert not differences, f"{figures}\n{differences}"
    _require_everything_once(provider, figures)


def _is_behind(provider: Provider) -> bool:
    today = now().date()
    return not ProviderDay.objects.filter(provider=provider, day=today, finished_at__isnull=False).exists()


def _let_leases_end(provider: Provider) -> None:
    """What a killed worker was charging is asked about by the next one, as soon as nobody else can be at it."""
    with frozen_clock(now() + timedelta(hours=1)):
        collect_now(provider=provider)


def _require_everything_once(provider: Provider, figures: str) -> None:
    days = list(ProviderDay.objects.filter(provider=provider).order_by("day"))
    assert [day.day for day in days] == [days[0].day + timedelta(days=n) for n in range(len(days))], figures
    assert all(day.is_finished and day.step == "" for day in days), figures
    first = Invoice.objects.filter(issued_on=days[0].day)
    assert first.count() == CUSTOMERS, figures
    assert first.filter(state=State.LATE).count() == IN_ARREARS, figures
    assert first.filter(state=State.PAID).count() == 30 + PAYERS, figures
    assert Charge.objects.filter(late_fee_of__in=first).count() == IN_ARREARS, figures
    assert Order.objects.filter(status="suspended").count() == IN_ARREARS, figures
    told = Message.objects.filter(template="invoice_reminder")
    assert told.count() == told.values("customer").distinct().count() == IN_ARREARS, figures
    assert Credit.objects.filter(expired_minor=10).count() == 30, figures
    assert not Credit.objects.filter(remaining_minor__gt=0, expires_on__lt=days[-1].day).exists(), figures
    paid = PaymentClaim.objects.filter(invoice__in=first, payment__state="succeeded")
    assert paid.count() == paid.values("invoice").distinct().count() == PAYERS, figures
    assert len(sandbox.charges(provider)) == Payment.objects.filter(provider=provider).count(), figures
    assert len(STEPS) == 9
