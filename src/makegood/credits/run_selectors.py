"""Reads of credit runs and take-backs: what their pages show beside the rows."""

from dataclasses import dataclass

from django.db.models import Sum

from makegood.credits.credit_run_kind import CREDIT
from makegood.credits.models import CreditEntry
from makegood.kit.sql import load_sql, run_sql
from makegood.providers.models import Membership
from makegood.runs.models import Run
from makegood.runs.rules import State

LARGEST_NUMBER = 2**62


@dataclass(frozen=True)
class Proof:
    """What a run booked, three times: on the run, in its entries, in its journal lines; minor units."""

    booked_minor: int
    entries_minor: int
    journal_minor: int

    @property
    def holds(self) -> bool:
        """Whether all three say the same."""
        return self.booked_minor == self.entries_minor == self.journal_minor


def get_proof(run: Run) -> Proof:
    """The sums over what the run has booked; reads every credit of the run."""
    sums = run_sql(load_sql(__package__, "prove_run"), {"run": run.pk, "provider": run.provider_id})[0]
    return Proof(run.booked_minor, sums["entries_minor"], sums["journal_minor"])


def sum_taken_back_later(take_back: Run) -> int:
    """What came back to the credits of a take-back after it and was taken back too; minor units."""
    later = CreditEntry.objects.filter(
        provider_id=take_back.provider_id,
        type=CreditEntry.Type.TAKEN_BACK,
        use__isnull=False,
        credit__run_row__run=take_back.reverses,
    )
    return -int(later.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


@dataclass(frozen=True)
class TakeBackRehearsal:
    """How many credits a take-back would take whole and how many in part, with the amounts in minor units."""

    whole: int
    whole_minor: int
    partly: int
    partly_minor: int


def get_take_back_rehearsal(run: Run) -> TakeBackRehearsal:
    """What a drafted take-back would take."""
    return TakeBackRehearsal(**run_sql(load_sql(__package__, "rehearse_take_back"), {"run": run.pk})[0])


def find_draft_to_change(membership: Membership, number: str) -> Run | None:
    """The provider's drafted credit run of that number, as a person or a form names it; None if there is none."""
    run = find_run_to_replace(membership, number)
    return run if run is not None and run.state == State.DRAFT else None


def find_run_to_replace(membership: Membership, number: str) -> Run | None:
    """The provider's credit run of that number, in whatever state it is by now; None if there is none."""
    if not (number.isascii() and number.isdigit() and int(number) < LARGEST_NUMBER):
        return None
    runs = Run.objects.select_related("credit_run__gl_code", "provider").filter(kind=CREDIT)
    return runs.filter(provider=membership.provider, pk=int(number)).first()
