"""The months on their page, and the window in which one is closed."""

from datetime import date

import pytest
from django.test import Client

from makegood.ledger.models import PeriodClose
from makegood.providers.models import Membership
from makegood.runs.services.start_run import stop_run
from tests.support import records
from tests.support.billing import on_day
from tests.web.people import open_browser
from tests.web.reading import source_of, words_of

pytestmark = pytest.mark.django_db

CLOSE = "/reports/months/2026-01/close"


def test_the_next_month_is_offered_to_a_manager_and_to_nobody_else(client: Client, manager: Membership) -> None:
    page = client.get("/reports/months")
    assert "January 2026 Next to close" in words_of(page)
    assert source_of(page).count("/close") == 1
    agent = open_browser(records.add_person(manager.provider, "billing"))
    assert "/close" not in source_of(agent.get("/reports/months"))
    assert agent.get(CLOSE).status_code == 403
    assert agent.post(CLOSE).status_code == 403
    assert PeriodClose.objects.count() == 0


def test_the_window_says_what_the_books_say_and_closes_the_month(client: Client, manager: Membership) -> None:
    window = words_of(client.get(CLOSE))
    assert "Available Funds $3.00 $3.00 $0.00" in window
    assert "Receivables $1,000.00 $1,000.00 $0.00" in window
    assert "This cannot be undone" in window
    assert client.post(CLOSE)["Location"] == "/reports/months"
    page = words_of(client.get("/reports/months"))
    assert "January 2026 is closed." in page
    assert "February 2026 Next to close" in page
    assert PeriodClose.objects.get().closed_by == manager.staff


def test_a_month_whose_turn_it_is_not_says_which_is(client: Client) -> None:
    window = client.get("/reports/months/2026-02/close")
    assert "2026-01 is the next one" in words_of(window)
    assert "Close month" not in source_of(window)
    refused = client.post("/reports/months/2026-02/close")
    assert (refused.status_code, PeriodClose.objects.count()) == (422, 0)
    assert words_of(refused).count("2026-01 is the next one") == 1
    assert client.get("/reports/months/2026-13/close").status_code == 404


def test_a_run_that_rests_is_named_and_may_stay_if_one_says_so(client: Client, manager: Membership) -> None:
    with on_day(date(2026, 1, 31)):
        run = records.start(records.draft_credit(manager, amount_minor=5), manager)
    at_work = client.get(CLOSE)
    assert f"Credit run {run.pk} is under way." in words_of(at_work)
    assert "This cannot be undone" not in words_of(at_work)
    stop_run(run=run, membership=manager)
    window = client.get(CLOSE)
    assert f"Credit run {run.pk} is stopped and 2 of it are waiting." in words_of(window)
    assert f'href="/runs/{run.pk}"' in source_of(window)
    assert client.post(CLOSE).status_code == 422
    assert client.post(CLOSE, {"leave_waiting": "on"}).status_code == 302
    assert PeriodClose.objects.count() == 1
