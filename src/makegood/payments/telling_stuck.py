"""Telling managers of payments that were not submitted, and of those that do not come to an end by themselves.

All demand the transaction of what they tell.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from makegood.gateways.models import Gateway
from makegood.notifications.services import notify
from makegood.payments.failure_words import tell_staff_why
from makegood.payments.models import Payment
from makegood.payments.rules import Purpose, State
from makegood.payments.telling import PAYMENT, PAYMENTS, tell_managers
from makegood.providers.models import Provider
from makegood.providers.selectors import list_managers


def tell_of_withdrawn(gateway: Gateway, payments: Sequence[Payment]) -> None:
    """That payments were not submitted, as nobody would have; managers, and whoever had something charged."""
    if not payments:
        return
    provider_id, ids = gateway.provider_id, [payment.pk for payment in payments]
    codes = (
        Payment.objects.filter(pk__in=ids).order_by("failure_code").values_list("failure_code", flat=True).distinct()
    )
    why = " ".join(tell_staff_why(code) for code in codes)
    title = _title(ids, "was not submitted", "were not submitted")
    body = f"{why} Nothing was charged, and what {'it was' if len(ids) == 1 else 'they were'} for is due as before."
    tell_managers(provider_id, "warning", title, body, *_subject(provider_id, ids))
    by_person: dict[int, list[int]] = defaultdict(list)
    for payment in payments:
        if payment.purpose == Purpose.CHARGE and payment.created_by_id is not None:
            by_person[payment.created_by_id].append(payment.pk)
    for staff_id in sorted(by_person.keys() - set(list_managers(provider_id))):
        own = by_person[staff_id]
        subject_type, subject_id = _subject(provider_id, own)
        notify(
            provider_id=provider_id,
            staff_ids=[staff_id],
            level="warning",
            title=_title(own, "was not submitted", "were not submitted"),
            body=body,
            subject_type=subject_type,
            subject_id=subject_id,
        )


def report_unknown(provider: Provider, payments: Sequence[int], at: datetime) -> None:
    """That nobody knows since long what became of payments; each is told once."""
    _report(
        provider,
        payments,
        at,
        ("is unknown for more than a day", "are unknown for more than a day"),
        "The processor does not say whether {they_were} charged, and is asked again every hour. What {they_are} for "
        "takes no other payment meanwhile. Look there, and settle {them} by hand if it does not answer any more.",
    )


def report_unusable(provider: Provider, payments: Sequence[int], at: datetime) -> None:
    """That what the processor says of payments does not fit them, so that it is not booked; each is told once."""
    _report(
        provider,
        payments,
        at,
        ("cannot be booked", "cannot be booked"),
        "What the processor says of {them} does not fit: another amount, or another charge. Compare {them} with what "
        "stands there, and settle {them} by hand. What {they_are} for takes no other payment meanwhile.",
    )


def tell_of_never_answered(provider: Provider, payments: Sequence[int]) -> None:
    """That payments count as failed since their processor, which is not in use any more, answers nobody."""
    if payments:
        tell_managers(
            provider.pk,
            "error",
            _title(payments, "counts as failed without an answer", "count as failed without an answer"),
            _fit(
                payments,
                "The gateway is not connected any more and refuses its key, so that nobody can ask. Look at the "
                "processor whether {they_were} charged. If so, settle {them} by hand as charged.",
            ),
            *_subject(provider.pk, payments),
        )


def _report(provider: Provider, payments: Sequence[int], at: datetime, what: tuple[str, str], body: str) -> None:
    new = Payment.objects.filter(provider=provider, pk__in=payments, reported_at=None, state__in=_OPEN).order_by("pk")
    found = list(new.select_for_update(no_key=True).values_list("pk", flat=True))
    if found:
        Payment.objects.filter(pk__in=found).update(reported_at=at)
        tell_managers(provider.pk, "error", _title(found, *what), _fit(found, body), *_subject(provider.pk, found))


_OPEN = (State.SUBMITTED, State.UNKNOWN)


def _title(payments: Sequence[int], one: str, many: str) -> str:
    return f"Payment {payments[0]} {one}" if len(payments) == 1 else f"{len(payments):,} payments {many}"


def _fit(payments: Sequence[int], body: str) -> str:
    """The words for one payment or for several."""
    one = {"they_were": "it was", "they_are": "it is", "them": "it"}
    many = {"they_were": "they were", "they_are": "they are", "them": "them"}
    return body.format(**(one if len(payments) == 1 else many))


def _subject(provider_id: int, payments: Sequence[int]) -> tuple[str, int]:
    return (PAYMENT, payments[0]) if len(payments) == 1 else (PAYMENTS, provider_id)
