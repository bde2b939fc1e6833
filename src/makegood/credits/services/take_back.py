"""Taking back a run: what is unused of its credits, as a run of its own."""

from makegood.credits.credit_run_kind import CREDIT
from makegood.credits.take_back_kind import TAKE_BACK
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.models import Run
from makegood.runs.rules import SETTLED, State
from makegood.runs.services.create_run import Request, create_run


def prepare_take_back(*, membership: Membership, run: Run, key: str | None = None) -> tuple[Run, bool]:
    """Freezes what is left of a run's credits into a draft that can be shown and started. Opens a transaction.

    Returns the take-back and whether it is new. Refused for a run that is under way, that is no credit run, or that
    credited nobody, and where the person may not take back.
    """
    require_billing(membership.provider)
    require_right(membership, Right.CREDIT_RUN, "take back a run")
    if run.provider_id != membership.provider_id:
        raise Refused("run_unknown", f"There is no run {run.pk}.", "run")
    if run.kind != CREDIT:
        raise Refused("run_not_credit", f"Run {run.pk} is not a credit run, so nothing can be taken back.", "run")
    if run.state not in SETTLED or run.state == State.CANCELLED:
        raise Refused(
            "run_under_way",
            f"Run {run.pk} is {run.state}; it can be taken back once it has stopped or finished.",
            "run",
        )
    if not run.rows_done:
        raise Refused("nothing_credited", f"Run {run.pk} credited nobody, so nothing can be taken back.", "run")
    request = Request(
        kind=TAKE_BACK,
        unit=run.unit,
        list_name=run.list_name,
        values={"kind": TAKE_BACK, "run": run.pk, "rows_done": run.rows_done},
        reverses=run,
        key=key,
    )
    return create_run(membership=membership, request=request)
