"""Reads of credits, and of a run before it starts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from makegood.credits.models import Credit, CreditChange, CreditEntry, Kind
from makegood.customers.models import Customer
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.providers.models import Provider, Staff
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


def get_usable_funds(provider_id: int, customer_id: int, day: date) -> int:
    """The customer's Available Funds that can pay on that day: without what is past its last day; minor units."""
    credits = Credit.objects.filter(provider_id=provider_id, customer_id=customer_id, remaining_minor__gt=0)
    usable = credits.filter(Q(expires_on=None) | Q(expires_on__gte=day))
    return int(usable.aggregate(sum=Sum("remaining_minor"))["sum"] or 0)


def has_paid_funds(customer: Customer) -> bool:
    """Whether some of the customer's Available Funds are money that the customer has paid."""
    paid = Credit.objects.filter(provider_id=customer.provider_id, customer=customer, remaining_minor__gt=0)
    return paid.filter(kind__in=(Kind.PREPAID, Kind.OVERPAYMENT)).exists()


def list_entries_of(customer: Customer) -> QuerySet[CreditEntry, Any]:
    """All movements of the customer's Available Funds, oldest first."""
    entries = CreditEntry.objects.filter(provider_id=customer.provider_id, credit__customer=customer)
    return entries.order_by("journal_entry_id", "credit_id", "number")


def get_credit(provider: Provider, pk: int) -> Credit:
    """The provider's credit with customer, GL code, giver and run; Refused if there is none."""
    found = _credits_with_origin().filter(provider=provider, pk=pk).first()
    if found is None:
        raise Refused("credit_unknown", f"There is no credit {pk}.", "credit")
    return found


def list_credits(provider: Provider) -> QuerySet[Credit]:
    """The provider's credits with customer, GL code, giver and run, newest first."""
    return _credits_with_origin().filter(provider=provider).order_by("-id")


def _credits_with_origin() -> QuerySet[Credit]:
    return Credit.objects.select_related("provider", "customer", "gl_code", "created_by", "run_row__run__created_by")


def list_entries(credit: Credit) -> QuerySet[CreditEntry, Any]:
    """The movements of one credit with their journal entries and the take-backs they belong to, oldest first."""
    entries = CreditEntry.objects.select_related("journal_entry", "run_row__run")
    return entries.filter(provider_id=credit.provider_id, credit=credit).order_by("number")


def list_changes(credit: Credit) -> QuerySet[CreditChange]:
    """What people changed of the credit, with GL codes and who, newest first."""
    changes = CreditChange.objects.select_related("created_by", "old_gl_code", "new_gl_code")
    return changes.filter(provider_id=credit.provider_id, credit=credit).order_by("-number")


def find_last_change(credit: Credit) -> CreditChange | None:
    """The last change of the credit with who made it, or None if nobody has changed it."""
    return list_changes(credit).first()


def find_change_by_key(provider: Provider, key: str) -> CreditChange | None:
    """The change that was made with that key, if any."""
    return CreditChange.objects.filter(provider=provider, key=key).first()


@dataclass(frozen=True)
class Origin:
    """Where a credit came from. asked_by: who asked for the run; given_by: who started it and answers for it."""

    run: Run | None
    asked_by: Staff | None
    given_by: Staff | None
    at: datetime


def find_origin(credit: Credit) -> Origin:
    """The run that gave the credit, who asked for it and who gave it, and when. The credit was read with its origin."""
    run = credit.run_row.run if credit.run_row else None
    return Origin(run, run.created_by if run else None, credit.created_by, credit.created_at)
