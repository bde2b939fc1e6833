"""A voided invoice gives everything back: what was billed, and the funds that paid it to the credits they came from."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from makegood.audit.models import AuditEntry
from makegood.credits.models import Credit, CreditUse
from makegood.credits.services.apply_funds import apply_now
from makegood.credits.services.expire import expire_credits
from makegood.credits.services.take_back import prepare_take_back
from makegood.credits.services.void_invoice import preview_void, void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from makegood.providers.models import Membership
from makegood.providers.services import change_membership, set_limits
from makegood.runs.models import Run
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.billing import balance_of_gl_code, on_day

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with on_day(TODAY):
        yield


@pytest.fixture
def manager() -> Membership:
    return records.add_person(records.add_provider(), "manager")


@pytest.fixture
def ann(manager: Membership) -> Customer:
    return records.add_customer(manager.provider, "Ann")


def give(manager: Membership, customer: Customer, amount_minor: int) -> Credit:
    run = records.credit(manager, customers=[customer], amount_minor=amount_minor)
    return Credit.objects.get(run_row__run=run)


def run_of(credit: Credit) -> Run:
    assert credit.run_row is not None
    return credit.run_row.run


def void(manager: Membership, invoice: Invoice, **more: object) -> Invoice:
    return void_invoice(membership=manager, invoice=invoice, reason="billed twice", **more)  # type: ignore[arg-type]


def funds(customer: Customer) -> tuple[int, int]:
    balance = get_balance(customer.provider_id, customer.pk)
    return balance.funds_minor, balance.receivable_minor


def test_an_open_invoice_is_owed_no_more(manager: Membership, ann: Customer, assert_verified: Verified) -> None:
    invoice = void(manager, movements.owe(ann, 3000))
    assert (invoice.state, invoice.due_minor, invoice.voided_minor, invoice.settled_on) == ("void", 0, 3000, TODAY)
    assert funds(ann) == (0, 0)
    assert balance_of_gl_code(manager.provider, "4000") == 0
    assert AuditEntry.objects.get(action="invoice.voided").detail["reason"] == "billed twice"
    assert_verified()


def test_a_second_click_changes_nothing(manager: Membership, ann: Customer, assert_verified: Verified) -> None:
    invoice = movements.owe(ann, 3000)
    void(manager, invoice)
    assert void(manager, invoice).state == "void"
    assert funds(ann) == (0, 0)
    assert_verified()


def test_an_invoice_paid_by_three_credits_of_which_one_expired_and_one_was_taken_back(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    soon, plain, undone = (give(manager, ann, 1000) for _ in range(3))
    Credit.objects.filter(pk=soon.pk).update(expires_on=TODAY + timedelta(days=1))
    invoice = movements.owe(ann, 2700)
    apply_now(membership=manager, customer=ann)
    records.take_back(manager, run_of(undone))
    with on_day(TODAY + timedelta(days=5)):
        expire_credits(provider=manager.provider, day=TODAY + timedelta(days=5))
        preview = preview_void(invoice)
        assert [(use.credit_id, amount) for use, amount in preview.parts] == [
            (undone.pk, 700),
            (plain.pk, 1000),
            (soon.pk, 1000),
        ]
        void(manager, invoice, seen_used_minor=2700)
    soon.refresh_from_db()
    plain.refresh_from_db()
    undone.refresh_from_db()
    assert (soon.remaining_minor, soon.expires_on) == (1000, TODAY + timedelta(days=35))
    assert (plain.remaining_minor, plain.expires_on) == (1000, None)
    # 300 were taken back by the run, 700 when they came back.
    assert (undone.remaining_minor, undone.taken_back_minor, undone.used_minor) == (0, 1000, 0)
    assert funds(ann) == (2000, 0)
    assert_verified()


def test_a_credit_whose_take_back_found_nothing_left_is_taken_back_when_it_comes_back(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    credit = give(manager, ann, 1000)
    invoice = movements.owe(ann, 1000)
    apply_now(membership=manager, customer=ann)
    records.take_back(manager, run_of(credit))
    void(manager, invoice)
    credit.refresh_from_db()
    assert (credit.taken_back_minor, credit.remaining_minor) == (1000, 0)
    assert funds(ann) == (0, 0)
    assert_verified()


def test_a_take_back_that_was_not_carried_out_takes_nothing_later(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    credit = give(manager, ann, 1000)
    invoice = movements.owe(ann, 400)
    apply_now(membership=manager, customer=ann)
    clerk = records.add_person(manager.provider)
    draft, _ = prepare_take_back(membership=clerk, run=run_of(credit))
    records.start(draft, clerk)
    change_membership(membership=clerk, role="agent")
    assert set(records.outcomes(records.finish(draft)).values()) == {"requester_not_allowed"}
    void(manager, invoice)
    assert funds(ann) == (1000, 0)
    assert_verified()


def test_a_credit_that_a_person_voided_is_taken_back_too(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    credit = give(manager, ann, 1000)
    invoice = movements.owe(ann, 400)
    apply_now(membership=manager, customer=ann)
    records.void(manager, Credit.objects.get(pk=credit.pk))
    void(manager, invoice)
    credit.refresh_from_db()
    assert (credit.taken_back_minor, credit.remaining_minor) == (1000, 0)
    assert_verified()


def test_what_comes_back_pays_what_is_late(manager: Membership, ann: Customer, assert_verified: Verified) -> None:
    give(manager, ann, 1000)
    invoice = movements.owe(ann, 1000)
    apply_now(membership=manager, customer=ann)
    late = movements.owe(ann, 3000, due_on=TODAY - timedelta(days=1))
    void(manager, invoice)
    late.refresh_from_db()
    assert (late.used_minor, late.due_minor) == (1000, 2000)
    assert [use.returned_minor for use in CreditUse.objects.order_by("id")] == [1000, 0]
    assert_verified()


def test_the_limit_of_funds_does_not_hold_back_what_comes_back(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    give(manager, ann, 1000)
    invoice = movements.owe(ann, 1000)
    apply_now(membership=manager, customer=ann)
    give(manager, ann, 1000)
    set_limits(provider=manager.provider, staff_id=None, largest_funds_minor=1000)
    void(manager, invoice)
    assert funds(ann) == (2000, 0)
    assert_verified()


def test_it_is_said_why_an_invoice_cannot_be_voided(manager: Membership, ann: Customer) -> None:
    invoice = movements.owe(ann, 1000)
    with pytest.raises(Refused, match="Say why"):
        void_invoice(membership=manager, invoice=invoice, reason="  ")
    with pytest.raises(Refused, match="has changed since you looked"):
        void(manager, invoice, seen_used_minor=5)
    agent = records.add_person(manager.provider, "agent")
    with pytest.raises(Refused, match="billing or manager can"):
        void(agent, invoice)
    write_off_invoice(membership=manager, invoice=invoice, reason="moved away")
    with pytest.raises(Refused, match="written off"):
        void(manager, invoice)
    stranger = records.add_person(records.add_provider("south"), "manager")
    with pytest.raises(Refused, match="no such invoice"):
        void(stranger, invoice)


def test_an_uncollectible_invoice_goes_to_bad_debt_and_is_owed_no_more(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(ann, 3000)
    give(manager, ann, 1000)
    with pytest.raises(Refused, match="Use them for this invoice first"):
        write_off_invoice(membership=manager, invoice=invoice, reason="moved away")
    apply_now(membership=manager, customer=ann)
    written_off = write_off_invoice(membership=manager, invoice=invoice, reason="moved away", seen_due_minor=2000)
    assert (written_off.state, written_off.written_off_minor, written_off.used_minor) == ("uncollectible", 2000, 1000)
    assert balance_of_gl_code(manager.provider, "6100") == 2000
    assert funds(ann) == (0, 0)
    assert write_off_invoice(membership=manager, invoice=invoice, reason="again").state == "uncollectible"
    assert_verified()


def test_expiry_ends_what_is_left_after_the_last_day(
    manager: Membership, ann: Customer, assert_verified: Verified
) -> None:
    credit = give(manager, ann, 1000)
    give(manager, ann, 300)
    Credit.objects.filter(pk=credit.pk).update(expires_on=TODAY)
    assert expire_credits(provider=manager.provider, day=TODAY).amount_minor == 0
    with on_day(TODAY + timedelta(days=1)):
        assert expire_credits(provider=manager.provider, day=TODAY + timedelta(days=1)).amount_minor == 1000
        assert expire_credits(provider=manager.provider, day=TODAY + timedelta(days=1)).amount_minor == 0
    credit.refresh_from_db()
    assert (credit.expired_minor, credit.remaining_minor) == (1000, 0)
    assert funds(ann) == (300, 0)
