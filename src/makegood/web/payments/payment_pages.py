"""Pages: one payment: what happened to it, what it paid, and what can be done about it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.payments.collecting import find_turn_of
from makegood.payments.failure_words import tell_staff_why
from makegood.payments.models import Payment
from makegood.payments.rules import BY_HAND, IN_FLIGHT, State
from makegood.payments.selectors import get_payment, list_first_allocations
from makegood.payments.selectors_failed import StillOwed, list_still_owed
from makegood.payments.selectors_story import tell_story
from makegood.payments.services.ask_soon import ask_soon
from makegood.payments.services.settle_by_hand import find_why_not_by_hand
from makegood.payments.services.withdraw import find_why_not_withdrawn
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import can_act
from makegood.web.frame.finding import or_404
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.payments.happenings import list_happenings, say_where_it_stands
from makegood.web.refunds.parts import list_parts

LOOKS_FOR = timedelta(minutes=2)
"""How long after a payment was asked for its page looks by itself what became of it."""


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """A payment: what it paid, what became Available Funds, what went back, and what can be done."""
    payment = or_404(get_payment, request.membership.provider, pk)
    given = list(list_first_allocations(payment))
    story = tell_story(payment)
    failed = payment.state == State.FAILED
    owed = list_still_owed([payment.pk]).get(payment.pk, []) if failed else []
    turn = find_turn_of(payment, now())
    context = {
        "payment": payment,
        "allocations": given,
        "given_minor": sum(each.amount_minor for each in given),
        "story": story,
        "happenings": list_happenings(payment, story),
        "stands": say_where_it_stands(payment, turn),
        "is_limited": turn is not None,
        "looks_again": _mark_of(payment) if _is_moving(payment) else "",
        "why": tell_staff_why(payment.failure_code, payment.failure) if failed else "",
        "still_owed": owed,
        "next_try_on": min((each.next_try_on for each in owed if each.next_try_on), default=None),
        "parts": list_parts(request.membership, story.transfers),
        **_offer(request.membership, payment, owed),
    }
    return render(request, "payments/payment.html", context)


@require_safe
def look_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Nothing, as long as the payment stands as its page shows it; else that page is to be loaded again."""
    payment = or_404(get_payment, request.membership.provider, pk)
    if request.GET.get("seen") == _mark_of(payment):
        return HttpResponse(status=204)
    return HttpResponseClientRefresh()


def _mark_of(payment: Payment) -> str:
    """What the page shows of a payment under way, in a word that changes with it."""
    return f"{payment.state}-{payment.checks}-{'known' if payment.gateway_reference else 'new'}"


def _is_moving(payment: Payment) -> bool:
    """Whether the processor may answer any moment: it has just been asked, or is asked now."""
    if payment.state not in IN_FLIGHT:
        return False
    asked = [at for at in (payment.created_at, payment.next_check_at) if at is not None]
    return any(abs(now() - at) < LOOKS_FOR for at in asked)


def _offer(membership: Membership, payment: Payment, owed: list[StillOwed]) -> dict[str, Any]:
    """What the person is offered; nothing that would be refused."""
    may_bill = can_act(membership, Right.BILL)
    billing = membership.provider.end_customer_billing
    return {
        "can_reverse": payment.state == State.SUCCEEDED and payment.method in BY_HAND and may_bill and billing,
        "can_ask": may_bill and (payment.state in (State.SUBMITTED, State.UNKNOWN) or _waits_for_a_time(payment)),
        "can_withdraw": may_bill and find_why_not_withdrawn(payment) is None,
        "can_settle": may_bill and bool(payment.gateway_id) and find_why_not_by_hand(payment, now()) is None,
        "can_work": bool(owed) and may_bill and billing,
    }


def _waits_for_a_time(payment: Payment) -> bool:
    """Whether it is not submitted before a moment that is still to come; else it goes as soon as the limits let it."""
    return payment.state == State.CREATED and payment.next_check_at is not None and payment.next_check_at > now()


@require_POST
@needs_right(Right.BILL, "ask the processor")
def ask(request: StaffRequest, pk: int) -> HttpResponse:
    """Has a payment that is under way looked at now."""
    payment = or_404(get_payment, request.membership.provider, pk)
    try:
        ask_soon(membership=request.membership, payment=payment)
    except Refused as refused:
        messages.error(request, in_words(refused.message))
    else:
        messages.success(request, "The processor is asked now. What it says stands here.")
    return redirect("payment", pk)
