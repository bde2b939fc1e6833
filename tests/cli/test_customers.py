"""`makegood customers`: records of customers, and what stands on one customer's account."""

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.providers.models import Provider
from makegood.providers.selectors import get_membership
from tests.support import movements, records
from tests.support.answers import CommandLine, Verified, read_json, refusal_code


def test_a_customer_is_shown_with_orders_credits_funds_and_entries(
    north: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    clerk = get_membership(north, "billing@north.example")
    run = records.credit(clerk, filter={"number": ["C4"]}, description="Storm [1]")
    credit = Credit.objects.get()
    movements.owe(credit.customer, 300)
    movements.use(credit, 200)
    said = read_json(makegood_cli("customers", "show", "C4", "--json"))
    order = {
        "service": "DSL",
        "area": "Shelbyville",
        "status": "active",
        "price": "20.00",
        "from": "2026-01-01",
        "to": None,
    }
    booked_on = str(credit.issued_on)
    assert said == {
        "number": "C4",
        "name": "Customer C4",
        "status": "active",
        "available_funds": "8.00",
        "amount_due": "1.00",
        "currency": "USD",
        "orders": [{"number": "C4-1"} | order, {"number": "C4-2"} | order],
        "credits": [
            {
                "credit": credit.pk,
                "issued_on": booked_on,
                "amount": "10.00",
                "remaining": "8.00",
                "kind": "goodwill",
                "description": "Storm [1]",
                "gl_code": "4900",
                "given_by": "billing@north.example",
                "run": run.pk,
            }
        ],
        "entries": [
            {"booked_on": booked_on, "credit": credit.pk, "type": "issued", "amount": "10.00", "funds_after": "10.00"},
            {"booked_on": booked_on, "credit": credit.pk, "type": "used", "amount": "-2.00", "funds_after": "8.00"},
        ],
    }
    shown = makegood_cli("customers", "show", "C4").stdout
    for line in ("C4  Customer C4  (active)", "Available Funds: $8.00", "Storm [1]", "C4-2", "-2.00"):
        assert line in shown
    assert_verified()


def test_a_customer_without_anything_is_shown_so(north: Provider, makegood_cli: CommandLine) -> None:
    records.add_customer(north, "C0", areas=[])
    shown = makegood_cli("customers", "show", "C0").stdout
    assert "Orders: none\n\nCredits: none\n\nEntries: none" in shown


def test_customers_are_listed_by_filter(north: Provider, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    listed = read_json(makegood_cli("customers", "list", "--filter", "area=Shelbyville", "--json"))
    assert listed == [
        {
            "number": "C4",
            "name": "Customer C4",
            "status": "active",
            "active_orders": 2,
            "monthly_price": "40.00",
            "available_funds": "0.00",
            "amount_due": "0.00",
        }
    ]
    shown = makegood_cli("customers", "list", "--filter", "status=active", "--limit", "2").stdout
    assert "2 of 3 customers that match." in shown
    assert read_json(makegood_cli("customers", "list", "--limit", "-5", "--json")) == []
    assert refusal_code(makegood_cli("customers", "list", "--filter", "aera=x", "--json")) == "filter_unknown"
    assert refusal_code(makegood_cli("customers", "list", "--filter", "area", "--json")) == "filter_malformed"
    assert_verified()


def test_a_customer_is_added_and_closed(north: Provider, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    added = makegood_cli("customers", "add", "B1", "--name", "Bakery", "--email", "b@example.org", "--type", "business")
    assert (added.returncode, added.stdout) == (0, "Added customer B1.\n")
    closed = makegood_cli("customers", "close", "B1", "--json")
    assert read_json(closed) == {"number": "B1", "name": "Bakery", "status": "closed"}
    assert makegood_cli("customers", "close", "C4").stdout == "Customer C4 is closed.\n"
    customer = Customer.objects.get(number="B1")
    assert (customer.customer_type, customer.email, customer.status) == ("business", "b@example.org", "closed")
    assert_verified()


def test_what_cannot_be_is_refused(north: Provider, makegood_cli: CommandLine) -> None:
    refusals = {
        ("add", "C1", "--name", "Ann"): "number_taken",
        ("add", "", "--name", "Ann"): "number_malformed",
        ("add", "C9", "--name", " "): "name_missing",
        ("add", "C9", "--name", "x" * 201): "too_long",
        ("add", "C9", "--name", "Ann", "--email", "nobody"): "email_malformed",
        ("add", "C9", "--name", "Ann", "--type", "vip"): "type_unknown",
        ("show", "C9"): "customer_unknown",
        ("close", "C9"): "customer_unknown",
    }
    said = {words: refusal_code(makegood_cli("customers", *words, "--json")) for words in refusals}
    assert said == refusals


def test_what_a_terminal_would_obey_is_not_printed(north: Provider, makegood_cli: CommandLine) -> None:
    # Nobody can type such a name; one may have come in otherwise.
    ann = records.add_customer(north, "E1", name="Ann")
    Customer.objects.filter(pk=ann.pk).update(name="\x1b[31mRed [bold]Ann[/bold]")
    shown = makegood_cli("customers", "list", "--filter", "number=E1").stdout
    assert "\x1b" not in shown
    assert "[bold]Ann[/bold]" in shown
    assert "\x1b" not in makegood_cli("customers", "show", "E1").stdout
