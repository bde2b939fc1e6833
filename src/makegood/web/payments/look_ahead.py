"""What the payment that is being typed would pay."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.money import decimal_string
from makegood.kit.refusal import Refused
from makegood.payments.recording import PaymentPreview, preview_payment
from makegood.payments.rules import field_of
from makegood.payments.selectors import list_payable
from makegood.providers.models import Membership
from makegood.web.frame.sentences import in_words
from makegood.web.payments.forms import BY_HAND, PaymentForm, find_typed_invoices


def find_invoices(customer: Customer, allocations: dict[int, int] | None) -> dict[Invoice, int] | None:
    """The customer's invoices of those ids, with what each gets; None for the oldest due first."""
    if allocations is None:
        return None
    found = list_payable(customer, list(allocations)).filter(pk__in=allocations)
    return {invoice: allocations[invoice.pk] for invoice in found}


def look_ahead(membership: Membership, customer: Customer, form: PaymentForm) -> dict[str, Any]:
    """The form with what the payment would pay, or why it cannot be; nothing while no amount is typed."""
    context: dict[str, Any] = {"customer": customer, "form": form, "payables": form.payables}
    found: PaymentPreview | None = None
    amount_minor = _read(form, "amount")
    if amount_minor is not None:
        if form.by_hand and form.is_bound and form.data.get("shown_how") != BY_HAND:
            _fill_in(membership, customer, form, amount_minor)
        try:
            found = preview_payment(
                membership=membership,
                customer=customer,
                amount_minor=amount_minor,
                allocations=find_invoices(customer, _read_allocations(form)),
            )
        except Refused as refused:
            # Beside the field it is said once already.
            said = {str(error) for errors in form.errors.values() for error in errors}
            refusal = in_words(refused.message)
            context["refusal"] = "" if refusal in said else refusal
    parts = {each.invoice.invoice_id: each for each in found.split.allocations} if found else {}
    context["parts"] = [(row, parts.get(row.payable.invoice_id)) for row in form.rows]
    return {**context, "preview": found}


def _read(form: PaymentForm, name: str) -> int | None:
    """An amount in minor units, if there is one; the rest of the form may be wrong."""
    source = form.data if form.is_bound else form.initial
    try:
        value: int | None = form.fields[name].clean(source.get(name, ""))
    except ValidationError:
        return None
    return value


def _read_allocations(form: PaymentForm) -> dict[int, int] | None:
    if not form.by_hand:
        return None
    typed = {each.invoice_id: _read(form, field_of(each.invoice_id)) for each in form.payables}
    return {invoice_id: minor for invoice_id, minor in typed.items() if minor}


def _fill_in(membership: Membership, customer: Customer, form: PaymentForm, amount_minor: int) -> None:
    """Whoever begins to say what is paid begins with the oldest due first."""
    if find_typed_invoices(form.data):
        return
    by_itself = preview_payment(membership=membership, customer=customer, amount_minor=amount_minor, allocations=None)
    data = QueryDict(mutable=True)
    data.update(form.data)
    digits = customer.provider.currency_digits
    for each in by_itself.split.allocations:
        data[field_of(each.invoice.invoice_id)] = decimal_string(each.amount_minor, digits)
    form.data = data
