"""Closing a month: nothing is dated into it any more."""

from datetime import date

from django.db import transaction

from makegood.accounting.months import MonthTies, require_turn, tie_month
from makegood.accounting.rules import month_of
from makegood.audit.services import record
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.ledger.closing import list_pending
from makegood.ledger.locks import hold_books_alone
from makegood.ledger.models import PeriodClose
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right


def close_month(*, membership: Membership, month: date, leave_waiting: bool = False) -> PeriodClose:
    """Closes the provider's books for a month, for good. Opens transactions in which nobody else books.

    leave_waiting: closes it although stopped or parked runs of it wait; what they book later is dated then.
    Refused without the right; for a month that is closed, not over or not the next one; where the sub-ledgers and the
    journal differ; and while work of it is unfinished.
    """
    require_right(membership, Right.CLOSE_BOOKS, "close a month")
    provider, month = membership.provider, month_of(month)
    with transaction.atomic():
        _hold_if_over(provider, month)
    # Whoever was booking has finished, and whoever books from now on dates it later: the month stands still without
    # a lock, however long it takes to read.
    ties = tie_month(provider, month)
    _require_agreement(ties)
    with transaction.atomic():
        _hold_if_over(provider, month)
        left = _require_nothing_pending(provider, month, leave_waiting=leave_waiting)
        close = PeriodClose.objects.create(provider=provider, month=month, closed_by=membership.staff, closed_at=now())
        record(
            provider_id=provider.pk,
            staff_id=membership.staff_id,
            action="month.closed",
            subject_type="month",
            subject_id=close.pk,
            detail={
                "month": f"{month:%Y-%m}",
                "funds_minor": ties.funds.journal_minor,
                "receivable_minor": ties.receivables.journal_minor,
                "left_waiting": left,
            },
        )
    return close


def _hold_if_over(provider: Provider, month: date) -> None:
    hold_books_alone(provider)
    # Read again: the day may have begun since the provider was loaded.
    provider.refresh_from_db(fields=["day_reached"])
    require_turn(provider, month)


def _require_agreement(ties: MonthTies) -> None:
    if not ties.hold:
        raise Refused(
            "books_differ",
            f"The sub-ledgers and the journal differ in {ties.month:%Y-%m}, so it cannot be closed. "
            "Whoever runs this installation finds out where with `makegood verify`.",
            "month",
        )


def _require_nothing_pending(provider: Provider, month: date, *, leave_waiting: bool) -> list[int | None]:
    """The subjects that are left as they are. Refused for what must not be left."""
    pending = list_pending(provider, month)
    standing = [each for each in pending if not (each.can_stay and leave_waiting)]
    if standing:
        more = f" {len(standing) - 1} more of it stand against closing." if len(standing) > 1 else ""
        raise Refused("month_pending", f"Work of {month:%Y-%m} is not done. {standing[0].sentence}{more}", "month")
    return [each.subject_id for each in pending]
