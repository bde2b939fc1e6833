"""An invoice is left to people at the moment in which somebody else does so, pays it, or autopay charges it."""

from functools import partial

import pytest
from django.db import connection

from makegood.audit.models import AuditEntry
from makegood.audit.services import record
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment
from makegood.payments.services.by_hand import collect_by_hand
from makegood.payments.services.make_charges import make_charges
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.paying import pay, stand_of
from tests.support.together import Gate, at_once, held, in_background
from tests.support.waiting import wait_until

pytestmark = pytest.mark.sql

ROUNDS = 5

WAITING_FOR_LOCKS = """
SELECT FROM pg_locks
WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
"""


@pytest.fixture
def clerk(committed_db: dict[str, str]) -> Membership:
    return records.add_person(records.add_provider())


def owe(clerk: Membership, number: int) -> Invoice:
    """An invoice of 20.00."""
    return movements.owe(records.add_customer(clerk.provider, f"C{number}"), 2000)


def reasons_of(invoice: Invoice) -> list[str]:
    entries = AuditEntry.objects.filter(action="invoice.by_hand", subject_id=invoice.pk)
    return [entry.detail["reason"] for entry in entries]


def test_two_people_at_once_with_a_reason_each(clerk: Membership, assert_verified: Verified) -> None:
    other = records.add_person(clerk.provider, "manager")
    for number in range(ROUNDS):
        invoice = owe(clerk, number)
        answers = at_once(
            partial(collect_by_hand, membership=clerk, invoice=invoice, reason="He called"),
            partial(collect_by_hand, membership=other, invoice=invoice, reason="He wrote"),
        )
        assert [isinstance(answer, Invoice) and answer.by_hand for answer in answers] == [True, True]
        assert reasons_of(invoice) in (["He called"], ["He wrote"])
    assert_verified()


def test_the_payment_of_it_comes_in(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        invoice = owe(clerk, number)
        left, _ = at_once(
            partial[Invoice | Payment](collect_by_hand, membership=clerk, invoice=invoice, reason="He called"),
            partial[Invoice | Payment](pay, clerk, invoice.customer, 2000),
        )
        assert stand_of(invoice) == ("paid", 2000, 0)
        is_refused = isinstance(left, Refused) and left.code == "nothing_due"
        assert reasons_of(invoice) == ([] if is_refused else ["He called"])
    assert_verified()


def test_autopay_that_comes_a_moment_later_leaves_it_alone(
    clerk: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Verified
) -> None:
    provider = clerk.provider
    sandbox.connect(provider)
    customers = [records.add_customer(provider, number, autopay=True) for number in ("C1", "C2")]
    for customer in customers:
        sandbox.add_method(customer)
    invoice, other = (movements.owe(customer, 2000, due_on=today_of(provider)) for customer in customers)
    gate = Gate()
    monkeypatch.setattr("makegood.payments.services.by_hand.record", gate.before(record))
    leave = partial(collect_by_hand, membership=clerk, invoice=invoice, reason="He called")
    with in_background(leave) as left, held(gate):
        with in_background(partial(make_charges, provider=provider, day=today_of(provider))) as charging:
            wait_until(is_waited_for, "autopay waits for who leaves the invoice to people")
            gate.open()
            charging.result(60)
        left.result(60)
    assert list(Payment.objects.values_list("customer_id", "amount_minor")) == [(other.customer_id, 2000)]
    invoice.refresh_from_db()
    assert (invoice.by_hand, invoice.in_flight_minor) == (True, 0)
    assert_verified()


def is_waited_for() -> bool:
    """Whether somebody in the test's database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING_FOR_LOCKS)
        return cursor.fetchone() is not None
