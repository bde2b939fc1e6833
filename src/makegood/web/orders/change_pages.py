"""Windows: add an order, and change, suspend, resume or terminate one."""

from collections.abc import Callable
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer_by_id
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.orders.selectors import find_same_order, get_order_by_id, has_yet_to_begin
from makegood.orders.services.add_order import add_order
from makegood.orders.services.change_order import change_address, change_price
from makegood.orders.services.order_status import (
    keep_order,
    resume_order,
    set_replaced_by,
    suspend_order,
    terminate_order,
)
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.orders.forms import (
    SEEN_FORMAT,
    AddressForm,
    BeginForm,
    EndForm,
    NewOrderForm,
    PriceForm,
    SuccessorForm,
    read_address,
)

METHODS = ["GET", "HEAD", "POST"]
CHANGED_MEANWHILE = (
    "Somebody else has changed this order while this form was open. What you typed is kept, and nothing is saved yet: "
    "look at the order as it is now, and save again if it still holds."
)


@require_http_methods(METHODS)
@needs_right(Right.EDIT_CUSTOMERS, "add orders")
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """A new order of a customer. The same form sent again leads to where the first one did."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    back = reverse("customer-orders", args=[pk])
    form = NewOrderForm(request.POST if request.method == "POST" else None, customer)
    if request.method == "POST" and form.is_valid():
        try:
            order = _add(request, customer, form)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            if order is not None:
                messages.success(request, f"Order {order.number} is added.")
            return leave_window(request, back)
    return _show(request, "orders/add.html", form, {"customer": customer, "back": back})


def _add(request: StaffRequest, customer: Customer, form: NewOrderForm) -> Order | None:
    """The order; None if this very form added it before."""
    typed = form.cleaned_data
    service = typed["service"]
    price = typed["price"] if typed["price"] is not None else service.price_minor
    address = read_address(typed)
    try:
        return add_order(
            customer=customer,
            service=service,
            number=typed["number"],
            address=address,
            from_date=typed["from_date"],
            price_minor=price,
            status=typed["status"],
            staff_id=request.membership.staff_id,
        )
    except Refused as refused:
        wanted = Order(
            provider_id=customer.provider_id, customer=customer, service=service, number=typed["number"],
            area=address.area, street=address.street, postal_code=address.postal_code, price_minor=price,
            from_date=typed["from_date"],
        )  # fmt: skip
        if refused.code == "number_taken" and find_same_order(wanted) is not None:
            return None
        raise


@require_http_methods(METHODS)
@needs_right(Right.EDIT_CUSTOMERS, "change orders")
def edit_address(request: StaffRequest, pk: int) -> HttpResponse:
    """Where the service is."""
    order = or_404(get_order_by_id, request.membership.provider, pk)
    form = AddressForm(request.POST if request.method == "POST" else None, order)

    def save() -> None:
        change_address(
            order=order,
            address=form.address,
            seen_updated_at=form.cleaned_data["seen"],
            staff_id=request.membership.staff_id,
        )

    return _carry_out(request, order, form, save, "orders/address.html", "The service address of order {} is saved.")


@require_http_methods(METHODS)
@needs_right(Right.EDIT_CUSTOMERS, "change orders")
def edit_price(request: StaffRequest, pk: int) -> HttpResponse:
    """Another monthly price from a day on."""
    order = or_404(get_order_by_id, request.membership.provider, pk)
    form = PriceForm(request.POST if request.method == "POST" else None, order)

    def save() -> None:
        change_price(
            order=order,
            price_minor=form.cleaned_data["price"],
            effective_from=form.cleaned_data["effective_from"],
            seen_updated_at=form.cleaned_data["seen"],
            staff_id=request.membership.staff_id,
        )

    return _carry_out(request, order, form, save, "orders/price.html", "The new price of order {} is saved.")


@require_http_methods(METHODS)
@needs_right(Right.EDIT_CUSTOMERS, "change orders")
def terminate(request: StaffRequest, pk: int) -> HttpResponse:
    """The last day of an order, and what comes in its place."""
    order = or_404(get_order_by_id, request.membership.provider, pk)
    form = EndForm(request.POST if request.method == "POST" else None, order)

    def save() -> None:
        terminate_order(order=order, staff_id=request.membership.staff_id, **form.cleaned_data)

    return _carry_out(request, order, form, save, "orders/terminate.html", "The end of order {} is saved.")


@require_http_methods(METHODS)
@needs_right(Right.EDIT_CUSTOMERS, "change orders")
def edit_successor(request: StaffRequest, pk: int) -> HttpResponse:
    """Which order came in place of one that has ended."""
    order = or_404(get_order_by_id, request.membership.provider, pk)
    form = SuccessorForm(request.POST if request.method == "POST" else None, order)

    def save() -> None:
        set_replaced_by(order=order, replaced_by=form.cleaned_data["replaced_by"], staff_id=request.membership.staff_id)

    return _carry_out(request, order, form, save, "orders/successor.html", "Order {} is saved.")


@require_http_methods(METHODS)
@needs_right(Right.EDIT_CUSTOMERS, "change orders")
def suspend(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what suspending does, and does it."""
    return _confirm(request, pk, suspend_order, "orders/suspend.html", "Order {} is suspended.")


@require_http_methods(METHODS)
@needs_right(Right.EDIT_CUSTOMERS, "change orders")
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    """Makes a suspended or pending order active; of one that has yet to begin, asks for its first day."""
    order = or_404(get_order_by_id, request.membership.provider, pk)
    data = request.POST if request.method == "POST" else None
    form = BeginForm(data, order) if has_yet_to_begin(order) else forms.Form(data)

    def save() -> None:
        resume_order(order=order, staff_id=request.membership.staff_id, **form.cleaned_data)

    return _carry_out(request, order, form, save, "orders/resume.html", "Order {} is active.")


@require_http_methods(METHODS)
@needs_right(Right.EDIT_CUSTOMERS, "change orders")
def keep(request: StaffRequest, pk: int) -> HttpResponse:
    """Takes back an end that is planned."""
    return _confirm(request, pk, keep_order, "orders/keep.html", "Order {} goes on.")


def _confirm(request: StaffRequest, pk: int, service: Callable[..., None], template: str, done: str) -> HttpResponse:
    order = or_404(get_order_by_id, request.membership.provider, pk)
    form = forms.Form(request.POST if request.method == "POST" else None)

    def save() -> None:
        service(order=order, staff_id=request.membership.staff_id)

    return _carry_out(request, order, form, save, template, done)


def _carry_out(
    request: StaffRequest, order: Order, form: forms.Form, save: Callable[[], None], template: str, done: str
) -> HttpResponse:
    """Saves a valid form and goes back to the order; else shows the window, with what is refused."""
    back = reverse("order", args=[order.pk])
    if form.is_bound and form.is_valid():
        try:
            save()
        except Refused as refused:
            if refused.code == "changed_meanwhile":
                order.refresh_from_db()
                _see_again(form, order)
            else:
                add_refusal(form, refused)
        else:
            messages.success(request, done.format(order.number))
            return leave_window(request, back)
    return _show(request, template, form, {"order": order, "customer": order.customer, "back": back})


def _see_again(form: forms.Form, order: Order) -> None:
    """Says that the order is another by now; the next time the form is sent, that has been seen."""
    data = cast(QueryDict, form.data).copy()
    data["seen"] = order.updated_at.strftime(SEEN_FORMAT)
    form.data = data
    form.add_error(None, CHANGED_MEANWHILE)


def _show(request: StaffRequest, template: str, form: forms.Form, context: dict[str, object]) -> HttpResponse:
    return show_window(request, template, {"form": form, **context}, status=422 if form.errors else 200)
