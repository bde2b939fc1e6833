"""Making invoices by page: the window, the review of the drafts, the issue."""

from django.test import Client

from makegood.invoices.models import BillingAccount, Invoice
from makegood.orders.services.change_order import change_price
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.services.select import tick
from tests.support import billing, records
from tests.support.answers import Verified
from tests.web.invoices.people import FEBRUARY
from tests.web.people import open_browser
from tests.web.reading import rows_of, words_of

MARCH = FEBRUARY.replace(month=3)


def make(browser: Client, day: str = "2026-03-01", token: str = "once", query: str = "") -> str:
    """The address of the run that the window made."""
    answer = browser.post(f"/invoices/new{query}", {"day": day, "token": token})
    assert answer.status_code == 302, words_of(answer)
    return str(answer["Location"])


def test_drafts_are_made_reviewed_and_issued(
    billed: Provider, mary: Client, manager: Membership, assert_verified: Verified
) -> None:
    with billing.on_day(MARCH):
        order = billing.order_of(billed, "N-2-1")
        change_price(order=order, price_minor=2500, effective_from=MARCH, staff_id=None)
        billing.add_billed_customer(billed, "N-3", name="Cleo Cole", from_date=MARCH)
        address = make(mary)
        review = words_of(mary.get(address))
        assert "Invoices 3" in review
        assert "$99.44" in review
        assert "More than before 1 + $5.00" in review
        assert "As much as before 1" in review
        assert "First invoice 1 + $20.00" in review
        assert "Bob & Sons N-2 $20.00 $25.00 + $5.00" in review
        assert "About 3 e-mails will be sent." in review
        assert "Issue 3 invoices" in review

        run = Run.objects.latest("pk")
        mary.post(f"{address}/start")
        records.finish(run)
        said = words_of(mary.get(address))
        assert_verified()
    assert "Invoiced 3 $99.44" in said
    assert "Billed $99.44 = sum of the invoices’ entries = its journal lines on receivables." in said
    assert "Show the 3 invoices" in said


def test_a_window_that_is_sent_twice_makes_one_run(billed: Provider, mary: Client) -> None:
    with billing.on_day(MARCH):
        assert make(mary) == make(mary)
    assert Run.objects.filter(provider=billed, kind="invoice").count() == 2


def test_a_discarded_draft_is_gone_and_can_be_made_again(
    billed: Provider, mary: Client, assert_verified: Verified
) -> None:
    with billing.on_day(MARCH):
        address = make(mary)
        answer = mary.post(f"{address}/cancel", follow=True)
        assert "Its invoices are discarded; nothing was billed." in words_of(answer)
        assert answer.request["PATH_INFO"] == "/invoices"
        assert not Invoice.objects.filter(provider=billed, state="draft").exists()
        make(mary, token="again")
    assert Invoice.objects.filter(provider=billed, state="draft").count() == 2
    assert_verified()


def test_the_selection_on_the_customer_list_is_billed_alone(
    billed: Provider, mary: Client, manager: Membership
) -> None:
    bob = billing.invoice_of(billed, "N-2").customer
    tick(membership=manager, list_name="customers", record_ids=[bob.pk], on=True)
    with billing.on_day(MARCH):
        assert "1 customer selected" in words_of(mary.get("/invoices/new?of=customers"))
        address = make(mary, query="?of=customers")
        rows = rows_of(mary.get(f"{address}/customers"))
    assert [(row["number"], row["invoice"]) for row in rows] == [("N-2", "Draft")]
    assert "More" in words_of(mary.get("/customers"))


def test_nothing_selected_is_said(billed: Provider, mary: Client) -> None:
    assert "Nothing is selected" in words_of(mary.get("/invoices/new?of=customers"))


def test_it_is_said_beside_the_day_what_is_wrong_with_it(billed: Provider, mary: Client) -> None:
    for day, words in (("2026-02-02", "Feb 2, 2026 has not come yet"), ("", "A day is needed"), ("x", "Choose a day")):
        answer = mary.post("/invoices/new", {"day": day, "token": "t"})
        assert answer.status_code == 422
        assert words in words_of(answer)
    nobody = mary.post("/invoices/new", {"day": "2026-02-01", "token": "t"})
    assert "Nobody has anything to be billed on Feb 1, 2026." in words_of(nobody)


def test_without_a_first_day_the_window_leads_to_the_settings(billed: Provider, mary: Client) -> None:
    billing.set_up_billing(billed, invoices_from=None)
    said = words_of(mary.get("/invoices/new"))
    assert "the billing settings do not say from which day on" in said
    assert "Make drafts" not in said


def test_who_may_not_bill_sees_the_review_and_no_button(billed: Provider, mary: Client) -> None:
    agent = open_browser(records.add_person(billed, "agent"))
    assert agent.get("/invoices/new").status_code == 403
    with billing.on_day(MARCH):
        address = make(mary)
        review = words_of(agent.get(address))
    assert "You cannot issue these invoices" in review
    assert "Issue 2 invoices" not in review


def test_the_review_says_who_gets_no_invoice(billed: Provider, mary: Client) -> None:
    with billing.on_day(MARCH):
        billing.add_billed_customer(billed, "N-3", from_date=MARCH, billing_enabled=False)
        review = words_of(mary.get(make(mary)))
    assert "1 customer without an invoice. Automatic billing is disabled, so nothing is billed." in review
    assert "Due since the drafts were made" not in review


def test_the_rest_of_a_stopped_run_is_given_up(
    billed: Provider, mary: Client, manager: Membership, assert_verified: Verified
) -> None:
    with billing.on_day(MARCH):
        address = make(mary)
        mary.post(f"{address}/start")
        assert "Give up the rest" not in words_of(mary.get(address))
        mary.post(f"{address}/stop")
        said = words_of(mary.get(address))
        assert "their customers are due again" in said
        assert "Give up 2 invoices" in said
        for _ in range(2):
            mary.post(f"{address}/give-up")
        said = words_of(mary.get(address))
    assert "2 selected = 0 invoiced + 2 skipped + 0 failed + 0 waiting" in said
    assert "Give up" not in said
    assert Invoice.objects.filter(provider=billed, state="draft").count() == 0
    assert_verified()


def test_who_may_not_bill_is_not_offered_to_give_up_the_rest(billed: Provider, mary: Client) -> None:
    agent = open_browser(records.add_person(billed, "agent"))
    with billing.on_day(MARCH):
        address = make(mary)
        mary.post(f"{address}/start")
        mary.post(f"{address}/stop")
        assert "Give up" not in words_of(agent.get(address))
        agent.post(f"{address}/give-up")
    assert Run.objects.latest("pk").state == "stopped"


def test_the_list_of_runs_says_which_kind_each_is(billed: Provider, mary: Client) -> None:
    billing.give_credit(billed, "N-1", 500, day=FEBRUARY)
    assert [row["kind"] for row in rows_of(mary.get("/runs"))] == ["Credit run", "Invoice run"]
    assert [row["kind"] for row in rows_of(mary.get("/runs?kind=invoice"))] == ["Invoice run"]


def test_the_billing_cycle_is_changed_on_the_customers_page(billed: Provider, mary: Client) -> None:
    customer = billing.invoice_of(billed, "N-1").customer
    page = f"/customers/{customer.pk}"
    assert "Billed On the 1st of the month" in words_of(mary.get(page))
    assert mary.post(f"{page}/billing-cycle", {"cycle": "anniversary"}).status_code == 302
    assert BillingAccount.objects.get(customer=customer).cycle == "anniversary"
    assert "On the day of activation, day 1" in words_of(mary.get(page))
    assert "Changed when periods begin to the day of activation" in words_of(mary.get(f"{page}/history"))
    assert mary.post(f"{page}/billing-cycle", {"cycle": "weekly"}).status_code == 422


def test_the_customers_page_says_what_is_due_and_lists_all_invoices(billed: Provider, mary: Client) -> None:
    billing.give_credit(billed, "N-1", 1500, day=FEBRUARY)
    customer = billing.invoice_of(billed, "N-1").customer
    said = words_of(mary.get(f"/customers/{customer.pk}"))
    assert "What is due" in said
    assert "$15.00 on Feb 15, 2026" in said
    assert "then $39.44" in said
    tab = words_of(mary.get(f"/customers/{customer.pk}/invoices"))
    assert "1 Open Feb 1, 2026 to Feb 28, 2026" in tab
