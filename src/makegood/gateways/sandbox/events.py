"""What the sandbox would send by itself: one event for everything that happens after its first answer."""

from collections.abc import Iterator
from datetime import datetime

from makegood.gateways.interface import Event
from makegood.gateways.models import Gateway, SandboxCharge, SandboxRefund
from makegood.gateways.rules import EventAbout
from makegood.gateways.sandbox.course import Course, Happening, course_of_charge, course_of_refund
from makegood.kit.transactions import demand_transaction

MOST_AT_ONCE = 1000


def due_events(gateway: Gateway, now: datetime, most: int = MOST_AT_ONCE) -> list[Event]:
    """The events that are due by then and were not given yet, oldest first; at most about so many.

    Demands the transaction in which they are stored: once it is committed they are not given again. Who asks at the
    same moment gets others.
    """
    demand_transaction()
    due = {"gateway_id": gateway.pk, "next_event_at__lte": now}
    charges = SandboxCharge.objects.select_for_update(skip_locked=True).filter(**due).order_by("next_event_at", "id")
    refunds = (
        SandboxRefund.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("charge")
        .filter(**due)
        .order_by("next_event_at", "id")
    )
    found_charges, found_refunds = list(charges[:most]), list(refunds[:most])
    events = [event for charge in found_charges for event in _tell_of_charge(charge, now)]
    events += [event for refund in found_refunds for event in _tell_of_refund(refund, now)]
    SandboxCharge.objects.bulk_update(found_charges, ["told", "next_event_at"])
    SandboxRefund.objects.bulk_update(found_refunds, ["told", "next_event_at"])
    return sorted(events, key=lambda event: (event.happened_at, event.id))


def _tell_of_charge(charge: SandboxCharge, now: datetime) -> Iterator[Event]:
    course = course_of_charge(charge.outcome, charge.failure_code, charge.created_at)
    dispute = charge.reference.replace("_ch_", "_dp_")
    for place, happening in _take_due(charge, course, now):
        reference = dispute if happening.about == EventAbout.DISPUTE else charge.reference
        yield _event(place, happening, reference, charge.reference)


def _tell_of_refund(refund: SandboxRefund, now: datetime) -> Iterator[Event]:
    course = course_of_refund(refund.charge.outcome, refund.failure_code, refund.created_at)
    for place, happening in _take_due(refund, course, now):
        yield _event(place, happening, refund.reference, refund.charge.reference)


def _take_due(record: SandboxCharge | SandboxRefund, course: Course, now: datetime) -> list[tuple[int, Happening]]:
    """What is due of the record, which then knows that it was told."""
    coming = list(enumerate(course.events()))[record.told :]
    due = [(place, happening) for place, happening in coming if happening.at <= now]
    record.told += len(due)
    record.next_event_at = course.next_event_at(record.told)
    return due


def _event(place: int, happening: Happening, reference: str, charge: str) -> Event:
    return Event(
        id=f"sandbox_evt_{charge.removeprefix('sandbox_ch_')}_{reference[-6:]}_{place}",
        type=happening.type,
        about=happening.about,
        reference=reference,
        charge=charge,
        happened_at=happening.at,
        payload={"type": happening.type, "object": reference, "charge": charge, "sandbox": True},
    )
