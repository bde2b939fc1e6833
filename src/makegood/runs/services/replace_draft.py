"""A draft whose place another one takes."""

from makegood.kit.refusal import Refused
from makegood.kit.transactions import demand_transaction
from makegood.providers.models import Membership
from makegood.runs.models import Run
from makegood.runs.services.start_run import cancel_run


def give_up_replaced(*, draft: Run, membership: Membership, what: str) -> None:
    """Cancels the draft. Demands a transaction, the one that makes the new draft.

    what: what the draft would make, such as ``credits``. Refused if it was started meanwhile: both together would do
    the same twice.
    """
    demand_transaction()
    try:
        cancel_run(run=draft, membership=membership)
    except Refused as refused:
        if refused.code != "run_started":
            raise
        raise Refused(
            "draft_started",
            f"Run {draft.pk}, which you are changing, was started meanwhile. Nothing new was prepared. "
            f"Look at what that run does; if these {what} are meant as well, close this window and open it anew.",
        ) from None
