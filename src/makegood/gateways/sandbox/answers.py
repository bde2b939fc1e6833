"""What the sandbox says of a charge, a refund, a dispute or a method at a moment."""

from datetime import datetime, timedelta

from makegood.gateways.failures import say_failure
from makegood.gateways.interface import Charge, Dispute, Method, Refund
from makegood.gateways.models import SandboxCharge, SandboxRefund
from makegood.gateways.rules import DisputeState, Standing
from makegood.gateways.sandbox.course import course_of_charge, course_of_refund, dispute_state_at
from makegood.gateways.sandbox.outcomes import OUTCOME_OF

BOUNCED = "expired_or_canceled_card"


def tell_charge(charge: SandboxCharge, at: datetime) -> Charge:
    """The charge as it is then."""
    standing = course_of_charge(charge.outcome, charge.failure_code, charge.created_at).standing_at(at)
    code = charge.failure_code if standing == Standing.FAILED else ""
    failure = say_failure(code) if code else ""
    return Charge(charge.reference, charge.key, standing, charge.amount_minor, code, failure)


def tell_refund(refund: SandboxRefund, at: datetime) -> Refund:
    """The refund as it is then. One that the bank has sent back has failed."""
    course = course_of_refund(refund.charge.outcome, refund.failure_code, refund.created_at)
    standing, code = course.standing_at(at), refund.failure_code
    if course.disputed_at is not None and at >= course.disputed_at:
        standing, code = Standing.FAILED, BOUNCED
    if standing != Standing.FAILED:
        code = ""
    failure = say_failure(code) if code else ""
    return Refund(refund.reference, refund.key, refund.charge.reference, standing, refund.amount_minor, code, failure)


def tell_dispute(charge: SandboxCharge, at: datetime) -> Dispute | None:
    """The dispute of the charge as it is then; None before there is one."""
    course = course_of_charge(charge.outcome, charge.failure_code, charge.created_at)
    state = dispute_state_at(charge.outcome, course, at)
    if state is None or course.disputed_at is None:
        return None
    answer_by = course.disputed_at + timedelta(days=7) if state == DisputeState.OPEN else None
    return Dispute(
        reference=charge.reference.replace("_ch_", "_dp_"),
        charge=charge.reference,
        state=state,
        amount_minor=charge.amount_minor,
        reason=OUTCOME_OF[charge.outcome].dispute_reason,
        answer_by=answer_by,
    )


def tell_method(reference: str, outcome_code: str, owner: str) -> Method:
    """The method as a processor would describe it."""
    outcome = OUTCOME_OF[outcome_code]
    return Method(reference, outcome.kind, outcome.brand, outcome.last_four, owner, outcome.expires_on)
