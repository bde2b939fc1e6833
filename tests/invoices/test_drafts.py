"""Drafts: looked at before they are issued, discarded, and not issued where something has changed since."""

from datetime import date
from typing import Any

import pytest

from makegood.customers.selectors import get_customer
from makegood.customers.services import edit_customer
from makegood.invoices.models import Invoice
from makegood.invoices.rehearsal import get_invoice_rehearsal
from makegood.invoices.services.discard_draft import discard_draft
from makegood.invoices.services.invoice_run import prepare_invoice_run
from makegood.kit.refusal import Refused
from makegood.orders.services.change_order import change_price
from makegood.orders.services.close_customer import close_customer
from makegood.providers.services import set_end_customer_billing
from makegood.runs.services.select import select_listed
from makegood.runs.services.start_run import cancel_run, start_run
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    draft_invoices,
    give_credit,
    invoice_of,
    invoices_of,
    issue_drafts,
    issue_invoices,
    on_day,
    order_of,
    receivable,
)
from tests.support.records import add_person, finish, messages, outcomes, reload

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY = date(2026, 2, 1)


def test_a_draft_owes_nothing_and_has_no_number(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)

    run = draft_invoices(provider, FIRST)

    invoice = Invoice.objects.get()
    assert (run.state, run.total_minor, run.rows_selected, run.created_by) == ("draft", 2000, 1, None)
    assert (invoice.state, invoice.number, receivable(provider)) == ("draft", None, 0)
    assert_verified()


def test_a_cancelled_run_discards_its_drafts_and_all_are_due_again(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    clerk = add_person(provider)
    run = draft_invoices(provider, FIRST, membership=clerk)

    with on_day(FIRST):
        cancel_run(run=run, membership=clerk)

    assert [invoice.state for invoice in Invoice.objects.all()] == ["void"]
    issue_invoices(provider, FIRST)
    assert invoice_of(provider).number == 1
    assert_verified()


def test_a_single_draft_can_be_discarded(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    add_billed_customer(provider, "C2")
    clerk = add_person(provider)
    run = draft_invoices(provider, FIRST)
    with on_day(FIRST):
        draft = discard_draft(membership=clerk, invoice=Invoice.objects.get(customer__number="C1"))
        discard_draft(membership=clerk, invoice=draft)

    run = issue_drafts(run, FIRST)

    assert outcomes(run) == {"C1": "draft_discarded", "C2": "invoiced"}
    with pytest.raises(Refused):
        discard_draft(membership=clerk, invoice=invoice_of(provider, "C2"))
    assert_verified()


def test_while_billing_is_off_no_draft_is_discarded(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    clerk = add_person(provider)
    draft_invoices(provider, FIRST)
    set_end_customer_billing(provider=provider, on=False, staff_id=None)
    with pytest.raises(Refused) as refused:
        discard_draft(membership=clerk, invoice=Invoice.objects.get())
    assert (refused.value.code, Invoice.objects.get().state) == ("billing_off", "draft")
    assert_verified()


def _change_price(provider: Any) -> None:
    change_price(order=order_of(provider), price_minor=100, effective_from=FIRST, staff_id=None)


def _disable(provider: Any) -> None:
    edit_customer(customer=get_customer(provider, "C1"), billing_enabled=False, staff_id=None)


def _close(provider: Any) -> None:
    close_customer(customer=get_customer(provider, "C1"), staff_id=None)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [(_change_price, "changed_since_draft"), (_disable, "billing_disabled"), (_close, "changed_since_draft")],
)
def test_what_has_changed_since_the_draft_is_not_issued(change: Any, outcome: str, assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    add_billed_customer(provider, "C2")
    run = draft_invoices(provider, FIRST)
    with on_day(FIRST):
        change(provider)

    run = issue_drafts(run, FIRST)

    assert outcomes(run) == {"C1": outcome, "C2": "invoiced"}
    assert (run.rows_done, run.rows_skipped, run.state) == (1, 1, "finished")
    assert invoices_of(provider) == []
    assert invoice_of(provider, "C2").number == 1
    assert_verified()


def test_who_changed_is_billed_anew_by_the_next_run(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    run = draft_invoices(provider, FIRST)
    with on_day(FIRST):
        _change_price(provider)
    issue_drafts(run, FIRST)

    issue_invoices(provider, FIRST)

    assert invoice_of(provider).total_minor == 100
    assert_verified()


def test_billing_that_is_switched_off_before_the_issue_discards_all_drafts(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    run = draft_invoices(provider, FIRST)
    with on_day(FIRST):
        set_end_customer_billing(provider=provider, on=False, staff_id=None)
        run = finish(start_run(run=run, membership=None))

    assert outcomes(run) == {"C1": "billing_off"}
    assert Invoice.objects.get().state == "void"
    assert_verified()


def test_a_second_run_leaves_drafted_periods_alone(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    run = draft_invoices(provider, FIRST)

    with pytest.raises(Refused) as refused:
        draft_invoices(provider, FIRST)

    assert refused.value.code == "nobody_due"
    issue_drafts(run, FIRST)
    assert_verified()


def test_of_a_selection_everybody_has_a_row_with_the_reason(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    customers = [add_billed_customer(provider)]
    issue_invoices(provider, FIRST)
    customers.append(add_billed_customer(provider, "C2"))
    customers.append(add_billed_customer(provider, "C3", orders=0))
    customers.append(add_billed_customer(provider, "C4", billing_enabled=False))
    clerk = add_person(provider)
    with on_day(FIRST):
        ids = [customer.pk for customer in customers]
        selection = select_listed(membership=clerk, list_name="customers", record_ids=ids)
        run, _ = prepare_invoice_run(membership=clerk, provider=provider, day=FIRST, selection=selection)
        run = finish(start_run(run=run, membership=clerk))

    assert outcomes(run) == {
        "C1": "already_billed",
        "C2": "invoiced",
        "C3": "nothing_to_bill",
        "C4": "billing_disabled",
    }
    assert_verified()


def test_the_run_of_a_day_tells_nobody_that_all_went_well() -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    manager = add_person(provider, "manager")

    issue_invoices(provider, FIRST)

    assert messages(manager) == []


def test_the_rehearsal_holds_drafts_against_the_invoices_before(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    for number in ("C1", "C2", "C3"):
        add_billed_customer(provider, number, email="" if number == "C2" else f"{number}@example.org")
    issue_invoices(provider, FIRST)
    add_billed_customer(provider, "C4", from_date=FEBRUARY)
    with on_day(FEBRUARY):
        change_price(order=order_of(provider, "C1-1"), price_minor=2500, effective_from=FEBRUARY, staff_id=None)
        change_price(order=order_of(provider, "C2-1"), price_minor=1000, effective_from=FEBRUARY, staff_id=None)
    give_credit(provider, "C3", 2300, day=date(2026, 1, 5))

    run = draft_invoices(provider, FEBRUARY)
    with on_day(FEBRUARY):
        rehearsal = get_invoice_rehearsal(reload(run))

    assert (rehearsal.invoices, rehearsal.total_minor, rehearsal.without_email) == (4, 7500, 1)
    assert (rehearsal.up, rehearsal.up_minor, rehearsal.down, rehearsal.down_minor) == (1, 500, 1, 1000)
    assert (rehearsal.new, rehearsal.new_minor) == (1, 2000)
    assert [(change.number, change.change_minor) for change in rehearsal.largest] == [("C2", -1000), ("C1", 500)]
    assert (rehearsal.will_use_minor, rehearsal.customers_with_funds) == (300, 1)
    assert rehearsal.due_on == date(2026, 2, 15)
    assert_verified()
