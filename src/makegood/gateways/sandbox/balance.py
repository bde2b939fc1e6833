"""What moved the sandbox's balance."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from makegood.gateways.interface import BalanceMovement
from makegood.gateways.models import SandboxCharge, SandboxRefund
from makegood.gateways.rules import MovementKind
from makegood.gateways.sandbox.course import course_of_charge, course_of_refund, fee_of, within
from makegood.gateways.sandbox.outcomes import LONGEST_DAYS


def list_movements(
    charges: QuerySet[SandboxCharge], refunds: QuerySet[SandboxRefund], since: datetime, until: datetime
) -> Iterator[BalanceMovement]:
    """The movements of these charges and refunds from `since` on and before `until`, oldest first."""
    made = {"created_at__gte": since - timedelta(days=LONGEST_DAYS), "created_at__lt": until}
    movements = [moved for charge in charges.filter(**made) for moved in _of_charge(charge, since, until)]
    movements += [moved for refund in refunds.filter(**made) for moved in _of_refund(refund, since, until)]
    movements.sort(key=lambda moved: (moved.happened_at, moved.reference))
    return iter(movements)


def _of_charge(charge: SandboxCharge, since: datetime, until: datetime) -> Iterator[BalanceMovement]:
    course = course_of_charge(charge.outcome, charge.failure_code, charge.created_at)
    for place, happening in within(course.happenings, since, until):
        is_charge = happening.kind == MovementKind.CHARGE
        yield BalanceMovement(
            reference=f"sandbox_txn_{charge.pk}_{place}",
            kind=happening.kind or MovementKind.OTHER,
            amount_minor=happening.moves * charge.amount_minor,
            fee_minor=fee_of(charge.outcome, charge.amount_minor) if is_charge else 0,
            source=charge.reference if is_charge else charge.reference.replace("_ch_", "_dp_"),
            charge=charge.reference,
            happened_at=happening.at,
        )


def _of_refund(refund: SandboxRefund, since: datetime, until: datetime) -> Iterator[BalanceMovement]:
    course = course_of_refund(refund.charge.outcome, refund.failure_code, refund.created_at)
    for place, happening in within(course.happenings, since, until):
        yield BalanceMovement(
            reference=f"sandbox_txn_r{refund.pk}_{place}",
            kind=MovementKind.REFUND,
            amount_minor=happening.moves * refund.amount_minor,
            fee_minor=0,
            source=refund.reference,
            charge=refund.charge.reference,
            happened_at=happening.at,
        )
