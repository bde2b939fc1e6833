"""Reads of credits, and of a run before it starts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, QuerySet, Sum
from django.db.models.functions import Coalesce

from makegood.credits.models import Credit, CreditEntry
from makegood.customers.models import Customer
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.runs.models import Run
from makegood.runs.outcomes import Category
from makegood.runs.selectors import OutcomeCount, count_outcomes

LOOK_ALIKE_WINDOW = timedelta(days=7)


@dataclass(frozen=True)
class Rehearsal:
    """What a draft would do. Counts are of customers; amounts in minor units.

    look_alikes: customers who got the same amount with the same description within seven days.
    """

    run: Run
    outcomes: list[OutcomeCount]
    customers: int
    without_email: int
    opted_out: int
    billing_disabled: int
    over_funds_limit: int
    look_alikes: int
    by_gl_code: dict[str, int]

    @property
    def skipped(self) -> list[OutcomeCount]:
        return [count for count in self.outcomes if count.category is Category.SKIPPED]


def get_rehearsal(run: Run) -> Rehearsal:
    """The rehearsal of a draft credit run, from its frozen rows and the customers as they are now."""
    values = run.credit_run
    figures = run_sql(
        load_sql(__package__, "rehearse"),
        {
            "run": run.pk,
            "provider": run.provider_id,
            "amount": values.amount_minor,
            "description": values.description,
            "since": now() - LOOK_ALIKE_WINDOW,
            "largest_funds": run.provider.largest_funds_minor,
        },
    )[0]
    by_gl_code = {values.gl_code.code: run.total_minor}
    return Rehearsal(run=run, outcomes=count_outcomes(run), by_gl_code=by_gl_code, **figures)


@dataclass(frozen=True)
class Aftermath:
    """What became of the credits of a run since they were issued; minor units."""

    adjusted_minor: int
    used_minor: int
    refunded_minor: int
    expired_minor: int
    taken_back_minor: int
    remaining_minor: int


def get_aftermath(run: Run) -> Aftermath:
    """The sums over the credits that a run has issued, as they are now."""
    names = ("adjusted", "used", "refunded", "expired", "taken_back", "remaining")
    sums = Credit.objects.filter(run_row__run=run).aggregate(
        **{f"{name}_sum": Coalesce(Sum(f"{name}_minor"), 0, output_field=BigIntegerField()) for name in names}
    )
    return Aftermath(**{f"{name}_minor": sums[f"{name}_sum"] for name in names})


def list_take_backs(run: Run) -> QuerySet[Run]:
    """The take-backs of a run that have taken something, oldest first."""
    return Run.objects.filter(provider_id=run.provider_id, reverses=run, rows_done__gt=0).order_by("id")


def list_credits_of(customer: Customer) -> QuerySet[Credit]:
    """The customer's credits with GL code, giver and run, newest first."""
    credits = Credit.objects.select_related("gl_code", "created_by", "run_row")
    return credits.filter(provider_id=customer.provider_id, customer=customer).order_by("-id")


def list_entries_of(customer: Customer) -> QuerySet[CreditEntry, Any]:
    """All movements of the customer's Available Funds, oldest first."""
    entries = CreditEntry.objects.filter(provider_id=customer.provider_id, credit__customer=customer)
    return entries.order_by("journal_entry_id", "credit_id", "number")
