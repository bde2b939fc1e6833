"""Cancelling one charge, and what must hold of charges."""

import pytest

from makegood.audit.models import AuditEntry
from makegood.invoices.models import Charge, Invoice, InvoiceLine
from makegood.invoices.services.cancel_charge import cancel_charge
from makegood.kit.clock import now
from makegood.kit.invariants import find_differences
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.providers.services import set_end_customer_billing
from tests.support import charges, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def clerk() -> Membership:
    """A billing clerk of North, whose one customer C1 has a charge of 10.00 that waits."""
    provider = records.add_provider()
    records.add_customer(provider)
    clerk = records.add_person(provider)
    charges.charge(clerk)
    return clerk


def put_on_invoice(charge: Charge, number: int = 17, state: str = "open") -> Invoice:
    """An issued invoice with the charge on it, without its money: for what only looks at the lines."""
    today = charge.charged_on
    settled = {"settled_on": today, "voided_minor": charge.amount_minor} if state == "void" else {}
    invoice = Invoice.objects.create(
        provider_id=charge.provider_id, customer_id=charge.customer_id, kind="single", net_minor=charge.amount_minor,
        tax_minor=0, created_at=now(), period_from=today, period_to=today, state=state, number=number, issued_on=today,
        due_on=today, collect_on=today, **settled,
    )  # fmt: skip
    InvoiceLine.objects.create(
        invoice=invoice, position=1, provider_id=charge.provider_id, customer_id=charge.customer_id, charge=charge,
        gl_code=charge.gl_code, amount_minor=charge.amount_minor, net_minor=charge.amount_minor,
        tax_rate=charge.tax_rate, kind="charge", description=charge.description,
    )  # fmt: skip
    Charge.objects.filter(pk=charge.pk).update(state="invoiced")
    return invoice


def test_a_waiting_charge_is_cancelled_and_audited(clerk: Membership, assert_verified: Verified) -> None:
    done = cancel_charge(membership=clerk, charge=charges.charge_of(clerk.provider))
    assert (done.state, done.cancelled_by) == ("cancelled", clerk.staff)
    entry = AuditEntry.objects.get(action="charge.cancelled")
    assert (entry.subject_type, entry.subject_id, entry.staff_id) == ("charge", done.pk, clerk.staff_id)
    assert_verified()


def test_cancelled_stays_cancelled(clerk: Membership) -> None:
    charge = charges.charge_of(clerk.provider)
    first = cancel_charge(membership=clerk, charge=charge)
    again = cancel_charge(membership=records.add_person(clerk.provider, "manager"), charge=charge)
    assert (again.cancelled_by, again.cancelled_at) == (clerk.staff, first.cancelled_at)
    assert AuditEntry.objects.filter(action="charge.cancelled").count() == 1


def test_once_invoiced_it_is_refused_with_the_invoice(clerk: Membership) -> None:
    charge = charges.charge_of(clerk.provider)
    put_on_invoice(charge)
    with pytest.raises(Refused, match="on invoice 17 already") as refused:
        cancel_charge(membership=clerk, charge=charge)
    assert refused.value.code == "charge_invoiced"


@pytest.mark.parametrize("role", ["viewer", "agent", "admin"])
def test_who_may_not_bill_may_not_cancel(clerk: Membership, role: str) -> None:
    with pytest.raises(Refused) as refused:
        cancel_charge(membership=records.add_person(clerk.provider, role), charge=charges.charge_of(clerk.provider))
    assert refused.value.code == "not_allowed"


def test_while_billing_is_off_it_is_refused(clerk: Membership) -> None:
    set_end_customer_billing(provider=clerk.provider, on=False, staff_id=None)
    with pytest.raises(Refused) as refused:
        cancel_charge(membership=clerk, charge=charges.charge_of(clerk.provider))
    assert refused.value.code == "billing_off"


def test_another_providers_charge_does_not_exist(clerk: Membership) -> None:
    stranger = records.add_person(records.add_provider("south"), "manager")
    with pytest.raises(Refused) as refused:
        cancel_charge(membership=stranger, charge=charges.charge_of(clerk.provider))
    assert refused.value.code == "charge_unknown"


class TestVerify:
    """Breaking what must hold is found."""

    def broken(self) -> set[str]:
        return {difference.invariant for difference in find_differences()} & {
            "charge_invoiced", "charge_references", "charge_run_proof"
        }  # fmt: skip

    def test_invoiced_without_an_invoice(self, clerk: Membership) -> None:
        Charge.objects.update(state="invoiced")
        assert self.broken() == {"charge_invoiced"}

    def test_on_an_invoice_and_still_waiting(self, clerk: Membership) -> None:
        put_on_invoice(charges.charge_of(clerk.provider))
        assert not self.broken()
        Charge.objects.update(state="waiting")
        assert self.broken() == {"charge_invoiced"}

    def test_on_two_invoices(self, clerk: Membership) -> None:
        charge = charges.charge_of(clerk.provider)
        put_on_invoice(charge, 17, "void")
        put_on_invoice(charge, 18)
        assert not self.broken(), "one of them is void"
        put_on_invoice(charge, 19)
        assert self.broken() == {"charge_invoiced"}

    def test_a_run_that_says_it_charged_more(self, clerk: Membership) -> None:
        run = charges.charge(clerk, description="Other")
        type(run).objects.filter(pk=run.pk).update(booked_minor=999)
        assert self.broken() == {"charge_run_proof"}

    def test_a_cancellation_whose_charge_waits_again(self, clerk: Membership) -> None:
        charges.cancel_run_of(clerk, charges.charge(clerk, description="Other"))
        Charge.objects.update(state="waiting", cancelled_at=None, cancelled_by=None)
        assert self.broken() == {"charge_run_proof"}
