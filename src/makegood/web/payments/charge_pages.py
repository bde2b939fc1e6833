"""Window: charge what a customer owes to a payment method now."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer_by_id
from makegood.invoices.models import Invoice
from makegood.invoices.selectors import list_owed
from makegood.kit.refusal import Refused
from makegood.payments.charging import ChargePlan, plan_charge
from makegood.payments.models import Payment, PaymentMethod
from makegood.payments.selectors import find_payment_by_key
from makegood.payments.selectors_methods import list_usable_methods
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window

CHARGE = "charge customers"
FIELDS = {"invoice": "invoices", "key": ""}


class ChargeForm(forms.Form):
    """Which invoices are charged to which method. key: the same window sent twice charges once.

    seen: what the person saw that it comes to, in minor units.
    """

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False)
    method = forms.ChoiceField(
        label="Charge", widget=forms.RadioSelect, error_messages={"required": "Choose what is charged."}
    )
    invoices = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Tick what is to be charged."}
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        owed: Sequence[Invoice],
        methods: Sequence[PaymentMethod],
        ticked: Sequence[Invoice],
    ) -> None:
        first = {
            "key": uuid4().hex,
            "invoices": [str(invoice.pk) for invoice in ticked],
            "method": str(methods[0].pk) if methods else "",
        }
        super().__init__(data, initial=first, auto_id="charge_%s")
        self.owed = {str(invoice.pk): invoice for invoice in owed}
        self.methods = {str(method.pk): method for method in methods}
        self.fields["invoices"].choices = [(pk, str(each)) for pk, each in self.owed.items()]  # type: ignore[attr-defined]
        self.fields["method"].choices = [(pk, _name(each)) for pk, each in self.methods.items()]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> list[Invoice]:
        """The invoices that are ticked, as far as the form says so far."""
        return [self.owed[pk] for pk in self["invoices"].value() or [] if pk in self.owed]

    @property
    def chosen(self) -> PaymentMethod | None:
        return self.methods.get(str(self["method"].value() or ""))

    def rows(self) -> list[tuple[Invoice, bool]]:
        """Each invoice with whether it is ticked."""
        ticked = {invoice.pk for invoice in self.ticked}
        return [(invoice, invoice.pk in ticked) for invoice in self.owed.values()]


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, CHARGE, billing=True)
def charge(request: StaffRequest, pk: int) -> HttpResponse:
    """What is owed, with what could be charged; `invoice` in the address names the one that is ticked alone."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    back = _page_to_go_back_to(request, customer)
    if request.method == "POST" and (known := _find_asked_before(request, customer)):
        messages.info(request, "This window was sent before: here is its payment. Nothing is charged twice.")
        return leave_window(request, reverse("payment", args=[known.pk]))
    form = _form(request, customer)
    if request.method == "POST" and form.is_valid() and request.POST.get("do") != "preview":
        try:
            payment = _charge(request, customer, form)
            return leave_window(request, reverse("payment", args=[payment.pk]))
        except Refused as refused:
            add_refusal(form, refused, FIELDS)
    return _show(request, customer, form, back)


@require_POST
@needs_right(Right.BILL, CHARGE, billing=True)
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """What would be charged with what is ticked; charges nothing."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    context = _look_ahead(request, customer, _form(request, customer))
    return render(request, "payments/_charge_preview.html", context)


def _charge(request: StaffRequest, customer: Customer, form: ChargeForm) -> Payment:
    """Asks for the money. What the processor says of it stands on the payment's page, which looks by itself."""
    return charge_invoices(
        membership=request.membership,
        customer=customer,
        invoices=form.ticked,
        payment_method=form.chosen,
        seen_minor=form.cleaned_data["seen"],
        key=f"form:{form.cleaned_data['key']}",
    )


def _find_asked_before(request: StaffRequest, customer: Customer) -> Payment | None:
    """The payment that the same window has made already."""
    if not (key := request.POST.get("key", "")) or request.POST.get("do") == "preview":
        return None
    made = find_payment_by_key(request.membership.provider, f"form:{key}")
    return made if made is not None and made.customer_id == customer.pk else None


def _plan(request: StaffRequest, customer: Customer, form: ChargeForm) -> ChargePlan:
    return plan_charge(
        membership=request.membership, customer=customer, invoices=form.ticked, payment_method=form.chosen
    )


def _show(request: StaffRequest, customer: Customer, form: ChargeForm, back: str) -> HttpResponse:
    if {"key", "seen"} & set(form.errors):
        form.add_error(None, "The window was not sent whole. Close it and open it again.")
    context = {"back": back, "address": request.get_full_path(), **_look_ahead(request, customer, form)}
    return show_window(request, "payments/charge.html", context, status=422 if form.errors else 200)


def _look_ahead(request: StaffRequest, customer: Customer, form: ChargeForm) -> dict[str, Any]:
    context: dict[str, Any] = {"customer": customer, "form": form}
    if not form.owed:
        return {**context, "impossible": "Nothing is due, so nothing can be charged."}
    if not form.methods:
        return {**context, "impossible": "The customer has no payment method that can be charged now. Add one first."}
    if not form.ticked:
        return context
    try:
        return {**context, "plan": _plan(request, customer, form)}
    except Refused as refused:
        said = {str(error) for errors in form.errors.values() for error in errors}
        words = in_words(refused.message)
        return {**context, "refusal": "" if words in said else words}


def _form(request: StaffRequest, customer: Customer) -> ChargeForm:
    owed = list(list_owed(customer))
    free = [invoice for invoice in owed if not invoice.in_flight_minor]
    asked = request.GET.get("invoice", "")
    wanted = [invoice for invoice in free if str(invoice.pk) == asked]
    usable = list_usable_methods(customer)
    return ChargeForm(
        request.POST if request.method == "POST" else None, owed=owed, methods=usable, ticked=wanted or free
    )


def _page_to_go_back_to(request: StaffRequest, customer: Customer) -> str:
    asked = request.GET.get("invoice", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return reverse("invoice", args=[int(asked)])
    return reverse("customer", args=[customer.pk])


def _name(method: PaymentMethod) -> str:
    return f"{method} (default)" if method.is_default else str(method)
