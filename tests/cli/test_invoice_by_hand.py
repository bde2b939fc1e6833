"""``makegood invoices by-hand``: invoices that people collect, and back."""

import pytest

from makegood.audit.models import AuditEntry
from makegood.invoices.models import Invoice
from tests.support import movements, records
from tests.support.answers import CommandLine, Verified, read_json, refusal_code
from tests.support.paying import pay

pytestmark = pytest.mark.django_db

WHO = ("--as", "billing@north.example", "--yes")


@pytest.fixture
def invoice(db: None) -> Invoice:
    """Of 30.00."""
    north = records.add_provider()
    for role in ("billing", "agent"):
        records.add_person(north, role)
    return movements.owe(records.add_customer(north, "C1"), 3000)


def test_an_invoice_is_left_to_people_and_turned_back(
    invoice: Invoice, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    by_hand = ("invoices", "by-hand", str(invoice.number), *WHO)
    left = makegood_cli(*by_hand, "--reason", "He pays in the shop")
    assert left.stdout == f"Invoice {invoice.number} is collected by hand.\n", left
    again = makegood_cli(*by_hand, "--reason", "He called again")
    assert again.stdout == f"Invoice {invoice.number} was collected by hand already. Nothing is changed.\n"
    (entry,) = AuditEntry.objects.filter(action="invoice.by_hand")
    assert entry.detail["reason"] == "He pays in the shop"
    assert "Collected by hand" in " ".join(makegood_cli("invoices", "show", str(invoice.number)).stdout.split())
    assert read_json(makegood_cli("invoices", "show", str(invoice.number), "--json"))["by_hand"] is True
    said = read_json(makegood_cli(*by_hand, "--back", "--json"))
    assert (said["number"], said["due"], said["by_hand"]) == (invoice.number, "30.00", False)
    again = makegood_cli(*by_hand, "--back")
    assert again.stdout == f"Invoice {invoice.number} was collected by itself already. Nothing is changed.\n"
    assert_verified()


def test_what_cannot_be_is_refused(invoice: Invoice, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    by_hand = ("invoices", "by-hand", str(invoice.number))
    asked = (*by_hand, "--as", "billing@north.example", "--json", "--reason", "He called")
    assert refusal_code(makegood_cli(*asked)) == "not_confirmed"
    assert refusal_code(makegood_cli(*by_hand, *WHO, "--json", "--reason", " ")) == "reason_missing"
    by_agent = ("--as", "agent@north.example", "--yes", "--json")
    for how in (("--reason", "He called"), ("--back",)):
        assert refusal_code(makegood_cli(*by_hand, *by_agent, *how)) == "not_allowed"
    assert makegood_cli(*by_hand, *WHO).returncode == 2
    assert makegood_cli(*by_hand, *WHO, "--reason", "He called", "--back").returncode == 2
    unknown = makegood_cli("invoices", "by-hand", "999", *WHO, "--json", "--reason", "He called")
    assert refusal_code(unknown) == "invoice_unknown"
    invoice.refresh_from_db()
    assert not invoice.by_hand
    pay(records.add_person(invoice.provider, "manager"), invoice.customer, 3000)
    assert refusal_code(makegood_cli(*by_hand, *WHO, "--json", "--reason", "He called")) == "nothing_due"
    assert_verified()


def test_an_invoice_of_another_provider_is_not_found(invoice: Invoice, makegood_cli: CommandLine) -> None:
    south = records.add_provider("south")
    records.add_person(south, "billing")
    foreign = ("--as", "billing@south.example", "--yes", "--json", "--provider", "south", "--reason", "He called")
    assert refusal_code(makegood_cli("invoices", "by-hand", str(invoice.number), *foreign)) == "invoice_unknown"
    foreigner = ("--as", "billing@south.example", "--yes", "--json", "--provider", "north", "--reason", "He called")
    assert makegood_cli("invoices", "by-hand", str(invoice.number), *foreigner).returncode == 2
    assert not Invoice.objects.get(pk=invoice.pk).by_hand
