"""What a person can do with transaction templates."""

from django.db import transaction

from makegood.audit.services import record
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import require_credit_gl_code
from makegood.providers.models import Provider
from makegood.transaction_templates.models import TransactionTemplate


def add_template(
    *,
    provider: Provider,
    name: str,
    direction: str,
    kind: str = "goodwill",
    amount_minor: int | None = None,
    description: str = "",
    gl_code: GLCode | None = None,
    notify: bool = False,
    staff_id: int | None,
) -> TransactionTemplate:
    """Adds a template; the amount, if any, is positive minor units. Opens a transaction.

    Refused for an empty or taken name, an unknown direction or kind, and a GL code that a credit cannot use.
    """
    name = name.strip()
    if not name or len(name) > 100:
        raise Refused("name_malformed", "A template's name has 1 to 100 characters.", "name")
    if direction not in TransactionTemplate.Direction.values:
        raise Refused("direction_unknown", "The direction is credit or charge.", "direction")
    if kind not in TransactionTemplate.Kind.values:
        raise Refused("kind_unknown", f"The kind is one of {', '.join(TransactionTemplate.Kind.values)}.", "kind")
    if len(description) > 500:
        raise Refused("description_too_long", "A description has at most 500 characters.", "description")
    if gl_code is not None and direction == TransactionTemplate.Direction.CREDIT:
        require_credit_gl_code(gl_code)
    with transaction.atomic():
        template, added = TransactionTemplate.objects.get_or_create(
            provider=provider,
            name=name,
            defaults={
                "direction": direction,
                "kind": kind,
                "amount_minor": amount_minor,
                "description": description,
                "gl_code": gl_code,
                "notify": notify,
            },
        )
        if not added:
            raise Refused("name_taken", f"There is a template “{name}” already.", "name")
        _record(template, "transaction_template.added", staff_id)
    return template


def set_template_active(*, template: TransactionTemplate, active: bool, staff_id: int | None) -> None:
    """Activates or deactivates a template. Opens a transaction."""
    with transaction.atomic():
        TransactionTemplate.objects.filter(pk=template.pk).update(active=active)
        _record(template, f"transaction_template.{'activated' if active else 'deactivated'}", staff_id)
    template.active = active


def _record(template: TransactionTemplate, action: str, staff_id: int | None) -> None:
    record(
        provider_id=template.provider_id,
        staff_id=staff_id,
        action=action,
        subject_type="transaction_template",
        subject_id=template.pk,
        detail={"name": template.name, "direction": template.direction},
    )
