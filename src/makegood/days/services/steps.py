"""What each step of a day does. Every one can be done again: what was done is not found any more."""

from collections.abc import Callable, Mapping

from makegood.credits.services.apply_funds import apply_due_funds
from makegood.credits.services.expire import expire_credits
from makegood.days.rules import Step
from makegood.days.services.charge import charge_autopay
from makegood.days.services.issue import issue_invoices
from makegood.days.services.not_billed import note_not_billed
from makegood.days.services.work import Work
from makegood.invoices.services.late import mark_late
from makegood.invoices.services.late_fees import charge_late_fees
from makegood.invoices.services.pass_over import pass_over_periods
from makegood.invoices.services.reminders import send_reminders
from makegood.invoices.services.suspension import lift_covered, suspend_late_customers
from makegood.orders.services.order_status import begin_day


def carry_out_step(work: Work) -> None:
    """Does the step that the day has come to. Opens transactions.

    While End Customer Billing is off, or was off when the day began, the day only begins and passes, and credits whose
    last day has passed end.
    """
    step = Step(work.day.step)
    if work.day.billing or step in _ALWAYS:
        _STEPS[step](work)


def _begin(work: Work) -> None:
    work.note("orders", begin_day(work.provider))


def _issue(work: Work) -> None:
    if work.day.billing:
        issue_invoices(work)
    work.through(None, lambda after: pass_over_periods(provider=work.provider, day=work.on, after=after))
    if work.day.billing:
        note_not_billed(work)


def _use_funds(work: Work) -> None:
    work.through("funds_used", lambda after: apply_due_funds(provider=work.provider, day=work.on, after=after))


def _late(work: Work) -> None:
    work.through("late", lambda after: mark_late(provider=work.provider, day=work.on, after=after))
    # What has become late may be covered by funds that nothing was due for until now.
    _use_funds(work)


def _late_fees(work: Work) -> None:
    work.through("late_fees", lambda after: charge_late_fees(provider=work.provider, day=work.on, after=after))


def _remind(work: Work) -> None:
    work.through(
        "reminded",
        lambda after: send_reminders(provider=work.provider, day=work.on, day_id=work.day.pk, after=after),
    )


def _suspend(work: Work) -> None:
    work.through("resumed", lambda after: lift_covered(provider=work.provider, after=after))
    work.through("suspended", lambda after: suspend_late_customers(provider=work.provider, day=work.on, after=after))


def _expire(work: Work) -> None:
    work.through("expired", lambda after: expire_credits(provider=work.provider, day=work.on, after=after))


_STEPS: Mapping[Step, Callable[[Work], None]] = {
    Step.BEGIN: _begin,
    Step.ISSUE: _issue,
    Step.USE_FUNDS: _use_funds,
    Step.CHARGE: charge_autopay,
    Step.LATE: _late,
    Step.LATE_FEES: _late_fees,
    Step.REMIND: _remind,
    Step.SUSPEND: _suspend,
    Step.EXPIRE: _expire,
}
_ALWAYS = (Step.BEGIN, Step.ISSUE, Step.EXPIRE)
