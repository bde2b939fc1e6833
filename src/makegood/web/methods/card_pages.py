"""The page on which a card is entered, in the processor's own form."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from makegood.customers.selectors import get_customer_by_id
from makegood.gateways.rules import GatewayKind
from makegood.gateways.selectors import find_active_gateway
from makegood.kit.refusal import Refused
from makegood.payments.selectors_methods import find_default_method
from makegood.payments.services.entering import finish_entering, start_entering
from makegood.payments.services.method_changes import CHANGE
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.methods.card_policy import let_form_in, script_address
from makegood.web.methods.change_pages import tell_of_added
from makegood.web.methods.forms import CardForm

CAN_BE_SENT_AGAIN = ("processor_away", "processor_busy")
"""Refusals after which the same card need not be entered again."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.EDIT_CUSTOMERS, CHANGE, billing=True)
def enter(request: StaffRequest, pk: int) -> HttpResponse:
    """The processor's form; what it made of the card is added. A processor without a form has its window instead."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    gateway = find_active_gateway(request.membership.provider)
    if gateway is None or gateway.kind != GatewayKind.STRIPE:
        return redirect("customer-method-new", pk)
    form = CardForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            method = finish_entering(
                membership=request.membership,
                customer=customer,
                proof=form.cleaned_data["proof"],
                as_default=form.cleaned_data["as_default"],
            )
        except Refused as refused:
            add_refusal(form, refused)
            if refused.code not in CAN_BE_SENT_AGAIN:
                form.data = {"as_default": form.cleaned_data["as_default"]}
        else:
            tell_of_added(request, method)
            return redirect("customer-methods", pk)
    context = {
        "customer": customer,
        "gateway": gateway,
        "form": form,
        "default": find_default_method(customer),
        "processor_script": script_address(),
        "back": reverse("customer-methods", args=[pk]),
    }
    return let_form_in(render(request, "methods/card.html", context, status=422 if form.errors else 200))


@require_POST
@needs_right(Right.EDIT_CUSTOMERS, CHANGE, billing=True)
def begin(request: StaffRequest, pk: int) -> HttpResponse:
    """Has the processor expect a card; answers with what its form needs. Nothing of it is kept by browsers."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    try:
        entering = start_entering(membership=request.membership, customer=customer)
    except Refused as refused:
        return JsonResponse({"problem": in_words(refused.message)}, status=422)
    return JsonResponse({"secret": entering.client_secret, "proof": entering.proof})
