"""Pages: one credit, where it came from and what became of it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.credits.change_preview import compare_change, find_refusal_to_change
from makegood.credits.change_rules import is_given
from makegood.credits.models import Credit
from makegood.credits.selectors import find_origin, get_credit, list_changes, list_entries
from makegood.ledger.selectors import get_balance
from makegood.payments.selectors_refunds import list_refunds_about
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import can_act
from makegood.statements.selectors import list_uses_of_credit
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """A credit: amounts, where it came from, its entries, and the history of each field."""
    credit = or_404(get_credit, request.membership.provider, pk)
    changes = list(list_changes(credit))
    context = {
        "credit": credit,
        "status": _status(credit),
        "amount_minor": credit.issued_minor + credit.adjusted_minor,
        "funds_minor": get_balance(credit.provider_id, credit.customer_id).funds_minor,
        "origin": find_origin(credit),
        "entries": _with_balances(credit),
        "uses": list_uses_of_credit(credit),
        "refunds": list_refunds_about(credit),
        "history": [(change, compare_change(change)) for change in changes],
        **_offers(request.membership, credit),
    }
    return render(request, "credits/credit.html", context)


def _offers(membership: Membership, credit: Credit) -> dict[str, object]:
    """What the person is offered: nothing that would be refused; and why not, where one would look for it."""
    if not can_act(membership, Right.CREDIT_ONE) or not membership.provider.end_customer_billing:
        return {}
    refusal = find_refusal_to_change(membership, credit)
    return {
        "can_edit": refusal is None,
        "can_void": refusal is None
        and credit.remaining_minor > 0
        and is_given(credit.kind, from_invoice=credit.from_invoice_id is not None),
        "refusal": refusal,
    }


def _with_balances(credit: Credit) -> list[tuple[object, int]]:
    """The entries, each with what remained of the credit after it, in minor units."""
    rows, remaining = [], 0
    for entry in list_entries(credit):
        remaining += entry.amount_minor
        rows.append((entry, remaining))
    return rows


def _status(credit: Credit) -> tuple[str, str]:
    """A word for where the credit stands, and the class of its badge."""
    if credit.remaining_minor:
        return ("active", "Partly used") if credit.used_minor else ("active", "Available")
    if credit.used_minor + credit.refunded_minor:
        return "finished", "Used up"
    return ("closed", "Expired") if credit.expired_minor else ("cancelled", "Taken back")
