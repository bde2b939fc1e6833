"""The credit window: what it shows, what it refuses, what it keeps."""

from collections.abc import Callable

import pytest
from django.test import Client

from makegood.customers.models import Customer
from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.runs.selectors import find_current_selection
from makegood.transaction_templates.services import add_template, set_template_active
from tests.support.records import add_customer, add_provider, finish, funds, funds_of_all
from tests.web.reading import source_of, words_of
from tests.web.runs.people import (
    IN_WINDOW,
    add_bea,
    browse,
    draft_by_page,
    fields_of,
    open_window,
    run_of,
    select,
    select_area,
    send_window,
)


def add_storm(provider: Provider) -> None:
    """A template with every value."""
    add_template(
        provider=provider,
        name="Storm",
        direction="credit",
        kind="outage",
        amount_minor=1500,
        description="Storm of Friday",
        gl_code=get_gl_code(provider, "4900"),
        notify=True,
        staff_id=None,
    )


def test_window_says_how_many_are_selected(clerk: Client, bea: Membership) -> None:
    select(bea, "N-1", "N-3")
    assert "2 customers selected" in words_of(clerk.get("/customers/credits/new"))


def test_window_over_the_order_list_says_orders_and_customers(clerk: Client, bea: Membership) -> None:
    select_area(bea, "Springfield", "orders")
    words = words_of(clerk.get("/orders/credits/new"))
    assert "2 orders of 2 customers selected" in words
    assert "One per customer" in words
    assert "One per order" in words


def test_without_a_selection_the_window_says_so(clerk: Client) -> None:
    assert "Nothing is selected" in words_of(clerk.get("/customers/credits/new"))


def test_as_a_window_it_is_only_the_window(clerk: Client, bea: Membership) -> None:
    select(bea, "N-1")
    source = source_of(clerk.get("/customers/credits/new", headers=IN_WINDOW))
    assert "<html" not in source
    assert 'name="amount"' in source


def test_each_selected_customer_gets_the_amount(
    clerk: Client, bea: Membership, north: Provider, assert_verified: Callable[[], None]
) -> None:
    select(bea, "N-1", "N-3")
    run = draft_by_page(clerk, amount="12.5", description="Sorry")
    assert (run.state, run.rows_selected, run.total_minor, run.records_shown) == (State.DRAFT, 2, 2500, 2)
    clerk.post(f"/runs/{run.pk}/start")
    finish(run)
    assert funds_of_all(north) == {"N-1": 1250, "N-2": 0, "N-3": 1250}
    assert_verified()


def test_all_that_match_except_one(clerk: Client, bea: Membership, north: Provider) -> None:
    from makegood.runs.services.select import tick

    select_area(bea, "Springfield")
    ann = Customer.objects.get(provider=north, number="N-1")
    tick(membership=bea, list_name="customers", record_ids=[ann.pk], on=False)
    run = draft_by_page(clerk)
    assert list(run.rows.values_list("customer__number", flat=True)) == ["N-2"]


@pytest.mark.parametrize(("per", "rows"), [("customer", 2), ("order", 3)])
def test_one_per_customer_or_one_per_order(clerk: Client, bea: Membership, per: str, rows: int) -> None:
    select_area(bea, "Springfield", "orders")
    add_customer(bea.provider, "N-4", areas=["Springfield", "Springfield"])
    run = draft_by_page(clerk, "/orders/credits/new", per=per)
    assert run.rows_selected == rows + 1


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("", "An amount is needed."),
        ("0", "must be greater than zero"),
        ("0.00", "must be greater than zero"),
        ("-5", "must be greater than zero"),
        ("ten", "is not an amount"),
        ("10,00", "is not an amount"),
        ("1e3", "is not an amount"),
        ("10.001", "has 2 decimals"),
        ("99999999999999999999", "larger than any amount"),
        ("10000.01", "No customer may have more than"),
        ("<script>alert(1)</script>", "is not an amount"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_beside_the_field_and_kept(
    clerk: Client, bea: Membership, amount: str, sentence: str
) -> None:
    select(bea, "N-1")
    answer = send_window(clerk, open_window(clerk), amount=amount, description="Typed with care")
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert "Typed with care" in source_of(answer)
    assert "<script>alert" not in source_of(answer)
    assert not Run.objects.exists()


def test_a_description_of_ten_thousand_characters_is_refused_and_kept(clerk: Client, bea: Membership) -> None:
    select(bea, "N-1")
    long = "Sorry " * 1666 + "dear"
    answer = send_window(clerk, open_window(clerk), amount="10", description=long)
    assert answer.status_code == 422
    assert "at most 500 fit" in words_of(answer)
    assert fields_of(answer)["description"] == long


def test_a_gl_code_of_another_provider_is_unknown(clerk: Client, bea: Membership) -> None:
    south = add_provider("south")
    from makegood.ledger.services import add_gl_code

    add_gl_code(provider=south, code="5999", description="Theirs", type="credit", staff_id=None)
    select(bea, "N-1")
    answer = send_window(clerk, open_window(clerk), amount="10", gl_code="5999")
    assert answer.status_code == 422
    assert "has no GL code “5999”" in words_of(answer)
    assert "Theirs" not in source_of(answer)


class TestTemplate:
    def test_fills_an_untouched_window(self, clerk: Client, bea: Membership, north: Provider) -> None:
        add_storm(north)
        select(bea, "N-1")
        filled = fields_of(send_window(clerk, open_window(clerk), template="Storm", do="copy"))
        assert (filled["amount"], filled["description"], filled["notify"]) == ("15.00", "Storm of Friday", "on")

    def test_never_writes_over_what_was_typed_but_offers_its_own(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        add_storm(north)
        select(bea, "N-1")
        answer = send_window(clerk, open_window(clerk), template="Storm", do="copy", amount="7.25")
        filled = fields_of(answer)
        assert (filled["amount"], filled["description"]) == ("7.25", "Storm of Friday")
        assert "The template says 15.00 ; your own entry is kept." in words_of(answer)

    def test_its_value_is_taken_when_asked_for(self, clerk: Client, bea: Membership, north: Provider) -> None:
        add_storm(north)
        select(bea, "N-1")
        kept = fields_of(send_window(clerk, open_window(clerk), template="Storm", do="copy", amount="7.25"))
        assert fields_of(send_window(clerk, kept, do="use-amount"))["amount"] == "15.00"

    def test_its_values_can_be_changed_after(self, clerk: Client, bea: Membership, north: Provider) -> None:
        add_storm(north)
        select(bea, "N-1")
        filled = fields_of(send_window(clerk, open_window(clerk), template="Storm", do="copy"))
        filled.pop("notify")
        run = run_of(send_window(clerk, filled, amount="3", description=""))
        values = run.credit_run
        assert (values.amount_minor, values.description, values.notify, values.kind) == (300, "", False, "outage")
        assert values.template is not None

    def test_going_back_to_no_template_empties_what_it_filled(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        add_storm(north)
        select(bea, "N-1")
        filled = fields_of(send_window(clerk, open_window(clerk), template="Storm", do="copy"))
        emptied = fields_of(send_window(clerk, filled, template="", do="copy", description="My own words"))
        assert (emptied["amount"], emptied["description"]) == ("", "My own words")

    def test_chosen_and_sent_without_copying_fills_what_is_empty(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        add_storm(north)
        select(bea, "N-1")
        values = run_of(send_window(clerk, open_window(clerk), template="Storm")).credit_run
        assert (values.amount_minor, values.description, values.notify) == (1500, "Storm of Friday", True)

    def test_deactivated_meanwhile_is_refused_beside_the_field(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        add_storm(north)
        select(bea, "N-1")
        fields = open_window(clerk)
        set_template_active(template=north.transactiontemplate_set.get(), active=False, staff_id=None)
        answer = send_window(clerk, fields, template="Storm", amount="10")
        assert answer.status_code == 422
        assert "is not active any more" in words_of(answer)

    def test_for_charges_is_not_offered_and_refused(self, clerk: Client, bea: Membership, north: Provider) -> None:
        add_template(
            provider=north, name="Late fee", direction="charge", kind="correction", amount_minor=500, description="",
            gl_code=None, notify=False, staff_id=None,
        )  # fmt: skip
        select(bea, "N-1")
        assert "Late fee" not in source_of(clerk.get("/customers/credits/new"))
        answer = send_window(clerk, open_window(clerk), template="Late fee", amount="10")
        assert "is for charges, not for credits" in words_of(answer)


class TestSentTwice:
    def test_the_same_window_gives_one_draft(self, clerk: Client, bea: Membership) -> None:
        select(bea, "N-1")
        fields = open_window(clerk)
        drafts = {run_of(send_window(clerk, fields, amount="10")).pk for _ in range(10)}
        assert len(drafts) == 1
        assert Run.objects.count() == 1

    def test_back_and_sent_again_after_add_credit_books_nothing_twice(
        self, clerk: Client, bea: Membership, north: Provider, assert_verified: Callable[[], None]
    ) -> None:
        select(bea, "N-1")
        fields = open_window(clerk)
        run = run_of(send_window(clerk, fields, amount="10"))
        for _ in range(3):
            clerk.post(f"/runs/{run.pk}/start")
        finish(run)
        again = send_window(clerk, fields, amount="10")
        assert run_of(again) == run
        clerk.post(f"/runs/{run.pk}/start")
        assert "Nothing is booked twice" in words_of(clerk.get(again["Location"]))
        assert funds(north, "N-1") == 1000
        assert_verified()

    def test_other_values_in_the_same_window_are_another_draft(self, clerk: Client, bea: Membership) -> None:
        select(bea, "N-1")
        fields = open_window(clerk)
        assert run_of(send_window(clerk, fields, amount="10")) != run_of(send_window(clerk, fields, amount="11"))


def test_a_draft_is_changed_by_a_new_one_that_takes_its_place(clerk: Client, bea: Membership) -> None:
    select(bea, "N-1", "N-2")
    first = draft_by_page(clerk, amount="10", description="First words")
    fields = open_window(clerk, f"/customers/credits/new?change={first.pk}")
    assert (fields["amount"], fields["description"]) == ("10.00", "First words")
    second = run_of(send_window(clerk, fields, amount="9"))
    first.refresh_from_db()
    assert (first.state, second.credit_run.amount_minor) == (State.CANCELLED, 900)


class TestChange:
    """A draft that is being changed while somebody goes on with it."""

    def test_one_that_was_started_meanwhile_is_not_given_a_second_time(
        self, clerk: Client, bea: Membership, north: Provider, assert_verified: Callable[[], None]
    ) -> None:
        select(bea, "N-1")
        first = draft_by_page(clerk, amount="10")
        fields = open_window(clerk, f"/customers/credits/new?change={first.pk}")
        browse(add_bea(north, "manager")).post(f"/runs/{first.pk}/start")
        finish(first)
        for _ in range(2):
            answer = send_window(clerk, fields, amount="9")
            assert answer.status_code == 422
            assert f"Run {first.pk}, which you are changing, was started meanwhile" in words_of(answer)
        assert list(Run.objects.all()) == [first]
        assert funds(north, "N-1") == 1000
        assert_verified()

    def test_one_that_the_person_may_not_give_up_stays_and_gets_no_second(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        select(bea, "N-1")
        first = draft_by_page(clerk, amount="10")
        agent = add_bea(north, "agent")
        select(agent, "N-1")
        browser = browse(agent)
        answer = send_window(browser, open_window(browser, f"/customers/credits/new?change={first.pk}"), amount="9")
        assert answer.status_code == 422
        assert "may not cancel a run of somebody else" in words_of(answer)
        assert list(Run.objects.values_list("pk", "state")) == [(first.pk, State.DRAFT)]

    def test_one_that_is_cancelled_already_needs_no_second_goodbye(self, clerk: Client, bea: Membership) -> None:
        select(bea, "N-1")
        first = draft_by_page(clerk, amount="10")
        fields = open_window(clerk, f"/customers/credits/new?change={first.pk}")
        clerk.post(f"/runs/{first.pk}/cancel")
        assert run_of(send_window(clerk, fields, amount="9")).state == State.DRAFT


def test_adding_the_credits_ends_the_selection(clerk: Client, bea: Membership) -> None:
    select(bea, "N-1")
    run = draft_by_page(clerk)
    assert find_current_selection(bea, "customers") is not None
    clerk.post(f"/runs/{run.pk}/start")
    assert find_current_selection(bea, "customers") is None


def test_a_selection_made_meanwhile_stays(clerk: Client, bea: Membership) -> None:
    select(bea, "N-1")
    run = draft_by_page(clerk)
    select(bea, "N-3")
    clerk.post(f"/runs/{run.pk}/start")
    assert find_current_selection(bea, "customers") is not None


def test_one_customer_is_credited_from_the_customers_page(
    clerk: Client, north: Provider, assert_verified: Callable[[], None]
) -> None:
    ann = Customer.objects.get(provider=north, number="N-1")
    run = draft_by_page(clerk, f"/customers/{ann.pk}/credits/new", amount="4")
    clerk.post(f"/runs/{run.pk}/start")
    finish(run)
    assert funds(north, "N-1") == 400
    assert_verified()


def test_total_is_shown_while_typing(clerk: Client, bea: Membership) -> None:
    asked = {"amount": "12.50", "shown_records": "312", "shown_customers": "287"}
    assert "287 × $12.50 = $3,587.50" in words_of(clerk.get("/credits/total", {**asked, "per": "customer"}))
    assert "312 × $12.50 = $3,900.00" in words_of(clerk.get("/credits/total", {**asked, "per": "order"}))
    assert "gets this amount" in words_of(clerk.get("/credits/total", {**asked, "amount": ""}))
    wrong = words_of(clerk.get("/credits/total", {**asked, "amount": "12."}))
    assert "is not an amount" in wrong
    assert "gets this amount" not in wrong


class TestWhoMay:
    @pytest.mark.parametrize("role", ["viewer", "admin"])
    def test_who_gives_no_credits_is_refused_in_words(self, north: Provider, role: str) -> None:
        answer = browse(add_bea(north, role)).get("/customers/credits/new")
        assert answer.status_code == 403
        assert "agent, billing or manager" in words_of(answer)

    def test_while_billing_is_off_nobody_may(self, clerk: Client, north: Provider) -> None:
        from makegood.providers.services import set_end_customer_billing

        set_end_customer_billing(provider=north, on=False, staff_id=None)
        answer = clerk.get("/customers/credits/new")
        assert answer.status_code == 403
        assert "End Customer Billing is off" in words_of(answer)

    def test_another_providers_customer_does_not_exist(self, clerk: Client) -> None:
        south = add_provider("south")
        other = add_customer(south, "S-1", name="Hidden Hannah")
        for answer in (
            clerk.get(f"/customers/{other.pk}/credits/new"),
            clerk.post(f"/customers/{other.pk}/credits/new", {"amount": "10"}),
        ):
            assert answer.status_code == 404
            assert "Hidden" not in source_of(answer)


def test_names_are_shown_as_text_whatever_they_hold(clerk: Client, north: Provider) -> None:
    odd = add_customer(north, "N-9", name="<script>alert(1)</script> \u202eevil")
    source = source_of(clerk.get(f"/customers/{odd.pk}/credits/new"))
    assert "<script>alert" not in source
    assert 'dir="auto">&lt;script&gt;' in source
