"""What a change of a credit would be: what is wanted, put beside what is, for the preview and for the booking alike."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from makegood.credits.change_rules import ChangeableValues, CreditState, Plan, Surroundings, plan_edit, plan_void
from makegood.credits.limits import find_limit_of_a_day, limits_of, money_of, refuse_over
from makegood.credits.models import Credit, CreditChange
from makegood.credits.rules import Asked, can_change, can_give, clean_description
from makegood.ledger.locks import hold_gl_code
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.selectors import get_funds_gl_code_id, require_credit_gl_code
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right
from makegood.runs.rules import hash_request


class Unchanged(Enum):
    """For a field that can be empty: it is left as it is."""

    UNCHANGED = auto()


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True)
class Edit:
    """What a person wants to change; what is left out stays. expires_on: None for no expiry. Amount in minor units."""

    description: str | None = None
    gl_code: GLCode | None = None
    amount_minor: int | None = None
    expires_on: date | Unchanged | None = UNCHANGED


@dataclass(frozen=True)
class Wish:
    """A change that a person asks for. edit: None for a void. notify: whether the customer gets an e-mail."""

    edit: Edit | None
    notify: bool = False

    @property
    def action(self) -> str:
        return CreditChange.Action.VOIDED if self.edit is None else CreditChange.Action.EDITED

    def hash_for(self, credit_id: int) -> str:
        """The same for the same wish about the same credit."""
        words: dict[str, Any] = {"credit": credit_id, "action": str(self.action), "notify": self.notify}
        if self.edit is not None:
            expires_on = self.edit.expires_on
            words |= {
                "description": self.edit.description,
                "gl_code": self.edit.gl_code.pk if self.edit.gl_code else None,
                "amount_minor": self.edit.amount_minor,
                "expires_on": "unchanged" if expires_on is UNCHANGED else str(expires_on),
            }
        return hash_request(words)


def plan_change(
    *,
    membership: Membership,
    provider: Provider,
    credit: Credit,
    balance: CustomerBalance,
    edit: Edit | None,
    lock: bool,
) -> Plan:
    """What the change does. Refused where the person may not, and for what the rules of credits do not allow.

    edit: None for a void. lock: for the booking, which demands a transaction: what decides is held until it ends.
    """
    require_right(membership, Right.CREDIT_ONE, "change credits")
    limits = limits_of(provider)
    state = state_of(credit)
    refuse_over(can_change(membership.role, state.values.amount_minor, limits), membership, provider)
    around = _look_around(provider, balance)
    if edit is None:
        return plan_void(state, around)
    wanted = _wanted(credit, state.values, edit, lock=lock)
    plan = plan_edit(state, wanted, around)
    if plan.adjusted_minor > 0:
        # A credit that is raised is held against all that a run of this one credit would be.
        over = can_give(membership.role, Asked(1, wanted.amount_minor, wanted.amount_minor), limits)
        over = over or find_limit_of_a_day(membership, provider, plan.adjusted_minor, lock=lock)
        refuse_over(over, membership, provider, "amount")
    return plan


def state_of(credit: Credit) -> CreditState:
    """The credit as the rules see it. The run that gave it has been loaded with it."""
    run = credit.run_row.run if credit.run_row else None
    return CreditState(
        values=ChangeableValues(
            description=credit.description,
            gl_code_id=credit.gl_code_id,
            amount_minor=credit.issued_minor + credit.adjusted_minor,
            expires_on=credit.expires_on,
        ),
        kind=credit.kind,
        used_minor=credit.used_minor,
        refunded_minor=credit.refunded_minor,
        expired_minor=credit.expired_minor,
        taken_back_minor=credit.taken_back_minor,
        of_run_of_several=run is not None and run.customers_selected > 1,
        from_invoice=credit.from_invoice_id is not None,
    )


def _look_around(provider: Provider, balance: CustomerBalance) -> Surroundings:
    return Surroundings(
        today=today_of(provider),
        funds_gl_code_id=get_funds_gl_code_id(provider.pk),
        funds_minor=balance.funds_minor,
        largest_funds_minor=provider.largest_funds_minor,
        closed_and_owing_nothing=balance.closed and balance.receivable_minor <= 0,
        money=lambda minor: money_of(provider, minor),
    )


def _wanted(credit: Credit, now: ChangeableValues, edit: Edit, *, lock: bool) -> ChangeableValues:
    gl_code = edit.gl_code or credit.gl_code
    is_raised = edit.amount_minor is not None and edit.amount_minor > now.amount_minor
    if gl_code.pk != now.gl_code_id or is_raised:
        # The present code may be inactive by now, but nothing more is booked on it.
        gl_code = hold_gl_code(gl_code.pk) if lock else gl_code
        require_credit_gl_code(gl_code)
    return ChangeableValues(
        description=now.description if edit.description is None else clean_description(edit.description),
        gl_code_id=gl_code.pk,
        amount_minor=now.amount_minor if edit.amount_minor is None else edit.amount_minor,
        expires_on=now.expires_on if isinstance(edit.expires_on, Unchanged) else edit.expires_on,
    )
