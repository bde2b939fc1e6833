"""Charging many customers at once, and cancelling what waits."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pytest_django import Settings

from makegood.audit.models import AuditEntry
from makegood.customers.services import edit_customer
from makegood.invoices.charge_selectors import count_charges_of_run, get_charge_proof, get_charge_rehearsal
from makegood.invoices.models import Charge
from makegood.invoices.services.cancel_charge import prepare_cancellation
from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import add_gl_code, set_gl_code_active
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership
from makegood.providers.services import change_membership, set_end_customer_billing
from tests.support import charges, records
from tests.support.answers import Verified
from tests.support.billing import set_up_billing

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def clerk() -> Membership:
    """A billing clerk of North, which has no customers yet."""
    return records.add_person(records.add_provider())


def test_each_matching_customer_is_charged_once(clerk: Membership, assert_verified: Verified) -> None:
    records.add_customers(clerk.provider, 3)
    records.add_customer(clerk.provider, "X1", areas=["Shelbyville"])
    run = charges.charge(clerk, area="Springfield", amount_minor=1500)
    assert (run.state, run.rows_done, run.booked_minor) == ("finished", 3, 4500)
    assert records.outcomes(run) == {"C1": "charged", "C2": "charged", "C3": "charged"}
    assert charges.charges_of_all(clerk.provider) == [(f"C{n}", 1500, "waiting") for n in (1, 2, 3)]
    assert get_charge_proof(run).holds
    assert_verified()


def test_a_charge_says_what_it_is_and_where_it_comes_from(clerk: Membership, assert_verified: Verified) -> None:
    records.add_customer(clerk.provider)
    with frozen_clock(datetime(2026, 5, 2, 3, tzinfo=UTC)):
        run = charges.charge(clerk, amount_minor=1234, description="  Visit\non  Friday ", tax_rate="8.25")
    charge = Charge.objects.get()
    assert (charge.amount_minor, charge.description, charge.state) == (1234, "Visit on Friday", "waiting")
    assert (charge.tax_rate, charge.gl_code.code) == (Decimal("8.25"), "4100")
    assert (charge.created_by, charge.run_row and charge.run_row.run_id) == (clerk.staff, run.pk)
    assert charge.charged_on == date(2026, 5, 1), "the provider's day, not the day in UTC"
    assert_verified()


def test_nothing_is_booked_in_the_journal_before_the_invoice(clerk: Membership, assert_verified: Verified) -> None:
    records.add_customer(clerk.provider)
    charges.charge(clerk)
    assert not JournalEntry.objects.exists()
    assert records.funds_of_all(clerk.provider) == {"C1": 0}
    assert_verified()


def test_small_chunks_charge_everybody_once(clerk: Membership, settings: Settings, assert_verified: Verified) -> None:
    records.add_customers(clerk.provider, 7, orders_each=2)
    settings.MAKEGOOD_CHUNK_ROWS = 2
    run = charges.charge(clerk, list_name="orders", per="order", amount_minor=100)
    assert (run.rows_done, run.customers_done, run.booked_minor) == (14, 7, 1400)
    assert Charge.objects.filter(order__isnull=False).count() == 14
    assert_verified()


def test_tax_rate_and_gl_code_come_from_the_settings_unless_given(clerk: Membership) -> None:
    set_up_billing(clerk.provider, charge_tax_rate=Decimal(19), charge_gl_code=get_gl_code(clerk.provider, "4010"))
    records.add_customer(clerk.provider)
    charges.charge(clerk)
    charges.charge(clerk, tax_rate="7", gl_code="4000")
    found = Charge.objects.order_by("id").values_list("tax_rate", "gl_code__code")
    assert list(found) == [(Decimal(19), "4010"), (Decimal(7), "4000")]


class TestSkipped:
    """Who cannot be charged is left out, each with the reason."""

    def test_a_closed_customer(self, clerk: Membership, assert_verified: Verified) -> None:
        _, gone = records.add_customers(clerk.provider, 2)
        close_customer(customer=gone, staff_id=None)
        run = charges.charge(clerk)
        assert records.outcomes(run) == {"C1": "charged", "C2": "customer_closed"}
        assert_verified()

    def test_a_customer_whose_billing_is_disabled(self, clerk: Membership, assert_verified: Verified) -> None:
        _, quiet = records.add_customers(clerk.provider, 2)
        edit_customer(customer=quiet, staff_id=None, billing_enabled=False)
        run = charges.charge(clerk)
        assert records.outcomes(run) == {"C1": "charged", "C2": "billing_disabled"}
        assert_verified()

    def test_who_changed_between_rehearsal_and_booking(self, clerk: Membership, assert_verified: Verified) -> None:
        one, two, _ = records.add_customers(clerk.provider, 3, orders_each=2)
        run = records.start(charges.draft_charge(clerk, list_name="orders", per="order"), clerk)
        close_customer(customer=one, staff_id=None)
        edit_customer(customer=two, staff_id=None, billing_enabled=False)
        run = records.finish(run)
        assert records.outcomes(run) == {
            "C1-1": "customer_closed", "C1-2": "customer_closed", "C2-1": "billing_disabled",
            "C2-2": "billing_disabled", "C3-1": "charged", "C3-2": "charged",
        }  # fmt: skip
        assert (run.customers_done, run.customers_skipped) == (1, 2)
        assert_verified()

    def test_everybody_while_billing_is_off(self, clerk: Membership, assert_verified: Verified) -> None:
        records.add_customers(clerk.provider, 2)
        run = records.start(charges.draft_charge(clerk), clerk)
        set_end_customer_billing(provider=clerk.provider, on=False, staff_id=None)
        assert set(records.outcomes(records.finish(run)).values()) == {"billing_off"}
        assert_verified()

    def test_everybody_where_the_right_was_lost(self, clerk: Membership, assert_verified: Verified) -> None:
        records.add_customers(clerk.provider, 2)
        run = records.start(charges.draft_charge(clerk), clerk)
        change_membership(membership=clerk, role="agent")
        assert set(records.outcomes(records.finish(run)).values()) == {"requester_not_allowed"}
        assert_verified()

    def test_everybody_where_the_gl_code_went(self, clerk: Membership, assert_verified: Verified) -> None:
        records.add_customers(clerk.provider, 2)
        run = records.start(charges.draft_charge(clerk), clerk)
        add_gl_code(provider=clerk.provider, code="4110", description="", type="fee", staff_id=None)
        set_gl_code_active(gl_code=get_gl_code(clerk.provider, "4100"), active=False, staff_id=None)
        assert set(records.outcomes(records.finish(run)).values()) == {"gl_code_inactive"}
        assert_verified()


class TestRehearsal:
    def test_says_who_got_the_same_charge_within_seven_days(self, clerk: Membership) -> None:
        one, _ = records.add_customers(clerk.provider, 2)
        charges.charge(clerk, customers=[one])
        rehearsal = get_charge_rehearsal(charges.draft_charge(clerk))
        assert (rehearsal.customers, rehearsal.look_alikes, rehearsal.skipped) == (2, 1, [])
        assert get_charge_rehearsal(charges.draft_charge(clerk, description="Other")).look_alikes == 0

    def test_does_not_count_what_was_cancelled(self, clerk: Membership) -> None:
        records.add_customers(clerk.provider, 2)
        charges.cancel_run_of(clerk, charges.charge(clerk))
        assert get_charge_rehearsal(charges.draft_charge(clerk)).look_alikes == 0


class TestCancellation:
    """A run's charges that wait are cancelled as a run of its own."""

    def test_all_wait(self, clerk: Membership, assert_verified: Verified) -> None:
        records.add_customers(clerk.provider, 3)
        run = charges.charge(clerk)
        undone = charges.cancel_run_of(clerk, run)
        assert set(records.outcomes(undone).values()) == {"cancelled"}
        assert (undone.rows_done, undone.booked_minor) == (3, 3000)
        assert [state for *_, state in charges.charges_of_all(clerk.provider)] == ["cancelled"] * 3
        assert get_charge_proof(undone).holds
        assert [(each.state, each.charges, each.amount_minor) for each in count_charges_of_run(run)] == [
            ("cancelled", 3, 3000)
        ]
        assert_verified()

    def test_a_second_one_finds_nothing(self, clerk: Membership, assert_verified: Verified) -> None:
        records.add_customers(clerk.provider, 2)
        run = charges.charge(clerk)
        charges.cancel_run_of(clerk, run)
        again = charges.cancel_run_of(clerk, run)
        assert set(records.outcomes(again).values()) == {"already_cancelled"}
        assert (again.rows_done, again.booked_minor) == (0, 0)
        assert_verified()

    def test_what_is_on_an_invoice_stays(self, clerk: Membership) -> None:
        one, _ = records.add_customers(clerk.provider, 2)
        run = charges.charge(clerk)
        Charge.objects.filter(customer=one).update(state="invoiced")
        assert records.outcomes(charges.cancel_run_of(clerk, run)) == {"C1": "already_invoiced", "C2": "cancelled"}

    def test_what_came_between_is_left_alone(self, clerk: Membership) -> None:
        one, two, _ = records.add_customers(clerk.provider, 3)
        run = charges.charge(clerk)
        draft, _ = prepare_cancellation(membership=clerk, run=run)
        records.start(draft, clerk)
        Charge.objects.filter(customer=one).update(state="invoiced")
        Charge.objects.filter(customer=two).update(state="cancelled", cancelled_at=datetime.now(UTC))
        done = records.finish(draft)
        assert list(records.outcomes(done).values()) == ["already_invoiced", "already_cancelled", "cancelled"]
        assert (done.rows_done, done.rows_skipped, done.booked_minor) == (1, 2, 1000)

    def test_the_same_key_gives_the_same_one(self, clerk: Membership) -> None:
        records.add_customers(clerk.provider, 2)
        run = charges.charge(clerk)
        first, is_new = prepare_cancellation(membership=clerk, run=run, key="undo")
        again, is_new_again = prepare_cancellation(membership=clerk, run=run, key="undo")
        assert (first, is_new, is_new_again) == (again, True, False)

    def test_other_runs_are_refused(self, clerk: Membership) -> None:
        customers = records.add_customers(clerk.provider, 2)
        draft = charges.draft_charge(clerk)
        close_customer(customer=customers[0], staff_id=None)
        nobody = charges.charge(clerk, customers=customers[:1])
        for run, code in (
            (records.credit(clerk), "run_not_charge"),
            (draft, "run_under_way"),
            (nobody, "nothing_charged"),
        ):
            with pytest.raises(Refused) as refused:
                prepare_cancellation(membership=clerk, run=run)
            assert refused.value.code == code


def test_the_audit_has_one_row_for_each_event_of_a_run(clerk: Membership) -> None:
    records.add_customers(clerk.provider, 5)
    before = AuditEntry.objects.count()
    run = charges.charge(clerk)
    assert records.audit_of(run) == ["run.started", "run.finished"]
    assert AuditEntry.objects.count() == before + 2
