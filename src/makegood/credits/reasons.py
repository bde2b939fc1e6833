"""Why nobody of a run can be booked any more: what decides for every row alike."""

from collections.abc import Callable, Collection

from makegood.credits.outcomes import BILLING_OFF, GL_CODE_INACTIVE, REQUESTER_NOT_ALLOWED
from makegood.kit.transactions import demand_transaction
from makegood.ledger.models import GLCode
from makegood.providers.models import Provider
from makegood.providers.rules import Right, rights_of
from makegood.providers.selectors import find_membership
from makegood.runs.models import Run
from makegood.runs.outcomes import Outcome


def reason_for_all(
    run: Run, is_allowed: Callable[[Collection[Right]], bool], gl_code_id: int | None = None
) -> Outcome | None:
    """The first reason that fits, or None. Demands a transaction; switching billing or the GL code off waits for it.

    is_allowed: whether somebody with these rights may have this run booked; asked of who started it.
    """
    demand_transaction()
    provider = Provider.objects.raw("SELECT * FROM provider WHERE id = %s FOR SHARE", [run.provider_id])[0]
    if not provider.end_customer_billing:
        return BILLING_OFF
    membership = find_membership(run.provider_id, run.started_by_id or run.created_by_id)
    if membership is None or not is_allowed(rights_of(membership.role)):
        return REQUESTER_NOT_ALLOWED
    if gl_code_id is not None:
        gl_code = GLCode.objects.raw("SELECT * FROM gl_code WHERE id = %s FOR SHARE", [gl_code_id])[0]
        if not gl_code.active:
            return GL_CODE_INACTIVE
    return None
