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
from makegood.invoices.charge_selectors import list_charges_of, list_waiting_charges_of
from makegood.invoices.outlook import foresee
from makegood.invoices.selectors import get_billing_account, list_invoices_of, list_owed
from makegood.orders.selectors import get_account, list_open_orders_of, list_orders_of
from makegood.payments.selectors import list_payments_of
from makegood.web.customers.history import tell
from makegood.web.customers.languages import name_language
from makegood.web.customers.paging import read_page
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest
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
    context = {
        "owed": [(invoice, outlooks[invoice.pk]) for invoice in owed],
        "account": get_billing_account(customer),
        "language": name_language(customer.language),
        "orders": orders,
        "suspended_late": any(order.suspended_late_on for order in orders),
        "credits": list_credits_of(customer)[:NEWEST],
        "waiting_charges": list_waiting_charges_of(customer)[:WAITING_ON_OVERVIEW],
        **explain_newest(customer),
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
    return _show(request, customer, "customer-credits", "customers/credits.html", {"page": credits})


@require_safe
def show_payments(request: StaffRequest, pk: int) -> HttpResponse:
    """All payments, newest first."""
    customer = _get(request, pk)
    payments = read_page(request, list_payments_of(customer))
    return _show(request, customer, "customer-payments", "customers/payments.html", {"page": payments})


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
    tabs = _list_tabs(customer)
    shown = {
        "customer": customer,
        "tabs": tabs,
        "tab": tab,
        "tab_label": next(each.label for each in tabs if each.name == tab),
        # Who is closed and owes nothing would only be skipped.
        "can_be_credited": customer.status == Customer.Status.ACTIVE or customer.balance.receivable_minor > 0,
    }
    return render(request, template, {**shown, **context})


def _list_tabs(customer: Customer) -> list[Tab]:
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
        "customer-entries": "Entries",
        "customer-emails": "E-mails",
        "customer-history": "History",
    }
    return [Tab(name, label, reverse(name, args=[customer.pk]), tallies.get(name)) for name, label in labels.items()]
