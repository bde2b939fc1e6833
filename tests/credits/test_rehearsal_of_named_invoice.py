"""The rehearsal of a credit that is given for one invoice says that it is used for it at once; and so it is then."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from makegood.cli.run_bills import describe_bills, lines_of_bills
from makegood.credits.bills_of_draft import BillsOfDraft, Group, Stands, get_bills_of_draft
from makegood.credits.models import Kind
from makegood.credits.services.give_credit import CreditValues, prepare_credit_run
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.ledger.selectors import get_credit_gl_code
from makegood.payments.models import PaymentClaim
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.providers.models import Membership
from makegood.runs.models import Run
from makegood.runs.services.select import select_listed
from makegood.runs.services.start_run import start_run
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.movements import owe
from tests.support.paying import stand_of
from tests.support.records import finish
from tests.support.refunding import DAY, account_of, add_invoiced, add_provider_with_sandbox

pytestmark = pytest.mark.sql


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def invoice(manager: Membership) -> Invoice:
    """An Open invoice of 60.00."""
    return add_invoiced(manager.provider, outcome="card_succeeds")


def draft(membership: Membership, invoice: Invoice, amount_minor: int) -> Run:
    gl_code = get_credit_gl_code(membership.provider, "4920")
    selection = select_listed(membership=membership, list_name="customers", record_ids=[invoice.customer_id])
    run, _ = prepare_credit_run(
        membership=membership,
        selection=selection,
        unit=Run.Unit.CUSTOMER,
        values=CreditValues(amount_minor, gl_code, "Sorry", Kind.CORRECTION),
        chosen=[invoice.customer.number],
        use_for=invoice,
    )
    return run


def book(membership: Membership, run: Run) -> None:
    finish(start_run(run=run, membership=membership))


def bills_of(run: Run) -> BillsOfDraft:
    return get_bills_of_draft(run)


def test_it_is_used_at_once_and_not_on_the_day_of_collecting(
    manager: Membership, invoice: Invoice, assert_verified: Verified
) -> None:
    run = draft(manager, invoice, 6000)
    bills = bills_of(run)
    assert (bills.at_once, bills.open, bills.days, bills.left) == (Group(1, 6000), Group(), (), Group())
    assert bills.stands == Stands(at_once=1)
    book(manager, run)
    assert (stand_of(invoice), account_of(invoice)) == (("paid", 0, 0), (0, 0))
    assert_verified()


def test_what_is_over_of_it_goes_on_as_other_credits_do(
    manager: Membership, invoice: Invoice, assert_verified: Verified
) -> None:
    late = owe(invoice.customer, 1000, due_on=DAY - timedelta(days=9))
    run = draft(manager, invoice, 6500)
    bills = bills_of(run)
    assert (bills.at_once, bills.late, bills.late_settled.customers) == (Group(1, 6000), Group(1, 500), 0)
    book(manager, run)
    assert (stand_of(invoice)[2], stand_of(late)[2], account_of(invoice)) == (0, 500, (0, 500))
    assert_verified()


def test_a_late_one_first_although_an_older_one_is_late(
    manager: Membership, invoice: Invoice, assert_verified: Verified
) -> None:
    older = owe(invoice.customer, 1000, due_on=DAY - timedelta(days=9))
    named = owe(invoice.customer, 2000, due_on=DAY - timedelta(days=2))
    run = draft(manager, named, 2000)
    bills = bills_of(run)
    assert (bills.at_once, bills.late) == (Group(1, 2000), Group(1, 0))
    book(manager, run)
    assert (stand_of(named)[2], stand_of(older)[2]) == (0, 1000)
    assert_verified()


def test_also_of_who_has_billing_disabled_and_of_an_invoice_that_people_collect(
    manager: Membership, invoice: Invoice, assert_verified: Verified
) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(by_hand=True)
    Customer.objects.filter(pk=invoice.customer_id).update(billing_enabled=False)
    run = draft(manager, invoice, 2500)
    assert bills_of(run).at_once == Group(1, 2500)
    book(manager, run)
    assert stand_of(invoice)[2] == 3500
    assert_verified()


def test_nothing_while_a_payment_is_on_its_way(manager: Membership, invoice: Invoice) -> None:
    run = draft(manager, invoice, 6000)
    charge_invoices(membership=manager, customer=invoice.customer, key="k")
    assert PaymentClaim.objects.filter(invoice=invoice, open=True, payment__created_at__lte=now()).exists()
    bills = bills_of(run)
    assert (bills.at_once, bills.in_flight) == (Group(), Group(1, 6000))


def test_the_command_line_says_it_too(manager: Membership, invoice: Invoice) -> None:
    bills = bills_of(draft(manager, invoice, 6000))
    assert ("Used at once", "$60.00 for the invoice that it is for") in lines_of_bills(manager.provider, bills)
    assert describe_bills(manager.provider, bills)["used_at_once"] == {"customers": 1, "amount": "60.00"}
