"""The list of refunds and pay-outs: which there were, by whom, why, and what became of them."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client

from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.payments.models import Refund
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.paying import pay, reverse
from tests.support.refunding import charge, give_out, refund
from tests.support.sandbox import add_method, connect
from tests.web.people import open_browser
from tests.web.reading import rows_of, source_of, words_of

BY = "billing@north.example"


@pytest.fixture
def invoice(clerk: Membership, north: Provider) -> Invoice:
    """Ann's invoice of 50.00, which her card has paid."""
    connect(north)
    ann = get_customer(north, "N-1")
    add_method(ann)
    invoice = movements.owe(ann, 5000)
    charge(clerk, invoice)
    return invoice


@pytest.fixture
def three(clerk: Membership, north: Provider, invoice: Invoice) -> list[Refund]:
    """30.00 settled, 10.00 left open, and 7.00 of Bob's that are paid out in cash."""
    settled = refund(clerk, invoice, 3000, reason="No service in May")
    left_open = refund(clerk, invoice, 1000, follow="leave_open", reason="Pays in the shop")
    bob = get_customer(north, "N-2")
    pay(clerk, bob, 700)
    return [settled, left_open, give_out(clerk, bob, 700, way="cash", reason="Moves away")]


def test_the_list_answers_who_why_and_what_became_of_it(
    browser: Client, three: list[Refund], invoice: Invoice, assert_verified: Verified
) -> None:
    settled, left_open, paid_out = rows_of(browser.get("/refunds?sort=refund"))
    assert [settled["refund"], left_open["refund"], paid_out["refund"]] == [str(each.pk) for each in three]
    assert {name: settled[name] for name in ("customer", "purpose", "invoice", "amount", "to_funds")} == {
        "customer": "N-1",
        "purpose": "Refund",
        "invoice": str(invoice.number),
        "amount": "$30.00",
        "to_funds": "$0.00",
    }
    assert (settled["way"], settled["followed"], settled["state"], settled["reason"], settled["by"]) == (
        "Visa ending 4242",
        "Settled",
        "Done",
        "No service in May",
        BY,
    )
    assert (left_open["followed"], paid_out["followed"]) == ("Left open", "—")
    assert (paid_out["purpose"], paid_out["invoice"], paid_out["way"], paid_out["amount"]) == (
        "Pay-out",
        "—",
        "Cash",
        "$7.00",
    )
    assert_verified()


def test_each_filter_finds_what_it_says(
    browser: Client, three: list[Refund], invoice: Invoice, north: Provider
) -> None:
    settled, left_open, paid_out = (str(each.pk) for each in three)
    payment = three[0].transfers.get().payment_id
    today = today_of(north)

    def found(query: str) -> list[str]:
        return [row["refund"] for row in rows_of(browser.get(f"/refunds?{query}"))]

    everything = [paid_out, left_open, settled]
    assert found("") == found(f"by={BY}") == found(f"created_min={today}&created_max={today}") == everything
    assert found("state=done") == found(f"settled_min={today}&settled_max={today}") == found("bounced=no") == everything
    assert found(f"created_max={today - timedelta(days=1)}") == found("state=failed") == found("bounced=yes") == []
    assert found("by=somebody@else.example") == found("way=funds") == found("way=bank_transfer") == []
    ann = [left_open, settled]
    assert found("customer=N-1") == found("q=Ann") == found("way=gateway") == found("purpose=refund") == ann
    assert found(f"invoice={invoice.number}") == found(f"payment={payment}") == ann
    assert found("purpose=pay_out") == found("way=cash") == found("q=moves") == found("amount_max=7") == [paid_out]
    assert found("follow=leave_open") == found("reason=shop") == [left_open]
    assert found("way=cash&way=funds") == found("customer=N-2") == [paid_out]
    assert found(f"q={settled}") == [settled]
    assert found("sort=amount") == [paid_out, left_open, settled]
    assert found("invoice=x") == found("payment=9999999999999999999999") == found("state=odd") == []


def test_what_came_back_to_credits_and_what_failed(browser: Client, mixed: Invoice, clerk: Membership) -> None:
    refund(clerk, mixed, 4500)
    (row,) = rows_of(browser.get("/refunds?way=funds"))
    assert (row["amount"], row["to_funds"], row["way"]) == ("$45.00", "$5.00", "Visa ending 4242, Available Funds")
    Refund.objects.update(state="failed", settled_at=now(), funds_returned=False, credit=None)
    (row,) = rows_of(browser.get("/refunds?state=failed"))
    assert (row["state"], row["followed"]) == ("Failed", "—")


def test_the_file_has_the_same_with_amounts_as_numbers(browser: Client, three: list[Refund]) -> None:
    rows = list(csv.DictReader(io.StringIO(source_of(browser.get("/refunds.csv?sort=refund")).lstrip("\ufeff"))))
    assert [(row["Kind"], row["Amount (USD)"], row["Where it went"], row["State"]) for row in rows] == [
        ("Refund", "30.00", "Visa ending 4242", "Done"),
        ("Refund", "10.00", "Visa ending 4242", "Done"),
        ("Pay-out", "7.00", "Cash", "Done"),
    ]
    assert [row["What followed"] for row in rows] == ["Settled", "Left open", ""]
    assert [row["Reason"] for row in rows] == ["No service in May", "Pays in the shop", "Moves away"]
    assert {row["By"] for row in rows} == {BY}


def test_where_there_is_none_it_says_how_there_is_one(browser: Client) -> None:
    said = words_of(browser.get("/refunds"))
    assert "Nothing has been refunded or paid out yet" in said
    assert "choose Refund" in said


def test_a_viewer_sees_it_and_another_provider_does_not(north: Provider, three: list[Refund]) -> None:
    assert rows_of(open_browser(records.add_person(north, "viewer")).get("/refunds"))
    other = records.add_person(records.add_provider("south", name="South Fiber"))
    stranger = open_browser(other)
    assert rows_of(stranger.get("/refunds")) == []
    assert stranger.get(f"/refunds/{three[0].pk}").status_code == 404


def test_payments_that_were_refunded_are_not_those_that_a_bank_took(
    browser: Client, clerk: Membership, north: Provider, three: list[Refund]
) -> None:
    bounced = reverse(clerk, pay(clerk, get_customer(north, "N-3"), 300))
    given = {str(transfer.payment_id) for each in three for transfer in each.transfers.all() if transfer.payment_id}

    def found(query: str) -> set[str]:
        return {row["payment"] for row in rows_of(browser.get(f"/payments?{query}"))}

    assert found("given_back=yes") == given
    assert found("returned=yes") == {str(bounced.pk)}
    assert found("given_back=no&returned=no") == found("") - given - {str(bounced.pk)}
