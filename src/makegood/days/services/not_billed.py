"""What the issue of a day leaves over: customers who are due and not billed, and drafts that nobody goes on with."""

from datetime import date, timedelta

from makegood.days.models import ProviderDay
from makegood.days.services.progress import DAY, say_day
from makegood.days.services.work import Work
from makegood.invoices.freezing import count_still_due
from makegood.invoices.without_draft import RestingDrafts, list_resting_drafts
from makegood.kit.transactions import opens_transaction
from makegood.notifications.services import notify
from makegood.providers.selectors import list_managers

STATES = {"stopped": "was stopped", "parked": "is parked", "draft": "is a draft still"}
MOST_NAMED = 5


def note_not_billed(work: Work) -> None:
    """Keeps with the day who is left over, and tells the managers where that is more than the day before.

    To be called when the day has issued what it can and has let pass what nobody is billed for. Opens transactions.
    """
    left = count_still_due(work.provider, work.on).customers
    resting = list_resting_drafts(work.provider, work.on)
    figures = {"not_billed": left, "resting": sum(run.drafts for run in resting)}
    new = {name: figure for name, figure in figures.items() if figure and name not in work.day.did}
    if not new:
        return
    before = _find_did(work.day, work.on - timedelta(days=1))
    with opens_transaction():
        for name, figure in new.items():
            work.note(name, figure)
        if new.get("not_billed", 0) > before.get("not_billed", 0):
            _tell_of_customers(work.day, left)
        if new.get("resting", 0) > before.get("resting", 0):
            _tell_of_drafts(work.day, resting)


def _find_did(day: ProviderDay, on: date) -> dict[str, int]:
    did = ProviderDay.objects.filter(provider_id=day.provider_id, day=on).values_list("did", flat=True).first()
    return {name: figures["customers"] for name, figures in (did or {}).items()}


def _tell_of_customers(day: ProviderDay, customers: int) -> None:
    title = "A customer is due and got no invoice" if customers == 1 else f"{customers:,} customers are due without one"
    _tell(
        day,
        "error",
        title,
        f"Their invoices could not be made on {say_day(day.day)}. Every day tries again. If a run failed for them, "
        "its page says why; if not, have the records verified.",
    )


def _tell_of_drafts(day: ProviderDay, resting: list[RestingDrafts]) -> None:
    drafts = sum(run.drafts for run in resting)
    named = ", ".join(
        f"run {run.run_id} of {say_day(run.day)} {STATES[run.state]} ({run.drafts:,})" for run in resting[:MOST_NAMED]
    )
    more = f", and {len(resting) - MOST_NAMED:,} more" if len(resting) > MOST_NAMED else ""
    _tell(
        day,
        "warning",
        "A draft invoice is not gone on with" if drafts == 1 else f"{drafts:,} draft invoices are not gone on with",
        f"Their customers are not billed meanwhile: {named}{more}. Issue or discard drafts; resume what rests, "
        "or give up the rest.",
        run_id=resting[0].run_id if len(resting) == 1 else None,
    )


def _tell(day: ProviderDay, level: str, title: str, body: str, *, run_id: int | None = None) -> None:
    notify(
        provider_id=day.provider_id,
        staff_ids=list_managers(day.provider_id),
        level=level,
        title=title,
        body=body,
        subject_type=DAY if run_id is None else "run",
        subject_id=day.pk if run_id is None else run_id,
    )
