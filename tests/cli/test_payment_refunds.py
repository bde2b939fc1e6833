"""`makegood payments refund` and `pay-out`."""

from collections.abc import Iterator

import pytest

from makegood.credits.models import Credit
from makegood.invoices.models import Invoice
from makegood.payments.models import Refund
from makegood.providers.models import Membership
from tests.support.answers import CommandLine, Verified, read_json, refusal_code
from tests.support.billing import on_day
from tests.support.paying import pay, stand_of
from tests.support.refunding import DAY, account_of, add_invoiced, add_provider_with_sandbox, charge

pytestmark = pytest.mark.django_db

AS_MANAGER = ("--as", "manager@north.example", "--reason", "No service", "--yes")


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def invoice(manager: Membership) -> Invoice:
    """An invoice of 60.00, paid by card; its customer has 25.00 of a bank transfer."""
    invoice = add_invoiced(manager.provider, outcome="card_succeeds")
    charge(manager, invoice)
    pay(manager, invoice.customer, 2500)
    return invoice


def test_refund(invoice: Invoice, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    refund = ("payments", "refund", str(invoice.number), *AS_MANAGER)
    answer = makegood_cli(*refund, "--amount", "10.00", "--follow", "leave_open")
    assert answer.returncode == 0, answer.stderr
    for words in ("Refund of $10.00 of invoice 1", "$10.00 of payment", "to Visa ending 4242", "of $10.00: done."):
        assert words in answer.stdout, words
    assert stand_of(invoice) == ("open", 5000, 1000)
    said = read_json(makegood_cli(*refund, "--key", "rest", "--json"))
    assert (said["state"], said["amount"], said["follow"], said["parts"][0]["state"]) == (
        "done",
        "50.00",
        "settle",
        "succeeded",
    )
    # The same key says the same, although nothing is left.
    assert read_json(makegood_cli(*refund, "--key", "rest", "--json")) == said
    assert Refund.objects.count() == 2
    assert refusal_code(makegood_cli(*refund, "--json")) == "nothing_refundable"
    assert refusal_code(makegood_cli(*refund, "--amount", "1.234", "--json")) == "amount_decimals"
    assert refusal_code(makegood_cli("payments", "refund", "999", *AS_MANAGER, "--json")) == "invoice_unknown"
    assert_verified()


def test_pay_out(invoice: Invoice, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    out = ("payments", "pay-out", "C1", *AS_MANAGER)
    said = read_json(makegood_cli(*out, "--amount", "5", "--json"))
    assert (said["purpose"], said["amount"], said["parts"][0]["way"], said["invoice"]) == (
        "pay_out",
        "5.00",
        "gateway",
        None,
    )
    answer = makegood_cli(*out, "--way", "cash", "--reference", "R-1")
    assert answer.returncode == 0, answer.stderr
    for words in ("Pay-out of $20.00 to C1", "cash", "Available Funds after it: $0.00", "done."):
        assert words in answer.stdout, words
    assert account_of(invoice) == (0, 0)
    assert refusal_code(makegood_cli(*out, "--json")) == "nothing_to_pay_out"
    assert_verified()


def test_a_preview_of_a_refund_only_looks(
    invoice: Invoice, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    """No reason is needed and nobody is asked, also without a terminal."""
    look = ("payments", "refund", str(invoice.number), "--as", "manager@north.example", "--preview")
    answer = makegood_cli(*look, "--amount", "20")
    assert answer.returncode == 0, answer.stderr
    for words in (
        "Refund of $20.00 of invoice 1, of which $60.00 can go back",
        "to Visa ending 4242",
        "Then a credit of $20.00 on GL code 4900 ",
        "settles invoice 1: $0.00 is due.",
        "Nothing is booked: this is a preview.",
    ):
        assert words in answer.stdout, words
    said = read_json(makegood_cli(*look, "--json", "--gl-code", "4910"))
    assert said["parts"][0]["method"] == "Visa ending 4242"
    assert (said["amount"], said["most"], said["funds"], said["currency"]) == ("60.00", "60.00", "0.00", "USD")
    assert said["settles_with"] == {"amount": "60.00", "gl_code": "4910"}
    assert (said["due_now"], said["due_then"], said["state_then"]) == ("0.00", "0.00", "paid")
    said = read_json(makegood_cli(*look, "--json", "--follow", "leave_open"))
    assert (said["settles_with"], said["due_then"], said["state_then"]) == (None, "60.00", "open")
    assert "is left open: $60.00 is due (open)" in makegood_cli(*look, "--follow", "leave_open").stdout
    assert Refund.objects.count() == 0
    # What stands against it is said as of the refund itself.
    assert refusal_code(makegood_cli(*look, "--amount", "61", "--json")) == "amount_over_refundable"
    assert_verified()


def test_a_preview_of_a_pay_out_only_looks(invoice: Invoice, makegood_cli: CommandLine) -> None:
    look = ("payments", "pay-out", "C1", "--as", "manager@north.example", "--preview", "--amount", "5")
    answer = makegood_cli(*look)
    assert answer.returncode == 0, answer.stderr
    for words in ("to Visa ending 4242", "It is taken out of $5.00 of credit", "Available Funds after it: $20.00"):
        assert words in answer.stdout, words
    said = read_json(makegood_cli(*look, "--way", "cash", "--json"))
    assert [(part["way"], part["method"], part["amount"]) for part in said["parts"]] == [("cash", "Cash", "5.00")]
    assert said["funds_after"] == "20.00"
    assert Refund.objects.count() == 0


def test_a_reason_is_needed_to_give_back(invoice: Invoice, makegood_cli: CommandLine) -> None:
    by_manager = ("--as", "manager@north.example", "--yes", "--json")
    assert refusal_code(makegood_cli("payments", "refund", str(invoice.number), *by_manager)) == "reason_missing"
    assert refusal_code(makegood_cli("payments", "pay-out", "C1", "--reason", " ", *by_manager)) == "reason_missing"


def test_the_list_answers_who_why_and_what_became_of_it(invoice: Invoice, makegood_cli: CommandLine) -> None:
    makegood_cli("payments", "refund", str(invoice.number), *AS_MANAGER, "--amount", "10")
    makegood_cli("payments", "pay-out", "C1", *AS_MANAGER, "--amount", "5", "--way", "cash")
    said = makegood_cli("payments", "refunds").stdout
    for words in (
        "Asked for (America/Los_Angeles)",
        "2026-01-05 ",
        "invoice 1",
        "$10.00",
        "Visa ending 4242",
        "Settled",
        "Available Funds",
        "Cash",
        "No service",
        "manager@north.example",
        "2 of 2 refunds and pay-outs that match.",
    ):
        assert words in said, words
    paid_out, refunded = read_json(makegood_cli("payments", "refunds", "--json"))
    assert (paid_out["purpose"], refunded["purpose"], refunded["given_back"]) == ("pay_out", "refund", "10.00")
    assert refunded["at"][:11] == "2026-01-05T"
    assert refunded["settled_with"] == [Credit.objects.get(description__startswith="Settles invoice 1").pk]
    found = read_json(makegood_cli("payments", "refunds", "--filter", "purpose=refund", "--json"))
    assert found == [refunded]
    assert read_json(makegood_cli("payments", "refunds", "--filter", "created_min=2026-01-06", "--json")) == []
    assert refusal_code(makegood_cli("payments", "refunds", "--filter", "kind=refund", "--json")) == "filter_unknown"
