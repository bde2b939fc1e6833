"""What the credits of a draft will do for the bills of its customers."""

from dataclasses import dataclass
from datetime import date

from makegood.invoices.selectors import get_billing_settings
from makegood.kit.sql import compose_sql, load_sql, run_sql
from makegood.providers.calendar import today_of
from makegood.runs.models import Run


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
class BillsOfDraft:
    """What happens by itself once the credits of a draft are booked, as invoices stand now. Amounts in minor units.

    Available Funds that the customers have already are reckoned in, for they are used together with the new ones.
    late: who has a Late invoice; what is used for it at once. late_settled: of them, who then owes nothing Late.
    open: who has an Open invoice; what is used for it, on these days. neither: who has no such invoice, and how much.
    left: who has how much left after the next invoice: the Open ones, or where there are none what the orders come to
    as they stand, with discounts, surcharges, waiting charges and tax. Credits that expire before are not left over.
    left_estimated: of them, by the orders. left_unbilled: of them, who will be billed nothing. disabled: who has
    billing disabled, so that nothing is used by itself, and what waits.
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


def get_bills_of_draft(run: Run) -> BillsOfDraft:
    """The outlook of a draft credit run, from its frozen rows and the invoices as they are now. Two queries."""
    settings = get_billing_settings(run.provider)
    parameters = {
        "run": run.pk,
        "provider": run.provider_id,
        "today": today_of(run.provider),
        "due_days": settings.due_days,
        "autopay_days": settings.autopay_days,
        "prices_include_tax": settings.prices_include_tax,
    }
    estimate = compose_sql(load_sql(__package__, "estimate_next_invoice"))
    found = run_sql(compose_sql(load_sql(__package__, "rehearse_bills"), estimate=estimate), parameters)
    groups = {row["what"]: Group(row["customers"], row["amount_minor"]) for row in found if row["used_on"] is None}
    days = (UsedOn(row["used_on"], row["customers"], row["amount_minor"]) for row in found if row["used_on"])
    return BillsOfDraft(days=tuple(days), **groups)
