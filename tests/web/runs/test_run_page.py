"""The page of a run: rehearsal, progress, result, and what can be done with it."""

from collections.abc import Callable

import pytest
from django.test import Client

from makegood.emails.services.templates import set_active
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_limits
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.runs.services.start_run import start_run, stop_run
from tests.support.records import (
    add_customer,
    add_customers,
    add_order,
    add_person,
    add_provider,
    credit,
    draft_credit,
    finish,
    funds,
    reload,
    start,
    take_back,
)
from tests.web.reading import pieces_of, rows_of, source_of, words_of
from tests.web.runs.people import add_bea, browse, draft_by_page, select


class TestRehearsal:
    def test_says_who_gets_what(self, clerk: Client, bea: Membership) -> None:
        run = draft_credit(bea, amount_minor=1250, description="Storm")
        words = words_of(clerk.get(f"/runs/{run.pk}"))
        for piece in ("Who gets what", "Nothing is booked yet", "$12.50", "$37.50", "Storm", "4900"):
            assert piece in words
        assert "Add Credit to 3 customers" in words

    def test_says_who_is_skipped_and_why(self, clerk: Client, bea: Membership, north: Provider) -> None:
        from makegood.orders.services.close_customer import close_customer

        gone = add_customer(north, "N-8", areas=[])
        close_customer(customer=gone, staff_id=None)
        words = words_of(clerk.get(f"/runs/{draft_credit(bea).pk}"))
        assert "The customer is closed" in words

    def test_warns_of_the_same_credit_within_seven_days(self, clerk: Client, bea: Membership) -> None:
        credit(bea, description="Storm")
        words = words_of(clerk.get(f"/runs/{draft_credit(bea, description='Storm').pk}"))
        assert "3 customers got the same amount with the same description within the last 7 days" in words

    def test_says_that_other_records_match_now_than_were_shown(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        select(bea, "N-1")
        run = draft_by_page(clerk, shown_records="12431", shown_customers="12431")
        assert "12,431 were shown, 1 match now" in words_of(clerk.get(f"/runs/{run.pk}"))

    def test_says_that_no_email_leaves_while_the_template_is_not_active(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        run = draft_credit(bea, notify=True)
        assert "2 e-mails will be sent." in words_of(clerk.get(f"/runs/{run.pk}"))
        set_active(membership=add_person(north, "admin"), name="new_credits", active=False)
        words = words_of(clerk.get(f"/runs/{run.pk}"))
        assert "No e-mail will be sent: the e-mail template Billing: New Credits is not active." in words
        assert "e-mails will be sent" not in words

    def test_says_who_has_no_email_address(self, clerk: Client, bea: Membership) -> None:
        assert "1 of the customers has no e-mail address" in words_of(clerk.get(f"/runs/{draft_credit(bea).pk}"))

    def test_over_a_limit_it_says_who_could_and_offers_no_button(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        set_limits(provider=north, staff_id=None, run_limit_minor=2000)
        run = draft_credit(bea)
        answer = clerk.get(f"/runs/{run.pk}")
        assert "A manager can start it" in words_of(answer)
        assert f"/runs/{run.pk}/start" not in source_of(answer)
        clerk.post(f"/runs/{run.pk}/start")
        assert reload(run).state == State.DRAFT

    def test_long_lists_are_rehearsed_in_an_answer_of_their_own(
        self, clerk: Client, bea: Membership, north: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("makegood.web.runs.run_pages.REHEARSED_AT_ONCE", 2)
        run = draft_credit(bea)
        page = source_of(clerk.get(f"/runs/{run.pk}"))
        assert f'hx-get="/runs/{run.pk}/rehearsal"' in page
        assert "Add Credit" not in page
        assert "Add Credit to 3 customers" in words_of(clerk.get(f"/runs/{run.pk}/rehearsal"))

    def test_is_cancelled(self, clerk: Client, bea: Membership) -> None:
        run = draft_credit(bea)
        answer = clerk.post(f"/runs/{run.pk}/cancel", follow=True)
        assert f"Draft {run.pk} is cancelled. Nothing was booked." in words_of(answer)
        assert reload(run).state == State.CANCELLED
        assert "given up" in words_of(clerk.get(f"/runs/{run.pk}"))


class TestProgress:
    def test_is_asked_for_again_while_the_run_is_at_work(self, clerk: Client, bea: Membership) -> None:
        run = start(draft_credit(bea), bea)
        assert f'hx-get="/runs/{run.pk}/progress"' in source_of(clerk.get(f"/runs/{run.pk}"))
        finish(run)
        update = source_of(clerk.get(f"/runs/{run.pk}/progress"))
        assert "every 1s" not in update
        assert 'id="run-state" hx-swap-oob="true">Finished' in update

    def test_shows_what_is_done_and_what_waits(self, clerk: Client, bea: Membership, north: Provider) -> None:
        add_customers(north, 30, prefix="M")
        run = start(draft_credit(bea), bea)
        stop_run(run=run, membership=bea)
        words = words_of(clerk.get(f"/runs/{run.pk}"))
        assert "33 are still waiting" in words
        assert "Resume" in words

    def test_stopped_and_resumed_by_page_everybody_is_credited_once(
        self, clerk: Client, bea: Membership, north: Provider, assert_verified: Callable[[], None]
    ) -> None:
        run = start(draft_credit(bea), bea)
        clerk.post(f"/runs/{run.pk}/stop")
        assert reload(run).state == State.STOPPED
        for _ in range(2):
            clerk.post(f"/runs/{run.pk}/resume")
        finish(run)
        assert funds(north, "N-1") == 1000
        assert_verified()


class TestResult:
    def test_proof_line_and_sums(self, clerk: Client, bea: Membership, assert_verified: Callable[[], None]) -> None:
        words = words_of(clerk.get(f"/runs/{credit(bea).pk}"))
        assert "3 selected = 3 credited + 0 skipped + 0 failed + 0 waiting" in words
        assert "Total $30.00 = sum of the run’s entries = its journal lines on Available Funds" in words
        assert_verified()

    def test_a_failed_customer_has_a_reason_and_is_retried(
        self, clerk: Client, bea: Membership, north: Provider, assert_verified: Callable[[], None]
    ) -> None:
        set_limits(provider=north, staff_id=None, largest_funds_minor=1500)
        ann = draft_credit(bea, area="Springfield", description="First")
        start_run(run=ann, membership=bea)
        finish(ann)
        run = credit(bea, description="Second")
        page = clerk.get(f"/runs/{run.pk}")
        assert "more Available Funds than the provider allows" in words_of(page)
        failed = rows_of(clerk.get(f"/runs/{run.pk}/customers?result=failed"))
        assert [row["number"] for row in failed] == ["N-1", "N-2"]
        assert "more Available Funds" in failed[0]["reason"]
        set_limits(provider=north, staff_id=None, largest_funds_minor=5000)
        clerk.post(f"/runs/{run.pk}/retry")
        finish(run)
        assert (funds(north, "N-1"), funds(north, "N-3")) == (2000, 1000)
        assert "Retry the failed" not in words_of(clerk.get(f"/runs/{run.pk}"))
        assert_verified()

    def test_what_happened_since_has_lines_of_its_own(self, clerk: Client, bea: Membership) -> None:
        run = credit(bea)
        later = take_back(bea, run)
        words = words_of(clerk.get(f"/runs/{run.pk}"))
        assert f"Taken back, see run {later.pk}" in words
        assert "Remains as Available Funds $0.00" in words

    def test_long_lists_are_added_up_in_an_answer_of_their_own(
        self, clerk: Client, bea: Membership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("makegood.web.runs.run_pages.PROVED_AT_ONCE", 2)
        run = credit(bea)
        assert f'hx-get="/runs/{run.pk}/proof"' in source_of(clerk.get(f"/runs/{run.pk}"))
        assert "Total $30.00 = sum of the run’s entries" in words_of(clerk.get(f"/runs/{run.pk}/proof"))


class TestTakeBack:
    def test_says_that_nothing_is_left(self, clerk: Client, bea: Membership) -> None:
        run = credit(bea)
        take_back(bea, run)
        answer = clerk.post(f"/runs/{run.pk}/take-back", {"token": "again"})
        assert "There is nothing left to take back." in words_of(clerk.get(answer["Location"]))

    def test_is_shown_customer_by_customer_before_it_is_booked(
        self, clerk: Client, bea: Membership, north: Provider, assert_verified: Callable[[], None]
    ) -> None:
        run = credit(bea)
        draft = Run.objects.get(pk=clerk.post(f"/runs/{run.pk}/take-back", {"token": "t"})["Location"].split("/")[-1])
        page = clerk.get(f"/runs/{draft.pk}")
        assert "Unused: taken back whole 3 $30.00" in words_of(page)
        assert "Take back $30.00" in words_of(page)
        assert [row["amount"] for row in rows_of(clerk.get(f"/runs/{draft.pk}/customers"))] == ["$10.00"] * 3
        assert funds(north, "N-1") == 1000
        clerk.post(f"/runs/{draft.pk}/start")
        finish(draft)
        assert funds(north, "N-1") == 0
        assert_verified()

    def test_asked_for_twice_is_one_draft(self, clerk: Client, bea: Membership) -> None:
        run = credit(bea)
        places = {clerk.post(f"/runs/{run.pk}/take-back", {"token": "t"})["Location"] for _ in range(5)}
        assert len(places) == 1

    def test_of_an_agent_is_refused(self, north: Provider, bea: Membership) -> None:
        run = credit(bea)
        answer = browse(add_person(north, "agent")).post(f"/runs/{run.pk}/take-back")
        assert answer.status_code == 403


class TestCustomersOfARun:
    def test_each_has_outcome_amount_and_reason(self, clerk: Client, bea: Membership) -> None:
        rows = rows_of(clerk.get(f"/runs/{credit(bea).pk}/customers"))
        assert [(row["number"], row["amount"], row["outcome"]) for row in rows] == [
            ("N-1", "$10.00", "Credited"),
            ("N-2", "$10.00", "Credited"),
            ("N-3", "$10.00", "Credited"),
        ]

    def test_orders_are_shown_where_each_order_was_credited(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        run = credit(bea, list_name="orders", per="order")
        assert [row["order"] for row in rows_of(clerk.get(f"/runs/{run.pk}/customers"))] == ["N-1-1", "N-2-1", "N-2-2"]

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ("?result=done", ["N-1", "N-2", "N-3"]),
            ("?result=waiting", []),
            ("?q=bob", ["N-2"]),
            ("?q=N-3", ["N-3"]),
        ],
    )
    def test_are_filtered(self, clerk: Client, bea: Membership, query: str, numbers: list[str]) -> None:
        rows = rows_of(clerk.get(f"/runs/{credit(bea).pk}/customers{query}"))
        assert [row["number"] for row in rows] == numbers

    def test_are_exported(self, clerk: Client, bea: Membership) -> None:
        answer = clerk.get(f"/runs/{credit(bea).pk}/customers.csv")
        lines = b"".join(pieces_of(answer)).decode("utf-8-sig").splitlines()
        assert lines[0].startswith("Customer,Name,Amount (USD),Outcome,Reason")
        assert lines[1].startswith("N-1,Ann Archer,10.00,credited,")


class TestListOfRuns:
    def test_newest_first_with_their_figures(self, clerk: Client, bea: Membership) -> None:
        first, second = credit(bea, description="First"), draft_credit(bea, description="Second")
        rows = rows_of(clerk.get("/runs"))
        assert [row["run"] for row in rows] == [str(second.pk), str(first.pk)]
        assert (rows[1]["what"], rows[1]["done"], rows[1]["total"], rows[1]["state"]) == (
            "First",
            "3",
            "$30.00",
            "Finished",
        )
        assert rows[0]["total"] == "$30.00"

    def test_are_filtered_by_size_and_state(self, clerk: Client, bea: Membership, north: Provider) -> None:
        one = credit(bea, customers=[add_customer(north, "N-7")])
        several = credit(bea)
        assert [row["run"] for row in rows_of(clerk.get("/runs?size=one"))] == [str(one.pk)]
        assert [row["run"] for row in rows_of(clerk.get("/runs?size=several"))] == [str(several.pk)]
        assert rows_of(clerk.get("/runs?state=draft")) == []

    def test_empty_says_what_to_do(self, clerk: Client) -> None:
        assert "No credit has been given yet" in words_of(clerk.get("/runs"))


@pytest.mark.parametrize("ending", ["", "/progress", "/rehearsal", "/proof", "/customers", "/customers.csv"])
def test_another_providers_run_does_not_exist(clerk: Client, ending: str) -> None:
    south = add_provider("south")
    add_customer(south, "S-1")
    run = credit(add_person(south, "manager"), description="Their secret")
    answer = clerk.get(f"/runs/{run.pk}{ending}")
    assert answer.status_code == 404
    assert "secret" not in source_of(answer)


@pytest.mark.parametrize("action", ["start", "cancel", "stop", "resume", "retry", "take-back"])
def test_nothing_can_be_done_with_another_providers_run(clerk: Client, action: str) -> None:
    south = add_provider("south")
    add_customer(south, "S-1")
    run = draft_credit(add_person(south, "manager"))
    assert clerk.post(f"/runs/{run.pk}/{action}").status_code == 404
    assert reload(run).state == State.DRAFT


def test_who_may_only_read_sees_the_run_and_nothing_to_press(north: Provider, bea: Membership) -> None:
    run = credit(bea)
    source = source_of(browse(add_bea(north, "viewer")).get(f"/runs/{run.pk}"))
    assert "3 selected" in source
    assert "take-back" not in source


def test_order_numbers_lead_to_orders(clerk: Client, bea: Membership, north: Provider) -> None:
    add_order(add_customer(north, "N-6", areas=[]), "N-6-1")
    run = credit(bea, list_name="orders", per="order")
    assert 'href="/orders/' in source_of(clerk.get(f"/runs/{run.pk}/customers"))
