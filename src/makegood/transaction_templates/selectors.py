"""Reads of transaction templates."""

from django.db.models import QuerySet

from makegood.kit.refusal import Refused
from makegood.providers.models import Provider
from makegood.transaction_templates.models import TransactionTemplate


def list_templates(provider: Provider) -> QuerySet[TransactionTemplate]:
    """The provider's templates, by name."""
    return TransactionTemplate.objects.select_related("gl_code").filter(provider=provider).order_by("name")


def list_credit_templates(provider: Provider) -> list[TransactionTemplate]:
    """The templates that a credit can be copied from now, by name."""
    return list(list_templates(provider).filter(direction=TransactionTemplate.Direction.CREDIT, active=True))


def list_charge_templates(provider: Provider) -> list[TransactionTemplate]:
    """The templates that a charge can be copied from now, by name."""
    return list(list_templates(provider).filter(direction=TransactionTemplate.Direction.CHARGE, active=True))


def get_credit_template(provider: Provider, name: str) -> TransactionTemplate:
    """The active credit template of that name; Refused if it is unknown, inactive or for charges."""
    template = get_active_template(provider, name)
    if template.direction != TransactionTemplate.Direction.CREDIT:
        raise Refused("template_direction", f"The template “{name}” is for charges, not for credits.", "template")
    return template


def get_charge_template(provider: Provider, name: str) -> TransactionTemplate:
    """The active charge template of that name; Refused if it is unknown, inactive or for credits."""
    template = get_active_template(provider, name)
    if template.direction != TransactionTemplate.Direction.CHARGE:
        raise Refused("template_direction", f"The template “{name}” is for credits, not for charges.", "template")
    return template


def get_active_template(provider: Provider, name: str) -> TransactionTemplate:
    """The active template of that name, for credits or charges; Refused if it is unknown or inactive."""
    template = list_templates(provider).filter(name=name).first()
    if template is None:
        raise Refused("template_unknown", f"{provider.name} has no transaction template “{name}”.", "template")
    if not template.active:
        raise Refused("template_inactive", f"The template “{name}” is not active any more.", "template")
    return template


def get_template(provider: Provider, pk: int) -> TransactionTemplate:
    """The provider's template of that number, for credits or charges, active or not; Refused if there is none."""
    template = list_templates(provider).filter(pk=pk).first()
    if template is None:
        raise Refused("template_unknown", f"{provider.name} has no such transaction template.", "template")
    return template
