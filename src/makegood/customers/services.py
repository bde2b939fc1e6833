"""What a person can do with one customer. (Closing one: `makegood.orders.services.close_customer`.)"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from makegood.audit.services import record
from makegood.customers.models import Customer, CustomerFigures
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting
from makegood.providers.models import Provider

EDITABLE = (
    "name", "email", "phone", "street", "postal_code", "city", "region", "country", "customer_type", "language",
    "billing_enabled", "autopay", "email_opt_out",
)  # fmt: skip


def add_customer(*, provider: Provider, number: str, name: str, staff_id: int | None, **fields: Any) -> Customer:
    """Adds a customer, with a balance of zero. Opens a transaction.

    Refused for an empty or taken number, an empty name, a malformed e-mail address, an unknown field or type, and a
    text that does not fit.
    """
    number = number.strip()
    if not number or len(number) > 40:
        raise Refused("number_malformed", "A customer's number has 1 to 40 characters.", "number")
    _check({"name": name, **fields})
    with transaction.atomic():
        if Customer.objects.filter(provider=provider, number=number).exists():
            raise Refused("number_taken", f"There is a customer {number} already.", "number")
        customer = Customer.objects.create(
            provider=provider, number=number, name=name.strip(), created_at=now(), updated_at=now(), **fields
        )
        CustomerFigures.objects.create(customer=customer, provider=provider)
        _record(customer, "customer.added", staff_id, {"number": number})
    return customer


def edit_customer(*, customer: Customer, staff_id: int | None, **fields: Any) -> None:
    """Changes fields of a customer. Opens a transaction. The audit names the changed fields, not their values."""
    _check(fields)
    changed = sorted(name for name, value in fields.items() if getattr(customer, name) != value)
    if not changed:
        return
    with transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(**{name: fields[name] for name in changed}, updated_at=now())
        _record(customer, "customer.edited", staff_id, {"fields": changed})
    customer.refresh_from_db()


def _check(fields: dict[str, Any]) -> None:
    if unknown := fields.keys() - set(EDITABLE):
        raise Refused("field_unknown", f"A customer has no field “{min(unknown)}” that can be set.")
    require_fitting(Customer, **fields)
    if "name" in fields and not fields["name"].strip():
        raise Refused("name_missing", "A customer needs a name.", "name")
    if fields.get("customer_type", Customer.Type.RESIDENTIAL) not in Customer.Type.values:
        raise Refused("type_unknown", f"The type is one of {', '.join(Customer.Type.values)}.", "customer_type")
    if fields.get("email"):
        try:
            validate_email(fields["email"])
        except ValidationError:
            raise Refused("email_malformed", f"“{fields['email']}” is not an e-mail address.", "email") from None


def _record(customer: Customer, action: str, staff_id: int | None, detail: dict[str, Any]) -> None:
    record(
        provider_id=customer.provider_id,
        staff_id=staff_id,
        action=action,
        subject_type="customer",
        subject_id=customer.pk,
        detail=detail,
    )
