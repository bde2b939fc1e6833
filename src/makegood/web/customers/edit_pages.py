"""Windows: add, edit, close and reopen a customer."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.audit.selectors import list_entries_about
from makegood.customers.models import Customer
from makegood.customers.selectors import find_same_customer, get_customer_by_id
from makegood.customers.services import add_customer, edit_customer
from makegood.kit.refusal import Refused
from makegood.orders.selectors import get_account, list_open_orders_of
from makegood.orders.services.close_customer import close_customer, reopen_customer
from makegood.providers.calendar import today_of
from makegood.providers.rules import Right
from makegood.providers.selectors import name_staff
from makegood.web.customers.forms import NAMES_OF_FIELDS, CustomerForm, merge_typed
from makegood.web.customers.history import name_fields
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window

FORM = "customers/form.html"


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.EDIT_CUSTOMERS, "add customers")
def add(request: StaffRequest) -> HttpResponse:
    """A new customer. The same form sent again leads to the customer that it made."""
    form = CustomerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        provider = request.membership.provider
        try:
            customer = add_customer(provider=provider, staff_id=request.membership.staff_id, **form.values)
        except Refused as refused:
            same = find_same_customer(provider, form.values) if refused.code == "number_taken" else None
            if same is not None:
                return leave_window(request, reverse("customer", args=[same.pk]))
            add_refusal(form, refused, NAMES_OF_FIELDS)
        else:
            messages.success(request, f"Customer {customer.number} is added.")
            return leave_window(request, reverse("customer", args=[customer.pk]))
    context = {"form": form, "address": reverse("customer-new"), "back": reverse("customers")}
    return show_window(request, FORM, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.EDIT_CUSTOMERS, "edit customers")
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """The customer's details. What somebody else changed meanwhile is shown, and what was typed stays."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    back = reverse("customer", args=[pk])
    form = CustomerForm(request.POST if request.method == "POST" else None, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            edit_customer(
                customer=customer,
                staff_id=request.membership.staff_id,
                seen_updated_at=form.cleaned_data["seen"],
                **form.changed_values,
            )
        except Refused as refused:
            if refused.code == "changed_meanwhile":
                form = _merge(form, get_customer_by_id(customer.provider, pk))
            else:
                add_refusal(form, refused, NAMES_OF_FIELDS)
        else:
            messages.success(request, f"Customer {customer.number} is saved.")
            return leave_window(request, back)
    context = {"form": form, "customer": customer, "address": reverse("customer-edit", args=[pk]), "back": back}
    return show_window(request, FORM, context, status=422 if form.errors else 200)


def _merge(form: CustomerForm, customer: Customer) -> CustomerForm:
    before = {name: form.data.get(f"initial-{name}", "") for name in form.fields}
    merged = merge_typed(form, customer)
    changed = [
        name for name in merged.fields if name != "seen" and before[name] != merged.data.get(f"initial-{name}", "")
    ]
    what = name_fields(changed) if changed else "this customer"
    merged.add_error(
        None,
        f"{_who_changed(customer)} has changed {what} while this form was open. What you typed is kept; all else is "
        "shown as it is now. Nothing is saved yet: look at it and save again.",
    )
    return merged


def _who_changed(customer: Customer) -> str:
    last = list_entries_about(customer.provider_id, {"customer": [customer.pk]}).first()
    if last is None or last.staff_id is None:
        return "Somebody else"
    return name_staff([last.staff_id]).get(last.staff_id, "Somebody else")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.EDIT_CUSTOMERS, "close customers")
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what closing does, and does it."""
    return _confirm(request, pk, close_customer, "customers/close.html", "Customer {number} is closed.")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.EDIT_CUSTOMERS, "reopen customers")
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Makes a closed customer active again."""
    return _confirm(request, pk, reopen_customer, "customers/reopen.html", "Customer {number} is active again.")


def _confirm(request: StaffRequest, pk: int, service: Callable[..., None], template: str, done: str) -> HttpResponse:
    customer = or_404(get_account, request.membership.provider, pk)
    if request.method != "POST":
        context = {
            "customer": customer,
            "open_orders": list_open_orders_of(customer).count(),
            "today": today_of(customer.provider),
            "back": reverse("customer", args=[pk]),
        }
        return show_window(request, template, context)
    service(customer=customer, staff_id=request.membership.staff_id)
    messages.success(request, done.format(number=customer.number))
    return leave_window(request, reverse("customer", args=[pk]))
