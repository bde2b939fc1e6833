"""Reads of GL codes and balances."""

from django.db.models import QuerySet

from makegood.kit.refusal import Refused
from makegood.ledger.models import CustomerBalance, GLCode, JournalLine
from makegood.providers.models import Provider


def list_gl_codes(provider: Provider) -> QuerySet[GLCode]:
    """The provider's GL codes, by code."""
    return GLCode.objects.filter(provider=provider).order_by("code")


def list_credit_gl_codes(provider: Provider) -> list[GLCode]:
    """The GL codes that a credit can be booked on now, by code."""
    return list(list_gl_codes(provider).filter(type=GLCode.Type.CREDIT, active=True))


def get_gl_code(provider: Provider, code: str) -> GLCode:
    """The provider's GL code of that code; Refused if there is none."""
    found = GLCode.objects.filter(provider=provider, code=code).first()
    if found is None:
        raise Refused("gl_code_unknown", f"{provider.name} has no GL code “{code}”.", "gl_code")
    return found


def get_credit_gl_code(provider: Provider, code: str) -> GLCode:
    """A GL code that a credit can be booked on; Refused if it is unknown, inactive or of another type."""
    found = get_gl_code(provider, code)
    require_credit_gl_code(found)
    return found


def require_credit_gl_code(gl_code: GLCode) -> None:
    """Refused if a credit cannot be booked on the GL code now."""
    if gl_code.type != GLCode.Type.CREDIT:
        raise Refused(
            "gl_code_type",
            f"GL code {gl_code.code} is of type {gl_code.type.replace('_', ' ')}; a credit needs one of type credit.",
            "gl_code",
        )
    if not gl_code.active:
        raise Refused("gl_code_inactive", f"GL code {gl_code.code} is not active any more.", "gl_code")


CHARGE_TYPES = (GLCode.Type.FEE, GLCode.Type.SERVICE)
"""The types of GL codes that charges and surcharges are billed on."""


def list_charge_gl_codes(provider: Provider) -> list[GLCode]:
    """The GL codes that a charge can be billed on now, by code."""
    return list(list_gl_codes(provider).filter(type__in=CHARGE_TYPES, active=True))


def get_gl_code_for_charges(provider: Provider, code: str) -> GLCode:
    """A GL code that a charge can be billed on; Refused if it is unknown, inactive or of another type."""
    found = get_gl_code(provider, code)
    require_charge_gl_code(found)
    return found


def require_charge_gl_code(gl_code: GLCode) -> None:
    """Refused if a charge cannot be billed on the GL code now."""
    if gl_code.type not in CHARGE_TYPES:
        raise Refused(
            "gl_code_type",
            f"GL code {gl_code.code} is of type {gl_code.type.replace('_', ' ')}; a charge needs one of type fee or "
            "service.",
            "gl_code",
        )
    if not gl_code.active:
        raise Refused("gl_code_inactive", f"GL code {gl_code.code} is not active any more.", "gl_code")


def get_default_credit_gl_code(provider: Provider) -> GLCode:
    """The GL code of credits that name none; Refused if the provider's settings name none."""
    found = GLCode.objects.filter(provider=provider, default_for_credits=True).first()
    if found is None:
        raise Refused("gl_code_missing", "The settings name no default GL code for credits; choose one.", "gl_code")
    return found


def get_funds_gl_code_id(provider_id: int) -> int:
    """The provider's control code of Available Funds."""
    return get_control_gl_code_id(provider_id, GLCode.Type.AVAILABLE_FUNDS)


def get_control_gl_code_id(provider_id: int, type: str) -> int:
    """The provider's one GL code of a control type: receivable, Available Funds or clearing."""
    return GLCode.objects.values_list("pk", flat=True).get(provider_id=provider_id, type=type)


def get_balance(provider_id: int, customer_id: int) -> CustomerBalance:
    """The customer's Available Funds and receivable."""
    return CustomerBalance.objects.get(provider_id=provider_id, customer_id=customer_id)


def get_gl_code_by_id(provider: Provider, pk: int) -> GLCode:
    """The provider's GL code of that number; Refused if there is none."""
    found = list_gl_codes(provider).filter(pk=pk).first()
    if found is None:
        raise Refused("gl_code_unknown", f"{provider.name} has no such GL code.", "gl_code")
    return found


def is_used(gl_code: GLCode) -> bool:
    """Whether anything names the GL code: a booking, or a record of any kind that stands above the ledger."""
    if JournalLine.objects.filter(provider_id=gl_code.provider_id, gl_code=gl_code).exists():
        return True
    relations = [found for found in GLCode._meta.related_objects if found.related_model is not JournalLine]
    return any(
        found.related_model._default_manager.filter(**{found.field.name: gl_code}).exists() for found in relations
    )
