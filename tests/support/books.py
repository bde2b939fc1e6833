"""What the tests of the books share: money that moves on days of the test's choice, and reports in plain figures."""

from datetime import date

from makegood.accounting.funds_roll_forward import FundsRollForward
from makegood.accounting.receivables import ReceivablesRollForward
from makegood.accounting.roll_forward import RollRow
from makegood.credits.models import Credit
from makegood.customers.selectors import get_customer
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from tests.support import records
from tests.support.billing import on_day

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def open_books(slug: str = "north", currency: str = "USD") -> Membership:
    """A manager of a provider that has the customers C1 and C2 since December 2025."""
    with on_day(date(2025, 12, 1)):
        provider = records.add_provider(slug, currency=currency)
        records.add_customer(provider, "C1", areas=())
        records.add_customer(provider, "C2", areas=())
        return records.add_person(provider, "manager")


def give(manager: Membership, day: date, amount_minor: int, *numbers: str, gl_code: str = "4900") -> Run:
    """A credit run of that day for these customers (C1 unless said)."""
    customers = [get_customer(manager.provider, number) for number in numbers or ("C1",)]
    with on_day(day):
        return records.credit(manager, customers=customers, amount_minor=amount_minor, gl_code=gl_code)


def newest_credit(provider: Provider, number: str = "C1") -> Credit:
    """The customer's newest credit, as it stands."""
    return Credit.objects.select_related("customer__provider", "provider", "gl_code").get(
        pk=records.credit_of(provider, number).pk
    )


def reach(provider: Provider, day: date) -> None:
    """The provider's days have come to that one."""
    Provider.objects.filter(pk=provider.pk).update(day_reached=day)
    provider.refresh_from_db()


def figures(row: RollRow) -> dict[str, int]:
    """The row without what is nothing: opening, each movement, closing."""
    amounts = {"opening": row.opening_minor, **row.moved, "closing": row.closing_minor}
    return {name: amount for name, amount in amounts.items() if amount}


def figures_by_code(report: FundsRollForward) -> dict[str, dict[str, int]]:
    """The rows by GL code."""
    return {each.gl_code: figures(each.row) for each in report.rows}


def figures_by_month(report: FundsRollForward | ReceivablesRollForward) -> dict[str, dict[str, int]]:
    """The rows by month."""
    return {str(each.days): figures(each.row) for each in report.months}
