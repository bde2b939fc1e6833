"""What a person can do with transaction templates."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from makegood.audit.services import record
from makegood.kit.fingerprint import require_seen
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting, require_no_number
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import require_charge_gl_code, require_credit_gl_code
from makegood.providers.models import Provider
from makegood.transaction_templates.models import TransactionTemplate

SHOWN_OF_TEMPLATE = ("name", "direction", "kind", "amount_minor", "description", "gl_code", "notify", "active")
"""What a person looks at who changes a template, for `change_template`."""


@dataclass(frozen=True)
class _Values:
    """Checked on being made: Refused for an empty name, an unknown direction or kind, an amount that is not positive,
    a text that does not fit or has the number of a card in it, and a GL code that cannot be used for it."""

    name: str
    direction: str
    kind: str
    amount_minor: int | None
    description: str
    gl_code: GLCode | None
    notify: bool

    def __post_init__(self) -> None:
        if not self.name or len(self.name) > 100:
            raise Refused("name_malformed", "A template's name has 1 to 100 characters.", "name")
        if self.direction not in TransactionTemplate.Direction.values:
            raise Refused("direction_unknown", "The direction is credit or charge.", "direction")
        if self.kind not in TransactionTemplate.Kind.values:
            raise Refused("kind_unknown", f"The kind is one of {', '.join(TransactionTemplate.Kind.values)}.", "kind")
        if self.amount_minor is not None and self.amount_minor <= 0:
            raise Refused("amount_zero", "The amount must be greater than zero.", "amount")
        if len(self.description) > 500:
            raise Refused("description_too_long", "A description has at most 500 characters.", "description")
        require_fitting(TransactionTemplate, description=self.description)
        require_no_number(name=self.name, description=self.description)
        if self.gl_code is not None:
            is_credit = self.direction == TransactionTemplate.Direction.CREDIT
            (require_credit_gl_code if is_credit else require_charge_gl_code)(self.gl_code)

    def as_fields(self) -> dict[str, Any]:
        return vars(self)


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

    Refused for an empty or taken name, an unknown direction or kind, and a GL code that cannot be used for it.
    """
    values = _Values(name.strip(), direction, kind, amount_minor, description.strip(), gl_code, notify)
    with transaction.atomic():
        template, added = TransactionTemplate.objects.get_or_create(
            provider=provider, name=values.name, defaults=values.as_fields()
        )
        if not added:
            raise _name_taken(values.name)
        _record(template, "transaction_template.added", staff_id)
    return template


def change_template(
    *,
    template: TransactionTemplate,
    name: str,
    direction: str,
    kind: str,
    amount_minor: int | None,
    description: str,
    gl_code: GLCode | None,
    notify: bool,
    staff_id: int | None,
    seen: str | None = None,
) -> None:
    """Changes a template for the future; what it was used for keeps its values. Opens a transaction.

    seen: the fingerprint of `SHOWN_OF_TEMPLATE` that the person looked at. Refused as `add_template`, and where
    somebody else has changed the template meanwhile.
    """
    values = _Values(name.strip(), direction, kind, amount_minor, description.strip(), gl_code, notify)
    with transaction.atomic():
        locked = TransactionTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
        require_seen(locked, SHOWN_OF_TEMPLATE, seen)
        changed = {field: value for field, value in values.as_fields().items() if getattr(locked, field) != value}
        if changed:
            try:
                with transaction.atomic():
                    TransactionTemplate.objects.filter(pk=template.pk).update(**changed)
            except IntegrityError:
                raise _name_taken(values.name) from None
            _record(locked, "transaction_template.changed", staff_id, changed=sorted(changed))
    template.refresh_from_db()


def set_template_active(*, template: TransactionTemplate, active: bool, staff_id: int | None) -> None:
    """Activates or deactivates a template. Opens a transaction."""
    with transaction.atomic():
        if TransactionTemplate.objects.filter(pk=template.pk).exclude(active=active).update(active=active):
            _record(template, f"transaction_template.{'activated' if active else 'deactivated'}", staff_id)
    template.active = active


def _name_taken(name: str) -> Refused:
    return Refused("name_taken", f"There is a template “{name}” already.", "name")


def _record(template: TransactionTemplate, action: str, staff_id: int | None, **detail: object) -> None:
    record(
        provider_id=template.provider_id,
        staff_id=staff_id,
        action=action,
        subject_type="transaction_template",
        subject_id=template.pk,
        detail={"name": template.name, "direction": template.direction} | detail,
    )
