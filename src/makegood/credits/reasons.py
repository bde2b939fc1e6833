"""Why nobody of a run can be booked any more: what decides for every row alike."""

from collections.abc import Callable

from makegood.credits.locks import hold_gl_code, hold_provider
from makegood.credits.outcomes import BILLING_OFF, GL_CODE_INACTIVE, REQUESTER_NOT_ALLOWED
from makegood.kit.transactions import demand_transaction
from makegood.providers.models import Provider
from makegood.providers.selectors import find_membership
from makegood.runs.models import Run
from makegood.runs.outcomes import Outcome


def reason_for_all(
    run: Run, is_allowed: Callable[[str, Provider], bool], gl_code_id: int | None = None
) -> Outcome | None:
    """The first reason that fits, or None. Demands a transaction; switching billing or the GL code off waits for it.

    is_allowed: whether somebody with this role may have this run booked, with the provider's settings as they are now;
    asked of who started it.
    """
    demand_transaction()
    provider = hold_provider(run.provider_id)
    if not provider.end_customer_billing:
        return BILLING_OFF
    membership = find_membership(run.provider_id, run.started_by_id or run.created_by_id)
    if membership is None or not is_allowed(membership.role, provider):
        return REQUESTER_NOT_ALLOWED
    if gl_code_id is not None and not hold_gl_code(gl_code_id).active:
        return GL_CODE_INACTIVE
    return None
