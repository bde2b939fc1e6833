"""Drafts that stand against closing a month: invoices of its days that were made and neither issued nor given up."""

from datetime import date, timedelta

from makegood.invoices.models import InvoiceRun
from makegood.ledger.closing import Pending, register_pending
from makegood.providers.models import Provider
from makegood.runs.rules import State


def register_pending_drafts() -> None:
    """Called when the application starts."""
    register_pending(find_pending_drafts)


def find_pending_drafts(provider: Provider, month: date) -> list[Pending]:
    """Invoice runs of days up to the month's last that are still drafts."""
    after = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    drafts = InvoiceRun.objects.filter(
        provider=provider, day__lt=after, run__state__in=(State.PREPARING, State.DRAFT)
    ).order_by("pk")
    return [
        Pending(f"The invoices of {draft.day} are drafts. Issue or cancel run {draft.pk}.", "run", draft.pk)
        for draft in drafts
    ]
