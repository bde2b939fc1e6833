"""The rehearsal's part that says what the credits will do for bills."""

from datetime import date

import pytest
from django.test import Client

from makegood.invoices.services.late import mark_late
from makegood.providers.models import Membership, Provider
from makegood.web.runs import bills
from tests.support import records
from tests.support.billing import add_billed_customer, add_billing_provider, issue_invoices, on_day
from tests.web.people import open_browser
from tests.web.reading import source_of, words_of

TODAY = date(2026, 2, 3)


@pytest.fixture
def manager(db: None) -> Membership:
    """Of a provider with C1, who owes 20.00 since January and 20.00 since February, and C2, who owes nothing."""
    provider = add_billing_provider()
    add_billed_customer(provider, "C1")
    issue_invoices(provider, date(2026, 1, 1))
    issue_invoices(provider, date(2026, 2, 1))
    with on_day(TODAY):
        mark_late(provider=provider, day=TODAY)
        records.add_customer(provider, "C2")
    return records.add_person(provider, "manager")


@pytest.fixture
def browser(manager: Membership) -> Client:
    return open_browser(manager)


def test_it_says_what_is_used_when_and_what_is_left(browser: Client, manager: Membership) -> None:
    with on_day(TODAY):
        run = records.draft_credit(manager, amount_minor=3000)
        words = words_of(browser.get(f"/runs/{run.pk}"))
    assert "Have a Late invoice: used at once 1 then owes nothing that is late 1 $20.00" in words
    assert "Have an Open invoice: used on Feb 15, 2026 1 $10.00" in words
    assert "Have no invoice to pay: kept for the next one 1 $30.00" in words
    assert "Left over after the next invoice for 1 reckoned from the orders as they stand 1 $10.00" in words


def test_of_a_long_list_it_follows_by_itself(
    browser: Client, manager: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bills, "LOOKED_AT_AT_ONCE", 1)
    with on_day(TODAY):
        run = records.draft_credit(manager, amount_minor=3000)
        source = source_of(browser.get(f"/runs/{run.pk}"))
        assert f'hx-get="/runs/{run.pk}/bills"' in source
        assert "used at once" in words_of(browser.get(f"/runs/{run.pk}/bills"))


def test_many_days_are_summed_up(browser: Client, manager: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bills, "DAYS_SHOWN", 0)
    with on_day(TODAY):
        run = records.draft_credit(manager, amount_minor=3000)
        words = words_of(browser.get(f"/runs/{run.pk}"))
    assert "The same on 1 later day, up to Feb 15, 2026 1 $10.00" in words


def test_there_is_nothing_to_say_of_a_run_that_is_no_draft(browser: Client, manager: Membership) -> None:
    run = records.credit(manager)
    assert words_of(browser.get(f"/runs/{run.pk}/bills")) == ""
    back = records.take_back(manager, run)
    assert browser.get(f"/runs/{back.pk}/bills").status_code == 404


def test_another_providers_run_does_not_exist(browser: Client, manager: Membership) -> None:
    south: Provider = records.add_provider("south")
    records.add_customer(south, "S1")
    run = records.draft_credit(records.add_person(south, "manager"))
    assert browser.get(f"/runs/{run.pk}/bills").status_code == 404
