"""What each domain names as unfinished work of a month."""

from datetime import date

import pytest

from makegood.days.models import ProviderDay
from makegood.kit.clock import now
from makegood.ledger.closing import list_pending
from makegood.providers.models import Provider
from tests.support import records
from tests.support.billing import add_billed_customer, add_billing_provider, draft_invoices, issue_drafts, on_day
from tests.support.books import FEBRUARY, JANUARY

pytestmark = pytest.mark.django_db


def sentences(provider: Provider, month: date) -> list[str]:
    return [each.sentence for each in list_pending(provider, month)]


def test_drafts_of_invoices_until_they_are_issued() -> None:
    north = add_billing_provider()
    add_billed_customer(north)
    run = draft_invoices(north, date(2026, 1, 31))
    said = f"The invoices of 2026-01-31 are drafts. Issue or cancel run {run.pk}."
    assert sentences(north, JANUARY) == [said]
    assert sentences(north, FEBRUARY) == [said]
    assert sentences(north, date(2025, 12, 1)) == []
    issue_drafts(run, date(2026, 1, 31), membership=records.add_person(north, "manager"))
    assert sentences(north, JANUARY) == []


def test_a_day_until_it_is_finished() -> None:
    with on_day(date(2026, 1, 31)):
        north, south = records.add_provider(), records.add_provider("south")
        day = ProviderDay.objects.create(provider=north, day=date(2026, 1, 31), started_at=now())
    [said] = sentences(north, JANUARY)
    assert said.startswith("The day 2026-01-31 waits")
    assert (len(sentences(north, FEBRUARY)), sentences(north, date(2025, 12, 1)), sentences(south, JANUARY)) == (
        1,
        [],
        [],
    )
    ProviderDay.objects.filter(pk=day.pk).update(step="", finished_at=now())
    assert sentences(north, JANUARY) == []
