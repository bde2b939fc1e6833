"""What a person can do with one customer. (Closing one: `makegood.orders.services.close_customer`.)"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from makegood.audit.services import record
from makegood.customers.models import Customer, CustomerFigures
from makegood.customers.rules import LONGEST_NUMBER, is_language
from makegood.kit.clock import now
from makegood.kit.database_errors import constraint_of
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting, require_plain
from makegood.providers.models import Provider

EDITABLE = (
    "number", "name", "email", "phone", "street", "postal_code", "city", "region", "country", "customer_type",
    "language", "billing_enabled", "autopay", "email_opt_out",
)  # fmt: skip


def add_customer(*, provider: Provider, number: str, name: str, staff_id: int | None, **fields: Any) -> Customer:
    """Adds a customer, with a balance of zero. Opens a transaction.

    Refused for an empty or taken number, an empty name, a malformed e-mail address or language, an unknown field or
    type, a text that does not fit or has control characters.
    """
    values = _checked({"number": number, "name": name, **fields})
    _require_free(provider, values["number"])
    try:
        with transaction.atomic():
            customer = Customer.objects.create(provider=provider, created_at=now(), updated_at=now(), **values)
            CustomerFigures.objects.create(customer=customer, provider=provider)
            _record(customer, "customer.added", staff_id, {"number": customer.number})
    except IntegrityError as error:
        raise _taken(error, values["number"]) from None
    return customer


def edit_customer(
    *, customer: Customer, staff_id: int | None, seen_updated_at: datetime | None = None, **fields: Any
) -> None:
    """Changes fields of a customer. Opens a transaction. The audit names the changed fields, not their values.

    seen_updated_at: when the record that the person saw was last changed; refused if somebody changed it since. What
    `add_customer` refuses is refused here too. The number may change: files that are imported find the customer by it.
    """
    values = _checked(fields)
    try:
        with transaction.atomic():
            known = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
            changed = sorted(name for name, value in values.items() if getattr(known, name) != value)
            if seen_updated_at is not None and known.updated_at != seen_updated_at and changed:
                raise Refused("changed_meanwhile", "Somebody else has changed this customer since you opened the form.")
            if "number" in changed:
                _require_free(known.provider, values["number"])
            if changed:
                new = {name: values[name] for name in changed}
                Customer.objects.filter(pk=known.pk).update(**new, updated_at=now())
                _record(known, "customer.edited", staff_id, {"fields": changed} | _renumbering(known, new))
    except IntegrityError as error:
        raise _taken(error, values.get("number", "")) from None
    customer.refresh_from_db()


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored: texts without the space around them."""
    if unknown := fields.keys() - set(EDITABLE):
        raise Refused("field_unknown", f"A customer has no field “{min(unknown)}” that can be set.")
    values = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    if "number" in values and not 1 <= len(values["number"]) <= LONGEST_NUMBER:
        raise Refused("number_malformed", f"A customer's number has 1 to {LONGEST_NUMBER} characters.", "number")
    require_plain(**values)
    require_fitting(Customer, **values)
    if values.get("name") == "":
        raise Refused("name_missing", "A customer needs a name.", "name")
    if values.get("customer_type", Customer.Type.RESIDENTIAL) not in Customer.Type.values:
        raise Refused("type_unknown", f"The type is one of {', '.join(Customer.Type.values)}.", "customer_type")
    if "language" in values and not is_language(values["language"]):
        message = f"“{values['language']}” is not a language. Write its code, such as en or pt-BR."
        raise Refused("language_malformed", message, "language")
    _check_email(values.get("email", ""))
    return values


def _check_email(address: str) -> None:
    if not address:
        return
    try:
        validate_email(address)
    except ValidationError:
        message = f"“{address}” is not an e-mail address. It looks like ann@example.org."
        raise Refused("email_malformed", message, "email") from None


def _require_free(provider: Provider, number: str) -> None:
    if Customer.objects.filter(provider=provider, number=number).exists():
        raise Refused("number_taken", f"There is a customer {number} already.", "number")


def _taken(error: IntegrityError, number: str) -> Exception:
    """The refusal for a number that somebody else took at the same moment; any other error stays what it is."""
    if constraint_of(error) != "customer_number_unique":
        return error
    return Refused("number_taken", f"There is a customer {number} already.", "number")


def _renumbering(customer: Customer, new: dict[str, Any]) -> dict[str, str]:
    """A number is no personal field: the audit keeps what it was, so that the customer can be found again."""
    return {"number_before": customer.number, "number": new["number"]} if "number" in new else {}


def _record(customer: Customer, action: str, staff_id: int | None, detail: dict[str, Any]) -> None:
    record(
        provider_id=customer.provider_id,
        staff_id=staff_id,
        action=action,
        subject_type="customer",
        subject_id=customer.pk,
        detail=detail,
    )
