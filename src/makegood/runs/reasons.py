"""Why nobody of a run can be booked any more: what decides for every row alike."""

from collections.abc import Callable

from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_gl_code
from makegood.providers.locks import hold_provider
from makegood.providers.models import Provider
from makegood.providers.selectors import find_membership
from makegood.runs.models import Run
from makegood.runs.outcomes import BILLING_OFF, GL_CODE_INACTIVE, REQUESTER_NOT_ALLOWED, Outcome


def reason_for_all(
    run: Run, is_allowed: Callable[[str, Provider], bool], gl_code_id: int | None = None
) -> Outcome | None:
    """The first reason that fits, or None. Demands a transaction; switching billing or the GL code off waits for it.

    is_allowed: whether somebody with this role may have this run booked, with the provider's settings as they are now;
    asked of who started it. The provider's day, which starts runs by itself, may always.
    """
    demand_transaction()
    provider = hold_provider(run.provider_id)
    if not provider.end_customer_billing:
        return BILLING_OFF
    if not _may_still(run, is_allowed, provider):
        return REQUESTER_NOT_ALLOWED
    if gl_code_id is not None and not hold_gl_code(gl_code_id).active:
        return GL_CODE_INACTIVE
    return None


def _may_still(run: Run, is_allowed: Callable[[str, Provider], bool], provider: Provider) -> bool:
    staff_id = run.started_by_id or run.created_by_id
    if staff_id is None:
        return True
    membership = find_membership(run.provider_id, staff_id)
    return membership is not None and is_allowed(membership.role, provider)
