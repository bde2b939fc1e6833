"""What of payments somebody should look at, for the dashboard."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q

from makegood.gateways.rules import DisputeState
from makegood.payments.models import ClearingDifference, Dispute, Payment
from makegood.payments.reconciling import days_compared
from makegood.payments.rules import State
from makegood.payments.selectors_failed import FailedCount, count_failed
from makegood.payments.selectors_held import count_held
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


@dataclass(frozen=True)
class Attention:
    """Payments that failed, of which nobody knows, and that are disputed.

    held: customers who owe something that autopay does not charge after a dispute.
    to_answer: disputes that the processor takes an answer for; answer_by: until when for the first of them.
    differences: what does not agree with the processor's balance; differ_from, differ_upto: of which days it is.
    """

    failed: FailedCount
    unknown: int
    held: int
    disputed: int
    to_answer: int
    answer_by: datetime | None
    differences: int
    differ_from: date
    differ_upto: date

    def __bool__(self) -> bool:
        found = (self.failed.payments, self.unknown, self.held, self.disputed, self.to_answer, self.differences)
        return any(found)


def find_attention(provider: Provider, *, with_held: bool = True) -> Attention:
    """What there is to look at now. Five queries, each on an index of what has not gone well.

    with_held: whether to count who is held after a dispute; else that is 0, and there is a query less.
    """
    states = Payment.objects.filter(provider=provider, state__in=(State.UNKNOWN, State.DISPUTED)).aggregate(
        unknown=Count("pk", filter=Q(state=State.UNKNOWN)), disputed=Count("pk", filter=Q(state=State.DISPUTED))
    )
    waiting = Dispute.objects.filter(
        provider=provider, state__in=(DisputeState.WARNING, DisputeState.OPEN), answer_by__isnull=False
    )
    disputes = waiting.aggregate(count=Count("pk"), first=Min("answer_by"))
    differ_from, differ_upto = days_compared(today_of(provider))
    return Attention(
        failed=count_failed(provider),
        unknown=states["unknown"],
        held=count_held(provider) if with_held else 0,
        disputed=states["disputed"],
        to_answer=disputes["count"],
        answer_by=disputes["first"],
        differences=ClearingDifference.objects.filter(provider=provider, settled_at=None).count(),
        differ_from=differ_from,
        differ_upto=differ_upto,
    )
