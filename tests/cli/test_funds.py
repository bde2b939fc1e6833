"""`makegood funds apply`: Available Funds are used at once."""

import pytest

from makegood.customers.selectors import get_customer
from makegood.providers.models import Provider
from makegood.providers.selectors import get_membership
from tests.support import movements, records
from tests.support.answers import CommandLine, Verified, read_json, refusal_code

pytestmark = pytest.mark.django_db

AS_BILLING = ("--as", "billing@north.example")


def test_funds_are_used_for_one_invoice_and_then_for_the_rest(
    north: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    customer = get_customer(north, "C1")
    movements.owe(customer, 300)
    second = movements.owe(customer, 400)
    records.credit(get_membership(north, "billing@north.example"), customers=[customer], amount_minor=1000)
    apply = ("funds", "apply", "C1", *AS_BILLING)
    said = read_json(makegood_cli(*apply, "--invoice", str(second.number), "--json"))
    assert said == {
        "customer": "C1",
        "used": "4.00",
        "invoices_paid": 1,
        "available_funds": "6.00",
        "amount_due": "3.00",
    }
    assert "$3.00 of Available Funds used, $0.00 left to pay, $3.00" in makegood_cli(*apply).stdout
    assert refusal_code(makegood_cli(*apply, "--json")) == "nothing_owed"
    assert_verified()


def test_another_customers_invoice_is_not_this_customers(north: Provider, makegood_cli: CommandLine) -> None:
    invoice = movements.owe(get_customer(north, "C2"), 300)
    answer = makegood_cli("funds", "apply", "C1", *AS_BILLING, "--invoice", str(invoice.number), "--json")
    assert refusal_code(answer) == "invoice_unknown"
