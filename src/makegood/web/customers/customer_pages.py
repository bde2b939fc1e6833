"""The page of one customer; each of its tabs has an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from makegood.audit.selectors import list_entries_about
from makegood.credits.selectors import list_credits_of, list_entries_of
from makegood.customers.models import Customer
from makegood.emails.kinds import list_kinds
from makegood.emails.selectors import list_messages_of
from makegood.gateways.selectors import find_active_gateway
from makegood.invoices.charge_selectors import list_charges_of, list_waiting_charges_of
from makegood.invoices.outlook import foresee
from makegood.invoices.selectors import get_billing_account, list_invoices_of, list_owed
from makegood.orders.selectors import get_account, list_open_orders_of, list_orders_of
from makegood.payments.failure_words import tell_staff_why
from makegood.payments.method_rules import Expiry, expiry_of
from makegood.payments.models import PaymentMethod
from makegood.payments.rules import State as PaymentState
from makegood.payments.selectors import list_payments_of
from makegood.payments.selectors_failed import count_failed_of, find_given_up
from makegood.payments.selectors_held import why_held, with_why
from makegood.payments.selectors_methods import find_default_method, find_next_collection, list_methods
from makegood.payments.selectors_refunds import list_refunds_of, with_parts
from makegood.providers.calendar import today_of
from makegood.providers.rules import Right
from makegood.providers.selectors import can_act
from makegood.web.customers.history import tell
from makegood.web.customers.languages import name_language
from makegood.web.customers.paging import read_page
from makegood.web.frame.finding import or_404
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.payments.offers import offer_money
from makegood.web.refunds.told import ToldRefund
from makegood.web.statements.why_block import explain_newest

NEWEST = 5
ORDERS_ON_OVERVIEW = 10
WAITING_ON_OVERVIEW = 20
MOST_OWED = 10


@dataclass(frozen=True)
class Tab:
    """One part of the page; tally: how many records it has, None where that is not said."""

    name: str
    label: str
    url: str
    tally: int | None = None


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """Overview: details, orders that are not terminated, the newest credits, why the newest invoice is what it is."""
    customer = _get(request, pk)
    owed = list(list_owed(customer)[:MOST_OWED])
    outlooks = foresee(owed)
    orders = list(list_open_orders_of(customer)[:ORDERS_ON_OVERVIEW])
    failed = count_failed_of(customer) if owed else None
    context = {
        "owed": [(invoice, outlooks[invoice.pk]) for invoice in owed],
        "account": get_billing_account(customer),
        "language": name_language(customer.language),
        "orders": orders,
        "suspended_late": any(order.suspended_late_on for order in orders),
        "credits": list_credits_of(customer)[:NEWEST],
        "default": find_default_method(customer) if customer.autopay else None,
        "failed": failed,
        "given_up": find_given_up(customer) if failed and failed.given_up else None,
        "waiting_charges": list_waiting_charges_of(customer)[:WAITING_ON_OVERVIEW],
        **explain_newest(customer),
        **offer_money(request.membership, customer, owed),
    }
    return _show(request, customer, "customer", "customers/overview.html", context)


@require_safe
def show_orders(request: StaffRequest, pk: int) -> HttpResponse:
    """All orders, newest first."""
    customer = _get(request, pk)
    orders = read_page(request, list_orders_of(customer).order_by("-from_date", "-id"))
    return _show(request, customer, "customer-orders", "customers/orders.html", {"page": orders})


@require_safe
def show_invoices(request: StaffRequest, pk: int) -> HttpResponse:
    """All invoices, newest first."""
    customer = _get(request, pk)
    invoices = read_page(request, list_invoices_of(customer))
    return _show(request, customer, "customer-invoices", "customers/invoices.html", {"page": invoices})


@require_safe
def show_credits(request: StaffRequest, pk: int) -> HttpResponse:
    """All credits, newest first."""
    customer = _get(request, pk)
    credits = read_page(request, list_credits_of(customer))
    return _show(
        request,
        customer,
        "customer-credits",
        "customers/credits.html",
        {"page": credits, **offer_money(request.membership, customer, [])},
    )


@require_safe
def show_payments(request: StaffRequest, pk: int) -> HttpResponse:
    """All payments, and all refunds and pay-outs, each newest first."""
    customer = _get(request, pk)
    payments = read_page(request, list_payments_of(customer))
    for payment in payments.rows:
        if payment.state == PaymentState.FAILED:
            payment.why = tell_staff_why(payment.failure_code, payment.failure)
    refunds = read_page(request, with_parts(list_refunds_of(customer)), "refunds", "refunds")
    context = {"page": payments, "refunds": refunds, "told": [ToldRefund.of(refund) for refund in refunds.rows]}
    return _show(request, customer, "customer-payments", "customers/payments.html", context)


@dataclass(frozen=True)
class MethodRow:
    """A payment method, how long it can be used, and why autopay does not charge it after a dispute, if so."""

    method: PaymentMethod
    expiry: Expiry
    why_held: str


@require_safe
@needs_right(Right.EDIT_CUSTOMERS, "see payment methods")
def show_methods(request: StaffRequest, pk: int) -> HttpResponse:
    """What the customer pays with, what was removed, and what autopay does with it."""
    customer = _get(request, pk)
    today = today_of(customer.provider)
    methods = with_why(list_methods(customer))
    rows = [MethodRow(each, expiry_of(each.expires_on, today), why_held(each)) for each in methods]
    there = [row for row in rows if row.method.removed_at is None]
    defaults = (row.method for row in there if row.method.is_default and row.method.gateway.active)
    context = {
        "methods": there,
        "removed": [row for row in rows if row.method.removed_at is not None],
        "default": next(defaults, None),
        "next": find_next_collection(customer),
        "given_up": find_given_up(customer),
        "gateway": find_active_gateway(customer.provider),
        "can_change": customer.provider.end_customer_billing,
        "can_release": can_act(request.membership, Right.BILL),
    }
    return _show(request, customer, "customer-methods", "customers/methods.html", context)


@require_safe
def show_entries(request: StaffRequest, pk: int) -> HttpResponse:
    """All movements of Available Funds with the balance after each, newest first."""
    customer = _get(request, pk)
    entries = read_page(request, list_entries_of(customer).reverse().select_related("credit"))
    return _show(request, customer, "customer-entries", "customers/entries.html", {"page": entries})


@require_safe
def show_emails(request: StaffRequest, pk: int) -> HttpResponse:
    """All e-mails, newest first."""
    customer = _get(request, pk)
    messages = read_page(request, list_messages_of(customer))
    titles = {kind.name: kind.title for kind in list_kinds()}
    for message in messages.rows:
        # What it is called until it is written and has a subject.
        message.template_title = titles.get(message.template, "E-mail")
    return _show(request, customer, "customer-emails", "customers/emails.html", {"page": messages})


@require_safe
def show_history(request: StaffRequest, pk: int) -> HttpResponse:
    """What was done to the customer's record and orders, and to credits by hand, newest first."""
    customer = _get(request, pk)
    subjects = {
        "customer": [customer.pk],
        "order": list_orders_of(customer).order_by().values("pk"),
        "credit": list_credits_of(customer).order_by().values("pk"),
        "charge": list_charges_of(customer).order_by().values("pk"),
        "invoice": list_invoices_of(customer).order_by().values("pk"),
        "payment": list_payments_of(customer).order_by().values("pk"),
    }
    entries = read_page(request, list_entries_about(customer.provider_id, subjects))
    events = tell(entries.rows, customer.provider)
    context = {"page": entries, "events": events}
    return _show(request, customer, "customer-history", "customers/history.html", context)


def _get(request: StaffRequest, pk: int) -> Customer:
    return or_404(get_account, request.membership.provider, pk)


def _show(
    request: StaffRequest, customer: Customer, tab: str, template: str, context: Mapping[str, Any]
) -> HttpResponse:
    tabs = _list_tabs(customer, can_see_methods=can_act(request.membership, Right.EDIT_CUSTOMERS))
    shown = {
        "customer": customer,
        "tabs": tabs,
        "tab": tab,
        "tab_label": next(each.label for each in tabs if each.name == tab),
        # Who is closed and owes nothing would only be skipped.
        "can_be_credited": customer.status == Customer.Status.ACTIVE or customer.balance.receivable_minor > 0,
    }
    return render(request, template, {**shown, **context})


def _list_tabs(customer: Customer, *, can_see_methods: bool) -> list[Tab]:
    tallies = {
        "customer-orders": getattr(customer, "orders_in_all", None),
        "customer-credits": list_credits_of(customer).count(),
    }
    labels = {
        "customer": "Overview",
        "customer-orders": "Orders",
        "customer-invoices": "Invoices",
        "customer-credits": "Credits",
        "customer-payments": "Payments",
        **({"customer-methods": "Payment methods"} if can_see_methods else {}),
        "customer-entries": "Entries",
        "customer-emails": "E-mails",
        "customer-history": "History",
    }
    return [Tab(name, label, reverse(name, args=[customer.pk]), tallies.get(name)) for name, label in labels.items()]
