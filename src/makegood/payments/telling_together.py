"""One notification for all disputes that are opened, or lost, within the hour. Demands its transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Min, Q, Sum
from django.utils.formats import date_format

from makegood.credits.limits import money_of
from makegood.gateways.rules import DisputeState
from makegood.kit.clock import now
from makegood.kit.transactions import demand_transaction
from makegood.notifications.selectors import find_unread_since
from makegood.notifications.services import notify, retell
from makegood.payments.models import Dispute
from makegood.providers.models import Provider
from makegood.providers.selectors import list_managers

FRESH_FOR = timedelta(hours=1)
"""So long a notification that nobody has read takes up what comes after it; later ones stand for themselves."""
MOMENT = timedelta(minutes=1)
"""A notification comes a moment after what it tells of, in the same transaction."""


@dataclass(frozen=True)
class Told:
    """What a notification says."""

    level: str
    title: str
    body: str


@dataclass(frozen=True)
class Several:
    """Disputes that stand in one notification: how many, what the bank took in minor units, and what follows of them.

    held: of how many of them autopay does not charge the payment method any more. answer_by: the first of the days
    until which the processor takes an answer.
    """

    count: int
    minor: int
    held: int
    answer_by: datetime | None


@dataclass(frozen=True)
class Together:
    """How disputes in one state are told of: subjects of one and of several, and the words for several.

    moment: the field that says since when a dispute is in that state.
    """

    one: str
    several: str
    moment: str
    words: Callable[[Provider, Several], tuple[str, str]]


def tell_together(dispute: Dispute, told: Told) -> None:
    """Tells managers of a dispute that was opened or lost.

    Who has not read what was told of such ones within the hour finds that brought up to date, for all of them; all
    others are told of this one. Demands the transaction in which it was booked.
    """
    demand_transaction()
    provider, how = dispute.provider, TOGETHER[DisputeState(dispute.state)]
    managers = list(list_managers(provider.pk))
    subjects = (how.one, how.several)
    unread = find_unread_since(provider.pk, managers, subjects, now() - FRESH_FOR)
    know_it = set[int]()
    for told_at, staff_ids in unread.items():
        several = _count_since(dispute, how.moment, told_at)
        if several.count == 1:
            # More of the one that they know already.
            continue
        title, body = how.words(provider, several)
        retell(
            provider_id=provider.pk,
            staff_ids=staff_ids,
            subject_types=subjects,
            told_at=told_at,
            level=told.level,
            title=title,
            body=body,
            subject=(how.several, provider.pk),
        )
        know_it.update(staff_ids)
    notify(
        provider_id=provider.pk,
        staff_ids=[each for each in managers if each not in know_it],
        level=told.level,
        title=told.title,
        body=told.body,
        subject_type=how.one,
        subject_id=dispute.payment_id,
    )


def _count_since(dispute: Dispute, moment: str, told_at: datetime) -> Several:
    """The provider's disputes that came into the state of this one since that was told, and this one. One query."""
    since = Q(pk=dispute.pk) | Q(**{f"{moment}__gte": told_at - MOMENT})
    found = Dispute.objects.filter(since, provider_id=dispute.provider_id, state=dispute.state).aggregate(
        count=Count("pk", distinct=True),
        minor=Sum("booked_minor"),
        held=Count("pk", filter=Q(payment__payment_method__held_for=F("payment"))),
        answer_by=Min("answer_by"),
    )
    return Several(found["count"], found["minor"] or 0, found["held"], found["answer_by"])


def _say_opened(provider: Provider, several: Several) -> tuple[str, str]:
    until = ""
    if several.answer_by is not None:
        local = date_format(several.answer_by.astimezone(ZoneInfo(provider.timezone)), "M j, Y, P")
        until = f": the first takes answers until {local}"
    return (
        f"{several.count:,} payments are disputed, {money_of(provider, several.minor)} in all",
        f"The bank took it back. {DUE_AGAIN} Answer each at the processor{until}. {_say_held(several)}{LISTED}".replace(
            "..", "."
        ),
    )


def _say_lost(provider: Provider, several: Several) -> tuple[str, str]:
    return (
        f"{several.count:,} payments are returned, {money_of(provider, several.minor)} in all",
        f"The bank sent them back, or their disputes are lost. {DUE_AGAIN} {_say_held(several)}{LISTED}",
    )


def _say_held(several: Several) -> str:
    if not several.held:
        return ""
    whose = (
        "the payment method of one of them" if several.held == 1 else f"the payment methods of {several.held:,} of them"
    )
    return (
        f"Autopay does not charge {whose} any more: ask for another payment method, or have it used again on the "
        "customer's page. "
    )


DUE_AGAIN = "What their invoices lose by it is due again, to be collected by hand."
LISTED = "The list shows each."

TOGETHER = {
    DisputeState.OPEN: Together("disputed_payment", "disputed_payments", "opened_at", _say_opened),
    DisputeState.LOST: Together("returned_payment", "returned_payments", "closed_at", _say_lost),
}
"""What is told of together, by the state that the dispute has come to."""
