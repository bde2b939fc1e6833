"""How far a day has come: each step is noted when it is done, and what went wrong when it failed."""

import logging
from datetime import date

from django.db.models import F, Q
from django.utils.formats import date_format

from makegood.days.models import ProviderDay
from makegood.days.rules import Step, next_day, step_after
from makegood.days.selectors import find_last_day
from makegood.kit.clock import now, today_in
from makegood.kit.refusal import Refused
from makegood.kit.transactions import opens_transaction
from makegood.notifications.services import notify
from makegood.providers.models import Provider
from makegood.providers.selectors import list_managers
from makegood.runs.chunked import Chunked

log = logging.getLogger(__name__)

DAY = "provider_day"
"""What notifications and e-mails name as their subject."""
LONGEST_FAILURE = 500


def take_next_day(provider: Provider, until: date | None = None) -> ProviderDay | None:
    """The day that is under way, or the one after the last, if it has come; None if there is nothing to do.

    Opens a transaction. Demands that the caller holds the provider's days.
    """
    last = find_last_day(provider)
    if last is not None and not last.is_finished:
        return last if until is None or last.day <= until else None
    day = next_day(None if last is None else last.day, today_in(provider.timezone), until)
    if day is None:
        return None
    with opens_transaction():
        # Switched meanwhile, perhaps: a provider can stand still for long, and its days are worked one after the other.
        provider.refresh_from_db(fields=["end_customer_billing", "day_reached"])
        billing = provider.end_customer_billing
        begun = ProviderDay.objects.create(provider=provider, day=day, billing=billing, started_at=now())
        # The provider's calendar goes on with it, and never back.
        behind = Provider.objects.filter(Q(day_reached=None) | Q(day_reached__lt=day), pk=provider.pk)
        if behind.update(day_reached=day):
            provider.day_reached = day
    return begun


def note_chunk(day: ProviderDay, name: str, done: Chunked) -> None:
    """Adds what a chunk of work did to what the day has done under this name. One statement."""
    if not done.customers and not done.amount_minor:
        return
    did = dict(day.did)
    so_far = did.get(name, {"customers": 0, "amount_minor": 0})
    did[name] = {
        "customers": so_far["customers"] + done.customers,
        "amount_minor": so_far["amount_minor"] + done.amount_minor,
    }
    day.did = did
    ProviderDay.objects.filter(pk=day.pk).update(did=did)


def note_step_done(day: ProviderDay) -> None:
    """Goes on to the next step; after the last one the day is finished. One statement."""
    step = step_after(day.step)
    finished_at = None if step else now()
    changed = ProviderDay.objects.filter(pk=day.pk, step=day.step).update(step=step, finished_at=finished_at)
    if not changed:
        raise RuntimeError(f"Step {day.step} of {day.day} was done by somebody else too.")
    day.step, day.finished_at = step, finished_at


def note_failure(day: ProviderDay, error: Exception) -> None:
    """Keeps what went wrong and tells the managers, once for each step of a day. Opens a transaction."""
    words = error.message if isinstance(error, Refused) else _explain(error)
    told = day.failed_step == day.step
    day.failures, day.failed_step, day.failure, day.failed_at = day.failures + 1, day.step, words, now()
    with opens_transaction():
        ProviderDay.objects.filter(pk=day.pk).update(
            failures=F("failures") + 1, failed_step=day.step, failure=words, failed_at=day.failed_at
        )
        if not told:
            _tell(day, "error", f"The daily work of {say_day(day.day)} waits", f"{Step(day.step).label}: {words}")


def tell_of_drafts(day: ProviderDay, run_id: int, invoices: int) -> None:
    """Tells the managers that drafts of invoices wait for somebody who looks at them. Opens a transaction."""
    title = f"{invoices:,} draft invoices wait" if invoices != 1 else "A draft invoice waits"
    what = "They were made" if invoices != 1 else "It was made"
    then = "Look at them, and issue or discard them." if invoices != 1 else "Look at it, and issue or discard it."
    with opens_transaction():
        notify(
            provider_id=day.provider_id,
            staff_ids=list_managers(day.provider_id),
            level="success",
            title=title,
            body=f"{what} for {say_day(day.day)}. {then}",
            subject_type="run",
            subject_id=run_id,
        )


def _tell(day: ProviderDay, level: str, title: str, words: str) -> None:
    notify(
        provider_id=day.provider_id,
        staff_ids=list_managers(day.provider_id),
        level=level,
        title=title,
        body=f"{words} It is tried again every minute; later steps and days wait until it has gone well.",
        subject_type=DAY,
        subject_id=day.pk,
    )


def _explain(error: Exception) -> str:
    answer = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {answer}"[:LONGEST_FAILURE] if answer else type(error).__name__


def say_day(day: date) -> str:
    """A day as pages write it: ``Dec 1, 2026``."""
    return date_format(day, "M j, Y")
