"""Every address of the pages, and what it needs. An address without a line here fails the walk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from makegood.providers.rules import Right
from tests.web.walk_world import World


@dataclass(frozen=True)
class Line:
    """One address.

    of: the kind of record that each argument of the address names. given: arguments that name no record.
    methods: what it answers; anything else is refused with 405.
    billing: refused while End Customer Billing is off.
    for_all: needs no log-in.
    whole: whether it answers GET with a whole page, with heading and frame.
    sends: what a post says in order to be understood: fields, each with the kind of record it names.
    """

    right: Right = Right.VIEW
    of: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    methods: str = "GET"
    billing: bool = False
    for_all: bool = False
    whole: bool = True
    sends: Mapping[str, str] = field(default_factory=dict)

    def url(self, name: str, world: World, instead: Mapping[str, Any] | None = None) -> str:
        """The address, about the world's records; instead: other arguments."""
        keys = {argument: world.keys[kind] for argument, kind in self.of.items()}
        return reverse(name, kwargs={**self.given, **keys, **(instead or {})})

    def send(self, world: World) -> dict[str, Any]:
        """What is posted to it."""
        return {name: world.keys[kind] for name, kind in self.sends.items()}


CREDIT_ONE, CREDIT_RUN, EDIT = Right.CREDIT_ONE, Right.CREDIT_RUN, Right.EDIT_CUSTOMERS
SETTINGS, STAFF = Right.SETTINGS, Right.STAFF
BILL, A_CHARGE = Right.BILL, {"pk": "charge"}
FORM = "GET POST"
A_LIST = {"list_name": "customers"}
CUSTOMER, ORDER, RUN, CREDIT = {"pk": "customer"}, {"pk": "order"}, {"pk": "run"}, {"pk": "credit"}
IMPORT, PAYMENT, INVOICE = {"pk": "import"}, {"pk": "payment"}, {"pk": "invoice"}
MESSAGE, AN_EMAIL = {"pk": "message"}, {"name": "new_credits"}
TEXTS = AN_EMAIL | {"language": "en"}

PAGES: dict[str, Line] = {
    "health": Line(for_all=True, whole=False),
    "ready": Line(for_all=True, whole=False),
    "choose-password": Line(methods=FORM, for_all=True, given={"uidb64": "MA", "token": "none"}, whole=False),
    "start": Line(methods=FORM, whole=False),
    "login": Line(methods=FORM, for_all=True),
    "logout": Line(methods="POST"),
    "password": Line(methods=FORM),
    "switch-provider": Line(methods="POST", sends={"provider": "provider"}),
    "appearance": Line(methods="POST", for_all=True),
    "customers": Line(),
    "customers-count": Line(whole=False),
    "customers-areas": Line(whole=False),
    "customers-csv": Line(whole=False),
    "search": Line(whole=False),
    "selection": Line(CREDIT_ONE, given=A_LIST, billing=True, whole=False),
    "selection-count": Line(CREDIT_ONE, given=A_LIST, billing=True, whole=False),
    "selection-tick": Line(CREDIT_ONE, given=A_LIST, methods="POST", billing=True),
    "selection-page": Line(CREDIT_ONE, given=A_LIST, methods="POST", billing=True),
    "selection-all": Line(CREDIT_ONE, given=A_LIST, methods="POST", billing=True),
    "selection-clear": Line(CREDIT_ONE, given=A_LIST, methods="POST", billing=True),
    "list-columns": Line(given=A_LIST, methods="POST"),
    "saved-filter-new": Line(given=A_LIST, methods=FORM),
    "saved-filter": Line(of={"pk": "saved_filter"}, methods=FORM),
    "saved-filter-delete": Line(of={"pk": "saved_filter"}, methods="POST"),
    "customer-new": Line(EDIT, methods=FORM),
    "customer": Line(of=CUSTOMER),
    "customer-orders": Line(of=CUSTOMER),
    "customer-credits": Line(of=CUSTOMER),
    "customer-invoices": Line(of=CUSTOMER),
    "customer-payments": Line(of=CUSTOMER),
    "customer-entries": Line(of=CUSTOMER),
    "customer-emails": Line(of=CUSTOMER),
    "customer-history": Line(of=CUSTOMER),
    "customer-statement": Line(of=CUSTOMER),
    "customer-statement-csv": Line(of=CUSTOMER, whole=False),
    "customer-statement-pdf": Line(of=CUSTOMER, whole=False),
    "customer-edit": Line(EDIT, CUSTOMER, methods=FORM),
    "customer-close": Line(EDIT, CUSTOMER, methods=FORM),
    "customer-reopen": Line(EDIT, {"pk": "closed_customer"}, methods=FORM),
    "customer-order-new": Line(EDIT, CUSTOMER, methods=FORM),
    "order": Line(of=ORDER),
    "order-address": Line(EDIT, ORDER, methods=FORM),
    "order-price": Line(EDIT, ORDER, methods=FORM),
    "order-suspend": Line(EDIT, ORDER, methods=FORM),
    "order-resume": Line(EDIT, {"pk": "suspended_order"}, methods=FORM),
    "order-terminate": Line(EDIT, ORDER, methods=FORM),
    "order-keep": Line(EDIT, {"pk": "ending_order"}, methods=FORM),
    "order-replaced": Line(EDIT, {"pk": "ended_order"}, methods=FORM),
    "orders": Line(),
    "orders-count": Line(whole=False),
    "orders-csv": Line(whole=False),
    "add-customer-credit": Line(CREDIT_ONE, given=A_LIST, methods=FORM, billing=True),
    "customer-credit-new": Line(CREDIT_ONE, CUSTOMER, methods=FORM, billing=True),
    "credit-window-total": Line(CREDIT_ONE, billing=True, whole=False),
    "days": Line(),
    "days-count": Line(whole=False),
    "days-csv": Line(whole=False),
    "runs": Line(),
    "runs-count": Line(whole=False),
    "runs-csv": Line(whole=False),
    "run": Line(of=RUN),
    "run-progress": Line(of=RUN, whole=False),
    "run-rehearsal": Line(of=RUN, whole=False),
    "run-bills": Line(of=RUN, whole=False),
    "run-proof": Line(of=RUN, whole=False),
    "run-rows": Line(of=RUN),
    "run-rows-count": Line(of=RUN, whole=False),
    "run-rows-csv": Line(of=RUN, whole=False),
    "run-start": Line(CREDIT_ONE, RUN, methods="POST", billing=True),
    "run-cancel": Line(CREDIT_ONE, RUN, methods="POST"),
    "run-stop": Line(CREDIT_ONE, RUN, methods="POST"),
    "run-resume": Line(CREDIT_ONE, RUN, methods="POST", billing=True),
    "run-give-up": Line(CREDIT_ONE, RUN, methods="POST"),
    "run-retry": Line(CREDIT_ONE, RUN, methods="POST", billing=True),
    "run-take-back": Line(CREDIT_RUN, RUN, methods="POST", billing=True),
    "credits": Line(),
    "credits-count": Line(whole=False),
    "credits-csv": Line(whole=False),
    "credit": Line(of=CREDIT),
    "credit-edit": Line(CREDIT_ONE, CREDIT, methods=FORM, billing=True),
    "credit-edit-preview": Line(CREDIT_ONE, CREDIT, methods="POST", billing=True),
    "credit-void": Line(CREDIT_ONE, CREDIT, methods=FORM, billing=True),
    "invoices": Line(),
    "invoices-count": Line(whole=False),
    "invoices-csv": Line(whole=False),
    "invoice-run-new": Line(BILL, methods=FORM, billing=True),
    "invoice": Line(of=INVOICE),
    "invoice-pdf": Line(of=INVOICE, whole=False),
    "invoice-apply": Line(BILL, INVOICE, methods="POST", billing=True),
    "invoice-void": Line(BILL, INVOICE, methods=FORM, billing=True),
    "invoice-write-off": Line(BILL, INVOICE, methods=FORM, billing=True),
    "customer-apply": Line(BILL, CUSTOMER, methods="POST", billing=True),
    "customer-billing-cycle": Line(BILL, CUSTOMER, methods=FORM, billing=True),
    "payments": Line(),
    "payments-count": Line(whole=False),
    "payments-csv": Line(whole=False),
    "payment": Line(of=PAYMENT),
    "payment-reverse": Line(Right.BILL, PAYMENT, methods=FORM, billing=True),
    "customer-payment-new": Line(Right.BILL, CUSTOMER, methods=FORM, billing=True),
    "customer-payment-preview": Line(Right.BILL, CUSTOMER, methods="POST", billing=True),
    "add-customer-charge": Line(BILL, given=A_LIST, methods=FORM, billing=True),
    "customer-charge-new": Line(BILL, CUSTOMER, methods=FORM, billing=True),
    "customer-bill-now": Line(BILL, CUSTOMER, methods=FORM, billing=True),
    "charge-window-total": Line(BILL, billing=True, whole=False),
    "charges": Line(),
    "charges-count": Line(whole=False),
    "charges-csv": Line(whole=False),
    "charge": Line(of=A_CHARGE),
    "charge-cancel": Line(BILL, A_CHARGE, methods=FORM, billing=True),
    "run-cancel-charges": Line(BILL, {"pk": "charge_run"}, methods="POST", billing=True),
    "adjustment-new": Line(BILL, ORDER, methods=FORM, billing=True),
    "adjustment-end": Line(BILL, {"pk": "adjustment"}, methods=FORM, billing=True),
    "emails": Line(),
    "emails-count": Line(whole=False),
    "emails-csv": Line(whole=False),
    "email": Line(of=MESSAGE),
    "email-html": Line(of=MESSAGE, whole=False),
    "email-again": Line(EDIT, MESSAGE, methods="POST"),
    "email-templates": Line(),
    "email-sender": Line(SETTINGS, methods=FORM),
    "email-template": Line(SETTINGS, given=TEXTS, methods=FORM),
    "email-template-active": Line(SETTINGS, given=AN_EMAIL, methods="POST"),
    "email-template-language": Line(SETTINGS, given=AN_EMAIL, whole=False),
    "email-template-preview": Line(SETTINGS, given=TEXTS, methods="POST"),
    "email-template-test": Line(SETTINGS, given=TEXTS, methods="POST"),
    "email-template-reset": Line(SETTINGS, given=TEXTS, methods="POST"),
    "notifications": Line(),
    "notifications-newest": Line(whole=False),
    "notifications-look": Line(whole=False),
    "notifications-read": Line(methods="POST"),
    "notification": Line(of={"pk": "notification"}, whole=False),
    "notification-read": Line(of={"pk": "notification"}, methods="POST"),
    "notification-unread": Line(of={"pk": "notification"}, methods="POST"),
    "imports": Line(EDIT),
    "imports-count": Line(EDIT, whole=False),
    "imports-csv": Line(EDIT, whole=False),
    "import-new": Line(EDIT, methods=FORM),
    "import": Line(EDIT, IMPORT),
    "import-map": Line(EDIT, IMPORT, methods=FORM),
    "import-progress": Line(EDIT, IMPORT, whole=False),
    "import-check": Line(EDIT, IMPORT, methods="POST"),
    "import-start": Line(EDIT, IMPORT, methods="POST"),
    "import-discard": Line(EDIT, IMPORT, methods="POST"),
    "import-bad": Line(EDIT, IMPORT, whole=False),
    "trial-balance": Line(),
    "trial-balance-csv": Line(whole=False),
    "funds-report": Line(),
    "funds-report-csv": Line(whole=False),
    "receivables-report": Line(),
    "receivables-report-csv": Line(whole=False),
    "aged-report": Line(),
    "aged-report-csv": Line(whole=False),
    "journal": Line(),
    "journal-count": Line(whole=False),
    "journal-csv": Line(whole=False),
    "journal-entry": Line(of={"pk": "journal_entry"}),
    "months": Line(),
    "month-close": Line(Right.CLOSE_BOOKS, given={"month": "2020-01"}, methods=FORM),
    "dashboard": Line(),
    "dashboard-ages": Line(whole=False),
    "dashboard-invoices": Line(whole=False),
    "transaction-templates": Line(),
    "transaction-template-new": Line(SETTINGS, methods=FORM),
    "transaction-template-edit": Line(SETTINGS, {"pk": "template"}, methods=FORM),
    "transaction-template-active": Line(SETTINGS, {"pk": "template"}, methods="POST"),
    "gl-codes": Line(),
    "gl-code-new": Line(SETTINGS, methods=FORM),
    "gl-code-edit": Line(SETTINGS, {"pk": "gl_code"}, methods=FORM),
    "gl-code-active": Line(SETTINGS, {"pk": "gl_code"}, methods="POST"),
    "gl-code-default": Line(SETTINGS, {"pk": "gl_code"}, methods="POST"),
    "services": Line(),
    "service-new": Line(SETTINGS, methods=FORM),
    "service-edit": Line(SETTINGS, {"pk": "service"}, methods=FORM),
    "service-active": Line(SETTINGS, {"pk": "service"}, methods="POST"),
    "staff": Line(),
    "staff-new": Line(STAFF, methods=FORM),
    "staff-edit": Line(STAFF, {"pk": "membership"}, methods=FORM),
    "staff-active": Line(STAFF, {"pk": "membership"}, methods="POST"),
    "staff-link": Line(STAFF, {"pk": "membership"}, methods="POST"),
    "billing-settings": Line(),
    "billing-settings-edit": Line(SETTINGS, given={"part": "late"}, methods=FORM),
    "limits": Line(),
    "limits-edit": Line(SETTINGS, methods=FORM),
    "provider": Line(),
    "provider-edit": Line(SETTINGS, methods=FORM),
    "provider-billing": Line(SETTINGS, methods=FORM),
}


def list_patterns() -> dict[str, URLPattern]:
    """All addresses, from the routing itself, by name."""
    found: dict[str, URLPattern] = {}

    def collect(resolver: URLResolver) -> None:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                collect(pattern)
            else:
                name = str(pattern.name)
                assert name not in found, f"two addresses are called {name}"
                found[name] = pattern

    collect(get_resolver())
    return found


def list_arguments(pattern: URLPattern) -> set[str]:
    """What an address has to be made with."""
    return {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}


def list_whole_pages() -> list[str]:
    """The names of the pages that a person sees as such."""
    return [name for name, line in PAGES.items() if line.whole and "GET" in line.methods]
