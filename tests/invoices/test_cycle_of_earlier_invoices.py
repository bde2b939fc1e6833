"""What the migration says of invoices that were there before invoices said the cycle that they were billed with."""

from datetime import date
from importlib import import_module

import pytest

from makegood.invoices.models import Invoice
from makegood.invoices.services.billing_cycle import set_billing_cycle
from makegood.kit.sql import count_changed
from tests.support.billing import FIRST, add_billed_customer, add_billing_provider, issue_invoices, on_day
from tests.support.ownership import as_owner
from tests.support.pausing import terminate
from tests.support.records import add_person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def cycles() -> list[tuple[str, int | None]]:
    return list(Invoice.objects.order_by("id").values_list("cycle", "billing_day"))


def test_periods_say_how_they_were_billed_and_accounts_say_the_rest() -> None:
    provider = add_billing_provider()
    clerk = add_person(provider, "manager")
    add_billed_customer(provider)
    add_billed_customer(provider, "C2", anniversary=True, from_date=date(2026, 1, 10))
    changed = add_billed_customer(provider, "C3", anniversary=True, from_date=date(2026, 1, 10))
    issue_invoices(provider, FIRST)
    issue_invoices(provider, date(2026, 1, 10))
    with on_day(date(2026, 1, 12)):
        set_billing_cycle(membership=clerk, customer=changed, cycle="monthly")
    terminate(provider, date(2026, 1, 12), date(2026, 1, 12))
    issue_invoices(provider, date(2026, 1, 13))
    issue_invoices(provider, date(2026, 2, 10))
    before = cycles()

    with as_owner():
        Invoice.objects.update(cycle="monthly", billing_day=1)
        count_changed(import_module("makegood.invoices.migrations.0023_cycle_of_invoices").WHAT_THEY_WERE_BILLED_WITH)

    assert cycles() == before
    assert set(before) == {("monthly", 1), ("anniversary", 10)}
