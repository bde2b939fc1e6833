"""The page of an invoice, and what is done with it there."""

from datetime import date
from typing import Any

from django.test import Client

from makegood.credits.models import Credit
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.invoices.services.invoice_run import bill_now
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_end_customer_billing
from tests.days import living as days
from tests.support import billing, charges, records
from tests.support.answers import Verified
from tests.support.documents import read_document
from tests.web.invoices.people import FEBRUARY
from tests.web.people import open_browser
from tests.web.reading import words_of


def page_of(browser: Client, invoice: Invoice) -> str:
    return words_of(browser.get(f"/invoices/{invoice.pk}"))


def bill_charge(provider: Provider, manager: Membership) -> Invoice:
    """N-1's invoice of a single charge of 10.00."""
    with billing.on_day(FEBRUARY):
        charges.charge(manager, customers=[get_customer(provider, "N-1")])
        records.finish(bill_now(membership=manager, customer=get_customer(provider, "N-1"), key="now"))
    return billing.invoice_of(provider, "N-1")


def end(browser: Client, invoice: Invoice, how: str, **typed: Any) -> Any:
    return browser.post(f"/invoices/{invoice.pk}/{how}", {"reason": "A mistake", **typed})


class TestReading:
    def test_it_says_what_is_billed_and_what_is_due(self, billed: Provider, mary: Client) -> None:
        said = page_of(mary, billing.invoice_of(billed, "N-1"))
        for words in ("Invoice 1", "Open", "Ann Archer", "Fiber", "8.875 %", "$4.44", "$54.44", "Feb 15, 2026"):
            assert words in said
        assert "Issued Feb 1, 2026" in said

    def test_it_says_what_available_funds_will_do(self, billed: Provider, mary: Client) -> None:
        billing.give_credit(billed, "N-1", 1500, day=FEBRUARY)
        said = page_of(mary, billing.invoice_of(billed, "N-1"))
        assert "Available Funds of $15.00 will be used on Feb 15, 2026 ; left to pay $39.44" in said

    def test_it_says_which_credits_paid_it_and_who_gave_them(self, billed: Provider, mary: Client) -> None:
        billing.give_credit(billed, "N-1", 1500, day=FEBRUARY)
        invoice = billing.invoice_of(billed, "N-1")
        mary.post(f"/invoices/{invoice.pk}/apply")
        said = page_of(mary, invoice)
        assert "Paid by credits" in said
        assert "manager@north.example" in said
        assert "Available Funds used Feb 1, 2026" in said
        assert "$39.44" in said

    def test_the_document_answers_for_drafts_too(self, billed: Provider, mary: Client) -> None:
        answer = mary.get(f"/invoices/{billing.invoice_of(billed, 'N-1').pk}.pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'inline; filename="invoice-1-north.pdf"'
        assert "Ann Archer" in read_document(answer.content)

    def test_a_draft_says_that_it_is_none_yet_and_offers_nothing(self, billed: Provider, mary: Client) -> None:
        billing.add_billed_customer(billed, "N-3", from_date=FEBRUARY)
        billing.draft_invoices(billed, FEBRUARY)
        said = page_of(mary, Invoice.objects.get(provider=billed, state="draft"))
        assert "This is a draft. It has no number" in said
        assert "Void" not in said
        assert "Record payment" not in said

    def test_who_may_not_bill_reads_and_is_offered_nothing(self, billed: Provider) -> None:
        viewer = open_browser(records.add_person(billed, "viewer"))
        invoice = billing.invoice_of(billed, "N-1")
        said = page_of(viewer, invoice)
        assert "Mark uncollectible" not in said
        assert viewer.get(f"/invoices/{invoice.pk}/void").status_code == 403

    def test_nothing_is_offered_while_billing_is_off(self, billed: Provider, mary: Client) -> None:
        set_end_customer_billing(provider=billed, on=False, staff_id=None)
        invoice = billing.invoice_of(billed, "N-1")
        assert "Mark uncollectible" not in page_of(mary, invoice)
        assert mary.post(f"/invoices/{invoice.pk}/apply").status_code == 403


class TestApplyNow:
    def test_it_uses_the_funds_at_once(self, billed: Provider, mary: Client, assert_verified: Verified) -> None:
        billing.give_credit(billed, "N-2", 3000, day=FEBRUARY)
        invoice = billing.invoice_of(billed, "N-2")
        answer = mary.post(f"/invoices/{invoice.pk}/apply", follow=True)
        assert "Available Funds of $20.00 are used for this invoice." in words_of(answer)
        assert billing.invoice_of(billed, "N-2").state == "paid"
        assert_verified()

    def test_a_second_click_says_that_nothing_is_due(self, billed: Provider, mary: Client) -> None:
        billing.give_credit(billed, "N-2", 3000, day=FEBRUARY)
        invoice = billing.invoice_of(billed, "N-2")
        mary.post(f"/invoices/{invoice.pk}/apply")
        assert "Nothing is due" in words_of(mary.post(f"/invoices/{invoice.pk}/apply", follow=True))

    def test_it_works_for_all_that_a_customer_owes(self, billed: Provider, mary: Client) -> None:
        credit = billing.give_credit(billed, "N-2", 500, day=FEBRUARY)
        answer = mary.post(f"/customers/{credit.customer_id}/apply", follow=True)
        assert "Available Funds of $5.00 are used for what is owed." in words_of(answer)


class TestVoid:
    def test_it_shows_what_goes_back_to_which_credit_and_does_it(
        self, billed: Provider, mary: Client, assert_verified: Verified
    ) -> None:
        credit = billing.give_credit(billed, "N-1", 1500, day=FEBRUARY)
        invoice = billing.invoice_of(billed, "N-1")
        mary.post(f"/invoices/{invoice.pk}/apply")
        said = words_of(mary.get(f"/invoices/{invoice.pk}/void"))
        assert "$15.00 of Available Funds that paid it goes back" in said
        assert f"Credit {credit.pk}" in said

        assert end(mary, invoice, "void", seen=1500).status_code == 302
        assert billing.invoice_of(billed, "N-1").state == "void"
        assert Credit.objects.get(pk=credit.pk).remaining_minor == 1500
        said = page_of(mary, invoice)
        assert "Invoice 1 is void. $15.00 went back to the credits that had paid it." in said
        assert "Nothing of it is owed. Reason: A mistake" in said
        assert "Voided invoice 1: A mistake" in said
        assert_verified()

    def test_a_reason_is_needed(self, billed: Provider, mary: Client) -> None:
        invoice = billing.invoice_of(billed, "N-1")
        answer = end(mary, invoice, "void", seen=0, reason=" ")
        assert answer.status_code == 422
        assert "Say why" in words_of(answer)
        assert billing.invoice_of(billed, "N-1").state == "open"

    def test_what_changed_meanwhile_is_shown_before_it_is_done(self, billed: Provider, mary: Client) -> None:
        invoice = billing.invoice_of(billed, "N-1")
        billing.give_credit(billed, "N-1", 1500, day=FEBRUARY)
        mary.post(f"/invoices/{invoice.pk}/apply")
        answer = end(mary, invoice, "void", seen=0)
        assert answer.status_code == 422
        assert "has changed since you looked" in words_of(answer)
        assert 'name="seen" value="1500"' in answer.content.decode()

    def test_days_can_be_billed_again(self, billed: Provider, mary: Client, assert_verified: Verified) -> None:
        invoice = billing.invoice_of(billed, "N-1")
        assert end(mary, invoice, "void", seen=0, bill_again="on").status_code == 302
        billing.issue_invoices(billed, FEBRUARY)
        assert billing.invoice_of(billed, "N-1").number == 3
        assert_verified()

    def test_its_charges_wait_for_the_next_invoice(
        self, billed: Provider, mary: Client, manager: Membership, assert_verified: Verified
    ) -> None:
        single = bill_charge(billed, manager)
        answer = mary.get(f"/invoices/{single.pk}/void")
        assert "They come to $10.00. Otherwise they are cancelled" in words_of(answer)
        assert "cannot be billed again" not in words_of(answer)
        assert 'name="charges_wait"' in answer.content.decode()
        assert end(mary, single, "void", seen=0, charges_wait="on").status_code == 302
        assert charges.charge_of(billed, "N-1").state == "waiting"
        assert_verified()

    def test_its_charges_are_cancelled_where_the_tick_is_taken_away(
        self, billed: Provider, mary: Client, manager: Membership, assert_verified: Verified
    ) -> None:
        single = bill_charge(billed, manager)
        assert end(mary, single, "void", seen=0).status_code == 302
        assert charges.charge_of(billed, "N-1").state == "cancelled"
        assert_verified()

    def test_its_late_fee_is_named(self, billed: Provider, mary: Client) -> None:
        billing.set_up_billing(billed, late_fee="fixed", late_fee_minor=700)
        days.live(billed, FEBRUARY, date(2026, 2, 25))
        said = words_of(mary.get(f"/invoices/{billing.invoice_of(billed, 'N-1').pk}/void"))
        assert "Its late fee of $7.00 , which waits for the next invoice, is cancelled." in said
        days.live(billed, date(2026, 2, 26), date(2026, 3, 1))
        january, february = billing.invoices_of(billed, "N-1")
        said = words_of(mary.get(f"/invoices/{january.pk}/void"))
        assert f"Its late fee of $7.00 stands on invoice {february.number} and stays there." in said


class TestMarkUncollectible:
    def test_it_gives_up_what_is_due(
        self, billed: Provider, mary: Client, manager: Membership, assert_verified: Verified
    ) -> None:
        invoice = billing.invoice_of(billed, "N-1")
        assert "The $54.44 that is due is written off" in words_of(mary.get(f"/invoices/{invoice.pk}/uncollectible"))
        assert end(mary, invoice, "uncollectible", seen=5444).status_code == 302
        said = page_of(mary, invoice)
        assert "Uncollectible" in said
        assert "$54.44 is written off. Reason: A mistake" in said
        assert "Marked invoice 1 uncollectible: A mistake" in said
        assert_verified()

    def test_it_is_refused_while_funds_could_pay_it(self, billed: Provider, mary: Client) -> None:
        billing.give_credit(billed, "N-1", 100, day=FEBRUARY)
        invoice = billing.invoice_of(billed, "N-1")
        assert "Use them for this invoice first" in words_of(mary.get(f"/invoices/{invoice.pk}/uncollectible"))
        assert end(mary, invoice, "uncollectible", seen=5444).status_code == 422
