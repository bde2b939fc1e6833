"""Window: have a payment method used again that autopay does not charge after a dispute."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.kit.refusal import Refused
from makegood.payments.selectors_held import find_why_held
from makegood.payments.selectors_methods import get_method
from makegood.payments.services.hold_method import RELEASE, release_method
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.methods.forms import ReleaseForm


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, RELEASE, billing=True)
def release(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what it means, asks why, and has autopay charge it again."""
    method = or_404(get_method, request.membership.provider, pk)
    back = reverse("customer-methods", args=[method.customer_id])
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            release_method(membership=request.membership, method=method, reason=form.cleaned_data["reason"])
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, f"{method} is used again.")
            return leave_window(request, back)
    context = {
        "form": form,
        "method": method,
        "customer": method.customer,
        "why_held": find_why_held(method),
        "back": back,
    }
    return show_window(request, "methods/release.html", context, status=422 if form.errors else 200)
