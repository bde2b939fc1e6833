"""Moving money out of a payment again: by a bank, by a dispute, or because a person reverses it."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import F

from makegood.credits.models import Credit, CreditEntry
from makegood.credits.services.return_funds import Cause, return_uses
from makegood.invoices.models import Invoice
from makegood.invoices.selectors import get_write_off_gl_code
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_gl_code
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book
from makegood.payments.models import Payment, PaymentMovement
from makegood.payments.movements import note_movement
from makegood.payments.returning import TakePlan, plan_taking
from makegood.payments.rules import State
from makegood.payments.services.overpayment import Moving, enter_funds
from makegood.payments.telling import tell_of_shortfall
from makegood.providers.models import Provider

Type = PaymentMovement.Type


def take_back(
    *, provider: Provider, payment: Payment, amount_minor: int, lost_minor: int = 0, state: State, booked_on: date
) -> TakePlan:
    """A bank takes so much of a payment back, in minor units. Demands the transaction of books and customer's lock.

    lost_minor: what it takes besides although that had gone back by hand; it is written off.
    payment: read under that lock; state: the one that it has after it, disputed or returned. What is owed again is
    collected by hand. What cannot come back is written off, and managers are told. Raises where the payment does not
    hold as much any more: who calls asks for at most that.
    """
    demand_transaction()
    plan = replace(plan_taking(payment, amount_minor, booked_on), lost_minor=lost_minor)
    take_money_away(provider, plan, Moving(Type.RETURNED, booked_on, now()))
    payment.state = state
    payment.save(update_fields=["state", "allocated_minor", "over_minor", "returned_minor", "lost_minor"])
    if plan.shortfall_minor:
        tell_of_shortfall(provider, payment, plan.shortfall_minor)
    return plan


def take_money_away(provider: Provider, plan: TakePlan, moving: Moving) -> int:
    """Books what the plan says; returns the journal entry. Demands the transaction of books and customer's lock.

    The payment's amounts are changed and left to be saved, together with the state that goes with them.
    """
    demand_transaction()
    payment = plan.payment
    if plan.shortfall_minor > payment.over_minor - plan.overpaid_minor:
        raise RuntimeError(f"Payment {payment.pk} does not hold {plan.amount_minor} any more.")
    if plan.uses:
        parts = {use.pk: amount for use, amount in plan.uses}
        cause = Cause("payment", payment.pk, moving.staff_id)
        return_uses(provider=provider, parts=parts, booked_on=moving.booked_on, cause=cause)
    entry_id = _book(provider, plan, moving)
    if plan.overpaid_minor:
        _take_overpayment_back(plan, entry_id, moving)
    if plan.allocations:
        _take_allocations_away(plan, entry_id, moving)
    if moving.by_hand:
        Invoice.objects.filter(provider=provider, pk__in=plan.reopened).update(by_hand=True)
    payment.over_minor -= plan.overpaid_minor + plan.shortfall_minor
    payment.allocated_minor -= plan.unpaid_minor
    payment.returned_minor += plan.amount_minor
    payment.lost_minor += plan.lost_minor
    note_movement(payment, moving.type, -plan.moved_minor, moving.booked_on, entry_id=entry_id)
    return entry_id


def _book(provider: Provider, plan: TakePlan, moving: Moving) -> int:
    """The journal entry: where the money was, it is not."""
    payment = plan.payment
    receivable_minor = plan.unpaid_minor - plan.written_off_minor
    written_off_minor = plan.written_off_minor + plan.shortfall_minor + plan.lost_minor
    lines = [Line(payment.gl_code_id, credit_minor=plan.moved_minor)]
    if receivable_minor:
        lines.append(Line(get_control_gl_code_id(provider.pk, GLCode.Type.RECEIVABLE), debit_minor=receivable_minor))
    if written_off_minor:
        gl_code = hold_gl_code(get_write_off_gl_code(provider).pk)
        lines.append(Line(gl_code.pk, debit_minor=written_off_minor))
    if plan.overpaid_minor:
        funds = get_control_gl_code_id(provider.pk, GLCode.Type.AVAILABLE_FUNDS)
        lines.append(Line(funds, debit_minor=plan.overpaid_minor))
    return book(
        provider_id=provider.pk,
        booked_on=moving.booked_on,
        event=moving.event,
        cause_type="payment",
        cause_id=payment.pk,
        lines=lines,
    )


def _take_overpayment_back(plan: TakePlan, entry_id: int, moving: Moving) -> None:
    """Of the overpayment's credit: what had been used of it has come back before."""
    payment, credit = plan.payment, plan.payment.overpayment_credit
    if credit is None:
        raise RuntimeError(f"Payment {payment.pk} has no overpayment to take back.")
    Credit.objects.filter(pk=credit.pk).update(taken_back_minor=F("taken_back_minor") + plan.overpaid_minor)
    enter_funds(payment, credit, -plan.overpaid_minor, CreditEntry.Type.TAKEN_BACK, entry_id, moving)


def _take_allocations_away(plan: TakePlan, entry_id: int, moving: Moving) -> None:
    """The invoices, their sub-ledger and the allocations, in one statement; then what the customer owes."""
    payment = plan.payment
    parameters: dict[str, Any] = {
        "payment": payment.pk,
        "provider": payment.provider_id,
        "customer": payment.customer_id,
        "invoices": [each.invoice.pk for each in plan.allocations],
        "amounts": [each.amount_minor for each in plan.allocations],
        # Set for all that are owed again, by whatever paid them.
        "by_hand": False,
        "journal_entry": entry_id,
        "created_at": moving.at,
        "booked_on": moving.booked_on,
    }
    taken = run_sql(load_sql(__package__, "take_allocations_away"), parameters)[0]
    if (taken["amount_minor"], taken["written_off_minor"]) != (plan.unpaid_minor, plan.written_off_minor):
        raise RuntimeError(f"Invoices of customer {payment.customer_id} changed although the customer is locked.")
    CustomerBalance.objects.filter(customer_id=payment.customer_id).update(
        receivable_minor=F("receivable_minor") + taken["amount_minor"] - taken["written_off_minor"]
    )
