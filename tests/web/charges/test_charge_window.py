"""The charge window: what it shows, what it refuses, what it keeps; and the page of its run."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from makegood.customers.models import Customer
from makegood.invoices.models import Charge
from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_end_customer_billing
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.transaction_templates.services import add_template
from tests.support import charges
from tests.support.billing import set_up_billing
from tests.support.records import finish
from tests.web.reading import source_of, words_of
from tests.web.runs.people import (
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

PATH = "/customers/charges/new"


def add_visit(provider: Provider) -> None:
    """A charge template with every value."""
    add_template(
        provider=provider, name="Visit", direction="charge", amount_minor=4500, description="Technician visit",
        gl_code=get_gl_code(provider, "4100"), staff_id=None,
    )  # fmt: skip


def test_it_says_who_is_selected_and_that_each_is_charged(clerk: Client, bea: Membership) -> None:
    select(bea, "N-1", "N-3")
    words = words_of(clerk.get(PATH))
    assert "Add customer charge" in words
    assert "2 customers selected" in words
    assert "Each selected customer is charged this amount." in words


def test_the_bars_of_both_lists_lead_to_it(clerk: Client, bea: Membership) -> None:
    select(bea, "N-1")
    select_area(bea, "Springfield", "orders")
    assert f'href="{PATH}"' in source_of(clerk.get("/customers"))
    assert 'href="/orders/charges/new"' in source_of(clerk.get("/orders"))


def test_who_may_not_bill_is_not_offered_it(north: Provider) -> None:
    agent = add_bea(north, "agent")
    select(agent, "N-1")
    browser = browse(agent)
    assert "charges/new" not in source_of(browser.get("/customers"))
    answer = browser.get(PATH)
    assert answer.status_code == 403
    assert "billing or manager" in words_of(answer)


def test_each_selected_customer_is_charged(
    clerk: Client, bea: Membership, north: Provider, assert_verified: Callable[[], None]
) -> None:
    select(bea, "N-1", "N-3")
    run = draft_by_page(clerk, PATH, amount="12.5", description="Technician visit", tax_rate="8.25")
    assert (run.state, run.rows_selected, run.total_minor, run.records_shown) == (State.DRAFT, 2, 2500, 2)
    clerk.post(f"/runs/{run.pk}/start")
    finish(run)
    assert charges.charges_of_all(north) == [("N-1", 1250, "waiting"), ("N-3", 1250, "waiting")]
    assert set(Charge.objects.values_list("tax_rate", flat=True)) == {Decimal("8.25")}
    assert_verified()


def test_the_settings_fill_tax_rate_and_gl_code(clerk: Client, bea: Membership, north: Provider) -> None:
    set_up_billing(north, charge_tax_rate=Decimal("19.5"), charge_gl_code=get_gl_code(north, "4010"))
    select(bea, "N-1")
    fields = open_window(clerk, PATH)
    assert (fields["tax_rate"], fields["gl_code"]) == ("19.5", "4010")
    values = run_of(send_window(clerk, fields, PATH, amount="1", description="Visit", tax_rate="")).charge_run
    assert (values.tax_rate, values.gl_code.code) == (Decimal("19.5"), "4010")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": ""}, "An amount is needed."),
        ({"amount": "0"}, "must be greater than zero"),
        ({"amount": "ten"}, "is not an amount"),
        ({"description": ""}, "A description is needed"),
        ({"description": "x" * 501}, "at most 500 fit"),
        ({"tax_rate": "101"}, "from 0 to 100"),
        ({"tax_rate": "<script>alert(1)</script>"}, "from 0 to 100"),
        ({"gl_code": "4900"}, "a charge needs one of type fee or service"),
        ({"template": "Storm"}, "is for credits, not for charges"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field_and_all_is_kept(
    clerk: Client, bea: Membership, north: Provider, typed: dict[str, str], sentence: str
) -> None:
    add_template(provider=north, name="Storm", direction="credit", staff_id=None)
    select(bea, "N-1")
    sent = {"amount": "12.34", "description": "Typed with care"} | typed
    answer = send_window(clerk, open_window(clerk, PATH), PATH, **sent)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert "field-wrong" in source_of(answer)
    assert fields_of(answer)["amount"] == sent["amount"]
    assert fields_of(answer)["description"] == sent["description"]
    assert "<script>alert" not in source_of(answer)
    assert not Run.objects.exists()


class TestTemplate:
    def test_fills_an_untouched_window(self, clerk: Client, bea: Membership, north: Provider) -> None:
        add_visit(north)
        select(bea, "N-1")
        filled = fields_of(send_window(clerk, open_window(clerk, PATH), PATH, template="Visit", do="copy"))
        assert (filled["amount"], filled["description"], filled["gl_code"]) == ("45.00", "Technician visit", "4100")

    def test_never_writes_over_what_was_typed_but_offers_its_own(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        add_visit(north)
        select(bea, "N-1")
        answer = send_window(clerk, open_window(clerk, PATH), PATH, template="Visit", do="copy", amount="7.25")
        assert fields_of(answer)["amount"] == "7.25"
        assert "The template says 45.00 ; your own entry is kept." in words_of(answer)
        assert fields_of(send_window(clerk, fields_of(answer), PATH, do="use-amount"))["amount"] == "45.00"

    def test_chosen_and_sent_without_copying_fills_what_is_empty(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        add_visit(north)
        select(bea, "N-1")
        values = run_of(send_window(clerk, open_window(clerk, PATH), PATH, template="Visit")).charge_run
        assert (values.amount_minor, values.description) == (4500, "Technician visit")

    def test_for_credits_is_not_offered(self, clerk: Client, bea: Membership, north: Provider) -> None:
        add_template(provider=north, name="Storm", direction="credit", staff_id=None)
        select(bea, "N-1")
        assert "Storm" not in source_of(clerk.get(PATH))


def test_the_same_window_sent_twice_gives_one_run(
    clerk: Client, bea: Membership, north: Provider, assert_verified: Callable[[], None]
) -> None:
    select(bea, "N-1")
    fields = open_window(clerk, PATH)
    typed = {"amount": "10", "description": "Visit"}
    run = run_of(send_window(clerk, fields, PATH, **typed))
    for _ in range(3):
        clerk.post(f"/runs/{run.pk}/start")
    finish(run)
    again = send_window(clerk, fields, PATH, **typed)
    assert run_of(again) == run
    assert "Nothing is booked twice" in words_of(clerk.get(again["Location"]))
    assert charges.charges_of_all(north) == [("N-1", 1000, "waiting")]
    assert_verified()


def test_a_draft_is_changed_by_a_new_one_that_takes_its_place(clerk: Client, bea: Membership) -> None:
    select(bea, "N-1", "N-2")
    first = draft_by_page(clerk, PATH, amount="10", description="First words", tax_rate="7")
    change = f"{PATH}?change={first.pk}"
    assert f'href="{change}"' in source_of(clerk.get(f"/runs/{first.pk}"))
    fields = open_window(clerk, change)
    assert (fields["amount"], fields["description"], fields["tax_rate"]) == ("10.00", "First words", "7")
    second = run_of(send_window(clerk, fields, PATH, amount="9"))
    first.refresh_from_db()
    assert (first.state, second.charge_run.amount_minor) == (State.CANCELLED, 900)


def test_one_customer_is_charged_from_the_customers_page(clerk: Client, north: Provider) -> None:
    ann = Customer.objects.get(provider=north, number="N-1")
    path = f"/customers/{ann.pk}/charges/new"
    assert f'href="{path}" data-window' in source_of(clerk.get(f"/customers/{ann.pk}"))
    run = draft_by_page(clerk, path, amount="4", description="Visit")
    clerk.post(f"/runs/{run.pk}/start")
    finish(run)
    assert charges.charges_of_all(north) == [("N-1", 400, "waiting")]


def test_total_is_shown_while_typing(clerk: Client) -> None:
    asked = {"amount": "12.50", "shown_records": "312", "shown_customers": "287"}
    assert "287 × $12.50 = $3,587.50" in words_of(clerk.get("/charges/total", {**asked, "per": "customer"}))
    assert "312 × $12.50 = $3,900.00" in words_of(clerk.get("/charges/total", {**asked, "per": "order"}))
    assert "is charged this amount" in words_of(clerk.get("/charges/total", {**asked, "amount": ""}))
    wrong = words_of(clerk.get("/charges/total", {**asked, "amount": "12."}))
    assert "is not an amount" in wrong
    assert "is charged this amount" not in wrong


def test_while_billing_is_off_nobody_may(clerk: Client, north: Provider) -> None:
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    answer = clerk.get(PATH)
    assert answer.status_code == 403
    assert "End Customer Billing is off" in words_of(answer)


class TestRun:
    """The pages of a charge run and of a cancellation."""

    def test_the_rehearsal_says_who_is_charged_and_with_what_tax(self, clerk: Client, bea: Membership) -> None:
        draft = charges.draft_charge(bea, tax_rate="8.25")
        words = words_of(clerk.get(f"/runs/{draft.pk}"))
        assert "Customers charged 3 Each $10.00 plus 8.25 % tax Total $30.00" in words
        assert "Will be charged with the next invoice" in words
        assert "Add Charge to 3 customers" in words
        assert words_of(clerk.get(f"/runs/{draft.pk}/rehearsal")).count("Who is charged what") == 1

    def test_it_is_proved_and_its_charges_can_be_cancelled(
        self, clerk: Client, bea: Membership, assert_verified: Callable[[], None]
    ) -> None:
        run = charges.charge(bea)
        words = words_of(clerk.get(f"/runs/{run.pk}"))
        assert "3 selected = 3 charged + 0 skipped + 0 failed + 0 waiting" in words
        assert "Total $30.00 = sum of 3 charges" in words
        draft = run_of(clerk.post(f"/runs/{run.pk}/cancel-charges", {"token": "once"}))
        assert run_of(clerk.post(f"/runs/{run.pk}/cancel-charges", {"token": "once"})) == draft
        assert "What would be cancelled" in words_of(clerk.get(f"/runs/{draft.pk}"))
        clerk.post(f"/runs/{draft.pk}/start")
        finish(draft)
        assert "3 selected = 3 cancelled" in words_of(clerk.get(f"/runs/{draft.pk}"))
        words = words_of(clerk.get(f"/runs/{run.pk}"))
        assert f"Cancelled , see run {draft.pk} $30.00 3 charges" in words
        assert_verified()

    def test_its_customers_lead_to_their_charges(self, clerk: Client, bea: Membership, north: Provider) -> None:
        run = charges.charge(bea)
        number = charges.charge_of(north, "N-1").pk
        assert f'href="/charges/{number}"' in source_of(clerk.get(f"/runs/{run.pk}/customers"))
        undone = charges.cancel_run_of(bea, run)
        assert f'href="/charges/{number}"' in source_of(clerk.get(f"/runs/{undone.pk}/customers"))

    def test_both_kinds_stand_in_the_list_of_runs(self, clerk: Client, bea: Membership) -> None:
        run = charges.charge(bea)
        charges.cancel_run_of(bea, run)
        words = words_of(clerk.get("/runs"))
        assert "Technician visit" in words
        assert f"Cancellation of charge run {run.pk}" in words
        assert "Technician visit" in words_of(clerk.get("/runs?q=technician"))
