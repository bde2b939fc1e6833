"""What the credits of a draft will do for the bills of its customers."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from makegood.credits.charged_before import charged_sql
from makegood.invoices.selectors import get_billing_settings
from makegood.kit.sql import compose_sql, load_sql, run_sql
from makegood.providers.calendar import today_of
from makegood.runs.models import Run

STANDS = "stands "
"""With what the groups begin in which each customer is counted once."""


@dataclass(frozen=True)
class Group:
    """Some of the customers, and an amount in minor units that they have in common; what it is says where it stands."""

    customers: int = 0
    amount_minor: int = 0


@dataclass(frozen=True)
class UsedOn:
    """A day on which Available Funds pay Open invoices: of how many customers, and how much in minor units."""

    day: date
    customers: int
    amount_minor: int


@dataclass(frozen=True)
class Stands:
    """All customers of a draft by what becomes of the credit, each counted once, where it comes first.

    disabled: nothing by itself, as billing is disabled. late, open: who has an invoice that funds pay, Late or Open.
    at_once: who has none besides the one that the credit is given for. in_flight, by_hand: whose invoices take no
    funds, as a payment for one is on its way, or as people collect them. neither: who has no invoice to pay.
    """

    disabled: int = 0
    late: int = 0
    open: int = 0
    at_once: int = 0
    in_flight: int = 0
    by_hand: int = 0
    neither: int = 0

    @property
    def customers(self) -> int:
        return sum(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True)
class BillsOfDraft:
    """What happens by itself once the credits of a draft are booked, as invoices stand now. Amounts in minor units.

    Available Funds that the customers have already are reckoned in, for they are used together with the new ones.
    at_once: what pays the invoice that the credit is given for, before anything else; no part of the others.
    late: who has a Late invoice; what is used for it at once. late_settled: of them, who then owes nothing Late.
    open: who has an Open invoice; what is used for it, on these days. neither: who has no such invoice, and how much.
    left: who has how much left after the next invoice: the Open ones, or where there are none what the orders come to
    as they stand, with discounts, surcharges, waiting charges and tax. Credits that expire before are not left over.
    left_estimated: of them, by the orders. left_unbilled: of them, who will be billed nothing. disabled: who has
    billing disabled, so that nothing is used by itself, and what waits.
    in_flight: who has payments on their way, and how much they are; what they are for takes no funds until they have
    settled. charged_before: whom autopay charges today, and how much, unless the credits are booked before.
    stands: each customer once.
    """

    late: Group
    late_settled: Group
    open: Group
    days: tuple[UsedOn, ...]
    neither: Group
    left: Group
    left_estimated: Group
    left_unbilled: Group
    disabled: Group
    in_flight: Group = Group()
    charged_before: Group = Group()
    at_once: Group = Group()
    stands: Stands = Stands()


def get_bills_of_draft(run: Run) -> BillsOfDraft:
    """The outlook of a draft credit run, from its frozen rows and the invoices as they are now. Three queries."""
    settings = get_billing_settings(run.provider)
    parameters = {
        "run": run.pk,
        "provider": run.provider_id,
        "today": today_of(run.provider),
        "use_for": run.credit_run.use_for_id,
        "due_days": settings.due_days,
        "autopay_days": settings.autopay_days,
        "prices_include_tax": settings.prices_include_tax,
    }
    estimate = compose_sql(load_sql(__package__, "estimate_next_invoice"))
    named = compose_sql(load_sql(__package__, "rehearse_named"))
    rehearse = compose_sql(load_sql(__package__, "rehearse_bills"), estimate=estimate, named=named)
    found = run_sql(rehearse, parameters)
    groups: dict[str, Any] = {
        row["what"]: Group(row["customers"], row["amount_minor"]) for row in found if row["used_on"] is None
    }
    days = (UsedOn(row["used_on"], row["customers"], row["amount_minor"]) for row in found if row["used_on"])
    return BillsOfDraft(days=tuple(days), **groups, **_rehearse_charges(run))


def _rehearse_charges(run: Run) -> dict[str, Any]:
    named = compose_sql(load_sql(__package__, "rehearse_named"))
    charges = compose_sql(load_sql(__package__, "rehearse_charges"), charged=charged_sql(), named=named)
    parameters = {
        "run": run.pk,
        "provider": run.provider_id,
        "day": today_of(run.provider),
        "use_for": run.credit_run.use_for_id,
    }
    found = {row["what"]: Group(row["customers"], row["amount_minor"]) for row in run_sql(charges, parameters)}
    stands = {what: found.pop(what).customers for what in list(found) if what.startswith(STANDS)}
    return {**found, "stands": Stands(**{what.removeprefix(STANDS): number for what, number in stands.items()})}
