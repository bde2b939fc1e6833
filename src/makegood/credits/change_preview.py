"""What a change of a credit would do, for a person to look at before it is made; and what changes have done."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from makegood.credits.change_rules import ChangeableValues, Plan
from makegood.credits.changes import UNCHANGED, Edit, Unchanged, plan_change, state_of
from makegood.credits.models import Credit, CreditChange, CreditEntry
from makegood.credits.selectors import get_credit
from makegood.kit.refusal import Refused
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.selectors import get_balance
from makegood.providers.models import Membership
from makegood.providers.selectors import require_billing

FIELDS = {
    "amount_minor": "Amount",
    "description": "Description",
    "gl_code": "GL code",
    "expires_on": "Expires on",
}
"""What can be changed of a credit, in the order in which people are shown it."""


@dataclass(frozen=True)
class FieldChange:
    """One field before and after: minor units, texts, GL codes or days, as the field is."""

    name: str
    old: Any
    new: Any

    @property
    def label(self) -> str:
        return FIELDS[self.name]


@dataclass(frozen=True)
class BookedLine:
    """One line of the journal entry, in minor units."""

    gl_code: GLCode
    debit_minor: int
    credit_minor: int


@dataclass(frozen=True)
class ChangePreview:
    """What a change would do; minor units. entry_type: the movement of the credit, empty if its money does not move."""

    credit: Credit
    fields: tuple[FieldChange, ...]
    entry_type: str
    entry_minor: int
    lines: tuple[BookedLine, ...]
    remaining_before_minor: int
    remaining_after_minor: int
    funds_before_minor: int
    funds_after_minor: int

    @property
    def entry_label(self) -> str:
        return CreditEntry.Type(self.entry_type).label if self.entry_type else ""


def preview_change(
    *,
    membership: Membership,
    credit: Credit,
    description: str | None = None,
    gl_code: GLCode | None = None,
    amount_minor: int | None = None,
    expires_on: date | Unchanged | None = UNCHANGED,
) -> ChangePreview:
    """What `change_credit` with this input would book now. Books nothing; refused for the same reasons."""
    return _preview(membership, credit, Edit(description, gl_code, amount_minor, expires_on))


def preview_void(*, membership: Membership, credit: Credit) -> ChangePreview:
    """What `void_credit` would book now. Books nothing; refused for the same reasons."""
    return _preview(membership, credit, None)


def find_refusal_to_change(membership: Membership, credit: Credit) -> Refused | None:
    """Why this person could not change this credit at all, for pages that offer it; None if nothing is against it."""
    try:
        _preview(membership, credit, Edit())
    except Refused as refused:
        return None if refused.code == "nothing_changed" else refused
    return None


def compare_change(change: CreditChange) -> tuple[FieldChange, ...]:
    """What a change that was made has changed, field by field. The GL codes have been loaded with it."""
    values = ((name, getattr(change, f"old_{name}"), getattr(change, f"new_{name}")) for name in FIELDS)
    return tuple(FieldChange(name, old, new) for name, old, new in values if old != new)


def _preview(membership: Membership, credit: Credit, edit: Edit | None) -> ChangePreview:
    provider = membership.provider
    credit = get_credit(provider, credit.pk)
    require_billing(provider)
    balance = get_balance(provider.pk, credit.customer_id)
    plan = plan_change(membership=membership, provider=provider, credit=credit, balance=balance, edit=edit, lock=False)
    return _describe(credit, balance, plan)


def _describe(credit: Credit, balance: CustomerBalance, plan: Plan) -> ChangePreview:
    codes = GLCode.objects.in_bulk([line.gl_code_id for line in plan.lines] + [plan.values.gl_code_id])
    before, after = _name(state_of(credit).values, credit.gl_code), _name(plan.values, codes[plan.values.gl_code_id])
    entry_type = CreditEntry.Type.TAKEN_BACK if plan.taken_back_minor else CreditEntry.Type.ADJUSTED
    return ChangePreview(
        credit=credit,
        fields=tuple(FieldChange(name, before[name], after[name]) for name in FIELDS if before[name] != after[name]),
        entry_type=entry_type if plan.funds_change_minor else "",
        entry_minor=plan.funds_change_minor,
        lines=tuple(BookedLine(codes[line.gl_code_id], line.debit_minor, line.credit_minor) for line in plan.lines),
        remaining_before_minor=credit.remaining_minor,
        remaining_after_minor=credit.remaining_minor + plan.funds_change_minor,
        funds_before_minor=balance.funds_minor,
        funds_after_minor=balance.funds_minor + plan.funds_change_minor,
    )


def _name(values: ChangeableValues, gl_code: GLCode) -> dict[str, Any]:
    return {
        "amount_minor": values.amount_minor,
        "description": values.description,
        "gl_code": gl_code,
        "expires_on": values.expires_on,
    }
