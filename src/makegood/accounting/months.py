"""Which months of a provider are closed, which one comes next, and what stands against closing it."""

from dataclasses import dataclass
from datetime import date

from makegood.accounting.funds_roll_forward import get_funds_roll_forward
from makegood.accounting.receivables import get_receivables_roll_forward
from makegood.accounting.roll_forward import Tie
from makegood.accounting.rules import days_of_month, last_day_of, month_of, next_month
from makegood.accounting.trial_balance import TrialRow, get_trial_balance
from makegood.kit.refusal import Refused
from makegood.kit.transactions import one_snapshot
from makegood.ledger.models import GLCode, JournalEntry, PeriodClose
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


@dataclass(frozen=True)
class Month:
    """A month of the books. state: *closed*, *next* (to be closed), *open* (over, but not its turn), *running*."""

    month: date
    state: str
    close: PeriodClose | None = None

    @property
    def text(self) -> str:
        return f"{self.month:%Y-%m}"


def _state(month: date, is_closed: bool, turn: date, today: date) -> str:
    if is_closed:
        return "closed"
    if month >= month_of(today):
        return "running"
    return "next" if month == turn else "open"


def list_months(provider: Provider) -> list[Month]:
    """All months from the first with a booking (or the present one) to the present one, newest first."""
    closes = {each.month: each for each in PeriodClose.objects.filter(provider=provider).select_related("closed_by")}
    today, next_to_close = today_of(provider), find_next_month(provider)
    month = min(closes, default=next_to_close)
    found = []
    while month <= month_of(today):
        found.append(Month(month, _state(month, month in closes, next_to_close, today), closes.get(month)))
        month = next_month(month)
    return found[::-1]


def find_next_month(provider: Provider) -> date:
    """The month that is closed next: after the last closed one, else the first with a booking, else the present one."""
    last = PeriodClose.objects.filter(provider=provider).order_by("-month").first()
    if last is not None:
        return next_month(last.month)
    first = JournalEntry.objects.filter(provider=provider).order_by("booked_on").first()
    return month_of(first.booked_on if first is not None else today_of(provider))


def is_over(provider: Provider, month: date) -> bool:
    """Whether the provider's days have gone beyond the month, so that nothing can be dated into it any more."""
    return provider.day_reached is not None and provider.day_reached > last_day_of(month)


def require_turn(provider: Provider, month: date) -> None:
    """Refused for a month that is closed, is not over, or whose turn it is not."""
    turn = find_next_month(provider)
    if PeriodClose.objects.filter(provider=provider, month=month).exists():
        raise Refused("month_closed", f"{month:%Y-%m} is closed already.", "month")
    if month != turn:
        raise Refused(
            "month_not_next", f"Months are closed one after the other; {turn:%Y-%m} is the next one.", "month"
        )
    if not is_over(provider, month):
        reached = f"it has reached {provider.day_reached}" if provider.day_reached else "no day has been worked through"
        raise Refused(
            "month_not_over",
            f"{month:%Y-%m} is not over: {provider.name}'s daily work has to have begun a later day, and {reached}.",
            "month",
        )


@dataclass(frozen=True)
class MonthTies:
    """Whether the sub-ledgers and the journal agree over a month.

    funds, receivables: sub-ledger and journal at the end of the month. trial: the sums of the trial balance.
    hold: whether they agree at its beginning too, and the roll-forward by GL code gives the same.
    """

    month: date
    funds: Tie
    receivables: Tie
    trial: TrialRow
    hold: bool


def tie_month(provider: Provider, month: date) -> MonthTies:
    """Holds the sub-ledgers against the journal over the month. Reads all that was booked up to its end."""
    days = days_of_month(month)
    with one_snapshot():
        trial = get_trial_balance(provider, days)
        funds = get_funds_roll_forward(provider, days, trial.account(GLCode.Type.AVAILABLE_FUNDS, sign=-1))
        receivables = get_receivables_roll_forward(provider, days, trial.account(GLCode.Type.RECEIVABLE))
    is_split_right = funds.total.closing_minor == funds.months[-1].closing.entries_minor
    return MonthTies(
        month=days.first,
        funds=funds.months[-1].closing,
        receivables=receivables.months[-1].closing,
        trial=trial.total,
        hold=funds.holds and receivables.holds and trial.holds and is_split_right,
    )
