"""Reads for the dashboard: sums over all customers, quick enough to be looked at all day."""

from dataclasses import dataclass
from datetime import date

from makegood.accounting.rules import last_day_of, month_of, months_back, next_month
from makegood.invoices.rules import State
from makegood.kit.sql import load_sql, run_sql
from makegood.ledger.selectors import get_funds_gl_code_id
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from makegood.runs.models import Run
from makegood.runs.rules import State as RunState

MONTHS = 12
COLLECTION_DAYS = 5
LAST_RUNS = 10

USED = frozenset({"funds_used", "funds_returned"})
"""Events of the journal by which Available Funds pay invoices, and by which that is undone."""
ISSUED = frozenset({"credit_issued", "funds_from_invoice", "payment_recorded", "payment_won_back", "refund_bounced"})
"""Events of the journal by which credits come into being."""

AGES = (("This month", 0, 0), ("1 to 2 months", 1, 2), ("3 to 5 months", 3, 5), ("6 to 11 months", 6, 11))
"""What an age is called, and the months before the present one that it covers; what is left is older."""
OLDER = "12 months or older"


@dataclass(frozen=True)
class Totals:
    """What all customers have and owe, in minor units, and how many of them do. late: what is due of Late invoices."""

    funds_minor: int
    with_funds: int
    receivable_minor: int
    owing: int
    late_minor: int
    late_invoices: int


@dataclass(frozen=True)
class MonthOfFunds:
    """What was put into Available Funds by new credits in a month, and what paid invoices; minor units."""

    month: date
    issued_minor: int
    used_minor: int


@dataclass(frozen=True)
class Age:
    """What remains of credits that were issued so long ago; minor units."""

    label: str
    credits: int
    amount_minor: int


@dataclass(frozen=True)
class InvoicesInState:
    """Invoices that stand there; minor units."""

    state: str
    label: str
    invoices: int
    total_minor: int
    due_minor: int


@dataclass(frozen=True)
class Collection:
    """What is due of Open invoices that are collected on a day; minor units."""

    day: date
    invoices: int
    due_minor: int


def get_totals(provider: Provider) -> Totals:
    """The figures of the provider as they stand now."""
    parameters = {"provider": provider.pk}
    balances = run_sql(load_sql(__package__, "dashboard_balances"), parameters)[0]
    late = run_sql(load_sql(__package__, "dashboard_late"), parameters)[0]
    return Totals(
        balances["funds_minor"],
        balances["with_funds"],
        balances["receivable_minor"],
        balances["owing"],
        late["due_minor"],
        late["invoices"],
    )


def list_months_of_funds(provider: Provider) -> list[MonthOfFunds]:
    """The last twelve months, oldest first, from the journal."""
    present = month_of(today_of(provider))
    month = months_back(present, MONTHS - 1)
    parameters = {
        "provider": provider.pk,
        "gl_code": get_funds_gl_code_id(provider.pk),
        "first": month,
        "last": last_day_of(present),
    }
    found = run_sql(load_sql(__package__, "dashboard_funds_by_month"), parameters)
    months = []
    while month <= present:
        of_month = {row["event"]: int(row["amount_minor"]) for row in found if row["month"] == month}
        issued = sum(amount for event, amount in of_month.items() if event in ISSUED)
        used = -sum(amount for event, amount in of_month.items() if event in USED)
        months.append(MonthOfFunds(month, issued, used))
        month = next_month(month)
    return months


def list_funds_by_age(provider: Provider) -> list[Age]:
    """What remains of credits, the youngest first."""
    present = month_of(today_of(provider))
    parameters = {"provider": provider.pk, "first": months_back(present, MONTHS - 1)}
    found = run_sql(load_sql(__package__, "dashboard_funds_by_age"), parameters)
    by_month = {row["month"]: row for row in found}
    ages = []
    for label, youngest, oldest in AGES:
        rows = [
            by_month[month] for back in range(youngest, oldest + 1) if (month := months_back(present, back)) in by_month
        ]
        ages.append(Age(label, sum(row["credits"] for row in rows), sum(row["amount_minor"] for row in rows)))
    older = by_month.get(None, {"credits": 0, "amount_minor": 0})
    return [*ages, Age(OLDER, older["credits"], older["amount_minor"])]


def list_invoices_by_state(provider: Provider) -> list[InvoicesInState]:
    """All invoices of the provider by their state, in the order of an invoice's life."""
    found = {
        row["state"]: row for row in run_sql(load_sql(__package__, "dashboard_invoices"), {"provider": provider.pk})
    }
    return [
        InvoicesInState(state.value, str(state.label), row["invoices"], row["total_minor"], row["due_minor"])
        for state in State
        if (row := found.get(state.value))
    ]


def list_next_collections(provider: Provider) -> list[Collection]:
    """The next days on which Open invoices are collected, and today if that is one."""
    parameters = {"provider": provider.pk, "day": today_of(provider), "most": COLLECTION_DAYS}
    found = run_sql(load_sql(__package__, "dashboard_collections"), parameters)
    return [Collection(row["collect_on"], row["invoices"], row["due_minor"]) for row in found]


def list_last_runs(provider: Provider) -> list[Run]:
    """The newest runs that were started, newest first."""
    drafts = (RunState.PREPARING, RunState.DRAFT, RunState.CANCELLED)
    return list(Run.objects.filter(provider=provider).exclude(state__in=drafts).order_by("-pk")[:LAST_RUNS])
