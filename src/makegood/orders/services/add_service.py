"""Adding what is sold."""

from decimal import Decimal

from django.db import transaction

from makegood.audit.services import record
from makegood.kit.money import LARGEST_AMOUNT_MINOR
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.orders.models import Service
from makegood.providers.models import Provider

TAX_RATE_DECIMALS = 3


def add_service(
    *,
    provider: Provider,
    name: str,
    price_minor: int,
    gl_code: GLCode,
    tax_rate: Decimal = Decimal(0),
    staff_id: int | None,
) -> Service:
    """Adds a service; price in minor units per month, tax rate in percent. Opens a transaction.

    Refused for an empty or taken name, a price that cannot be, a tax rate beyond 0 to 100, a GL code that is not an
    active service code.
    """
    name = name.strip()
    check_service(name, price_minor, tax_rate, gl_code)
    with transaction.atomic():
        service, added = Service.objects.get_or_create(
            provider=provider,
            name=name,
            defaults={"price_minor": price_minor, "tax_rate": tax_rate, "gl_code": gl_code},
        )
        if not added:
            raise Refused("name_taken", f"There is a service “{name}” already.", "name")
        record(
            provider_id=provider.pk,
            staff_id=staff_id,
            action="service.added",
            subject_type="service",
            subject_id=service.pk,
            detail={"name": name, "price_minor": price_minor},
        )
    return service


def check_service(name: str, price_minor: int, tax_rate: Decimal, gl_code: GLCode) -> None:
    """Refused for what no service can be; whether the name is taken is found out on saving."""
    if not name or len(name) > 100:
        raise Refused("name_malformed", "A service's name has 1 to 100 characters.", "name")
    if not 0 <= price_minor <= LARGEST_AMOUNT_MINOR:
        raise Refused("price", "A service's price is zero or more.", "price")
    if not (tax_rate.is_finite() and 0 <= tax_rate <= 100):
        raise Refused("tax_rate", "The tax rate is a percentage from 0 to 100.", "tax_rate")
    if tax_rate != round(tax_rate, TAX_RATE_DECIMALS):
        raise Refused("tax_rate", f"The tax rate has at most {TAX_RATE_DECIMALS} decimals.", "tax_rate")
    if gl_code.type != GLCode.Type.SERVICE or not gl_code.active:
        raise Refused("gl_code_type", "A service needs an active GL code of type service.", "gl_code")
