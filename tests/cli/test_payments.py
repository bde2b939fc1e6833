"""`makegood payments`: recording money that came, looking at it, and reversing it."""

import pytest

from makegood.customers.selectors import get_customer
from makegood.providers.models import Provider
from tests.support import movements
from tests.support.answers import CommandLine, Verified, read_json, refusal_code
from tests.support.paying import stand_of

pytestmark = pytest.mark.django_db

AS_BILLING = ("--as", "billing@north.example")
RECORD = ("payments", "record", "C1", *AS_BILLING, "--yes")


def test_a_payment_is_recorded_listed_and_shown(
    north: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    invoice = movements.owe(get_customer(north, "C1"), 1000)
    answer = makegood_cli(*RECORD, "--amount", "12.50", "--method", "cash", "--reference", "R-9")
    assert answer.returncode == 0, answer.stderr
    for words in (f"Invoice {invoice.number}: $10.00", "Available Funds: $2.50", "is recorded."):
        assert words in answer.stdout, words
    assert stand_of(invoice)[0] == "paid"
    [found] = read_json(makegood_cli("payments", "list", "--filter", "reference=R-9", "--json"))
    assert (found["amount"], found["on_invoices"], found["to_funds"], found["state"]) == (
        "12.50",
        "10.00",
        "2.50",
        "succeeded",
    )
    assert "1 of 1 payments that match." in makegood_cli("payments", "list").stdout
    shown = read_json(makegood_cli("payments", "show", str(found["payment"]), "--json"))
    assert shown["allocations"] == [{"invoice": invoice.number, "amount": "10.00"}]
    assert "R-9" in makegood_cli("payments", "show", str(found["payment"])).stdout
    assert refusal_code(makegood_cli("payments", "show", "999999", "--json")) == "payment_unknown"
    assert_verified()


def test_what_it_pays_can_be_said(north: Provider, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    customer = get_customer(north, "C1")
    first, second = movements.owe(customer, 1000), movements.owe(customer, 2000)
    record = (*RECORD, "--method", "bank_transfer", "--json")
    said = read_json(makegood_cli(*record, "--amount", "20", "--invoice", f"{second.number}=15"))
    assert (said["on_invoices"], said["to_funds"]) == ("15.00", "5.00")
    assert (stand_of(first)[2], stand_of(second)[2]) == (1000, 500)
    said = read_json(makegood_cli(*record, "--amount", "3", "--to-funds"))
    assert (said["on_invoices"], said["to_funds"]) == ("0.00", "3.00")
    for wrong, code in (
        ((f"{second.number}",), "allocation_malformed"),
        ((f"{second.number}=6",), "allocation_over_due"),
        (("999=1",), "invoice_unknown"),
        ((f"{second.number}=1", "--invoice", f"{second.number}=1"), "allocation_twice"),
    ):
        assert refusal_code(makegood_cli(*record, "--amount", "20", "--invoice", *wrong)) == code
    assert_verified()


def test_a_key_records_and_reverses_once(north: Provider, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    invoice = movements.owe(get_customer(north, "C1"), 1000)
    record = (*RECORD, "--amount", "10", "--method", "cash", "--key", "slip 7", "--json")
    first, again = read_json(makegood_cli(*record)), read_json(makegood_cli(*record))
    assert first == again
    reverse = ("payments", "reverse", str(first["payment"]), "--reason", "Typed wrongly", *AS_BILLING, "--yes")
    answer = makegood_cli(*reverse, "--key", "undo")
    assert f"Invoice {invoice.number}: $10.00 is due again." in answer.stdout
    assert read_json(makegood_cli(*reverse, "--key", "undo", "--json"))["state"] == "reversed"
    assert refusal_code(makegood_cli(*reverse, "--json")) == "payment_reversed"
    assert stand_of(invoice) == ("open", 0, 1000)
    assert_verified()


def test_nothing_is_booked_unasked(north: Provider, makegood_cli: CommandLine) -> None:
    record = ("payments", "record", "C1", *AS_BILLING, "--amount", "10", "--method", "cash", "--json")
    assert refusal_code(makegood_cli(*record)) == "not_confirmed"
    assert refusal_code(makegood_cli(*record, "--yes", "--received", "soon")) == "date_malformed"
    assert refusal_code(makegood_cli(*record, "--yes", "--received", "2999-01-01")) == "received_in_future"
    assert read_json(makegood_cli("payments", "list", "--json")) == []
