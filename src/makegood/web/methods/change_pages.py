"""Windows: add a payment method by its reference, make one the default, remove one, switch autopay."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.customers.selectors import get_customer_by_id
from makegood.customers.services import edit_customer
from makegood.gateways.selectors import find_active_gateway
from makegood.kit.refusal import Refused
from makegood.payments.models import PaymentMethod
from makegood.payments.selectors_failed import find_given_up
from makegood.payments.selectors_methods import find_default_method, find_next_collection, get_method
from makegood.payments.services.method_changes import CHANGE
from makegood.payments.services.methods import add_method_by_reference, make_default, remove_method, require_removable
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.methods.forms import MethodForm


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.EDIT_CUSTOMERS, CHANGE, billing=True)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """A payment method that the processor knows by a reference; with the sandbox, a test method to choose."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    gateway = find_active_gateway(request.membership.provider)
    back = reverse("customer-methods", args=[pk])
    context: dict[str, Any] = {"customer": customer, "gateway": gateway, "back": back}
    if gateway is None:
        return show_window(request, "methods/no_gateway.html", context, status=_status_of(request))
    form = MethodForm(request.POST if request.method == "POST" else None, gateway=gateway)
    if form.is_bound and form.is_valid():
        try:
            method = add_method_by_reference(
                membership=request.membership,
                customer=customer,
                reference=form.cleaned_data["reference"],
                as_default=form.cleaned_data["as_default"],
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            tell_of_added(request, method)
            return leave_window(request, back)
    shown = {"form": form, "default": find_default_method(customer), **context}
    return show_window(request, "methods/add.html", shown, status=422 if form.errors else 200)


def tell_of_added(request: StaffRequest, method: PaymentMethod) -> None:
    """Says what was added, on the next page."""
    words = f"{method} is added and is the default." if method.is_default else f"{method} is added."
    messages.success(request, words)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.EDIT_CUSTOMERS, CHANGE, billing=True)
def make_default_one(request: StaffRequest, pk: int) -> HttpResponse:
    """Has autopay charge this one."""

    def do(membership: Membership, method: PaymentMethod) -> None:
        method = make_default(membership=membership, method=method)
        messages.success(request, f"{method} is the default.")

    return _confirm(request, pk, "methods/default.html", do)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.EDIT_CUSTOMERS, CHANGE, billing=True)
def remove_one(request: StaffRequest, pk: int) -> HttpResponse:
    """Removes one; for a removed one, tells the processor of it again."""

    def do(membership: Membership, method: PaymentMethod) -> None:
        name = method.gateway.get_kind_display()
        if remove_method(membership=membership, method=method):
            messages.success(request, f"{method} is removed.")
        else:
            messages.warning(
                request,
                f"{method} is removed; nothing charges it any more. {name} does not answer and will be told again.",
            )

    return _confirm(request, pk, "methods/remove.html", do, against=_find_what_stands_against)


def _find_what_stands_against(method: PaymentMethod) -> str:
    """Why it cannot be removed now, in a sentence; empty if it can be."""
    try:
        if method.removed_at is None:
            require_removable(method)
    except Refused as refused:
        return refused.message
    return ""


def _confirm(
    request: StaffRequest,
    pk: int,
    template: str,
    do: Callable[[Membership, PaymentMethod], None],
    against: Callable[[PaymentMethod], str] = lambda method: "",
) -> HttpResponse:
    method = or_404(get_method, request.membership.provider, pk)
    back = reverse("customer-methods", args=[method.customer_id])
    refusal = ""
    if request.method == "POST":
        try:
            do(request.membership, method)
        except Refused as refused:
            refusal = in_words(refused.message)
        else:
            return leave_window(request, back)
    refusal = refusal or in_words(against(method))
    context = {
        "method": method,
        "customer": method.customer,
        "default": find_default_method(method.customer),
        "refusal": refusal,
        "back": back,
    }
    return show_window(request, template, context, status=_status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.EDIT_CUSTOMERS, "switch autopay", billing=True)
def switch_autopay(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what autopay will do, or leave, for the customer, and switches it on or off."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    back = reverse("customer-methods", args=[pk])
    wanted = request.POST.get("autopay")
    if request.method == "POST" and wanted in ("on", "off"):
        # Names what it shall be: sent twice, it is the same.
        edit_customer(customer=customer, staff_id=request.membership.staff_id, autopay=wanted == "on")
        messages.success(request, f"Autopay is {wanted}.")
        return leave_window(request, back)
    context = {
        "customer": customer,
        "default": find_default_method(customer),
        "next": find_next_collection(customer),
        "given_up": find_given_up(customer),
        "back": back,
    }
    return show_window(request, "methods/autopay.html", context, status=_status_of(request))


def _status_of(request: StaffRequest) -> int:
    """Of a window that is shown: if something was sent to it, it was not done."""
    return 422 if request.method == "POST" else 200
