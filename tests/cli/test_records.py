"""`makegood services`, `gl-codes`, `templates` and `orders`."""

from makegood.orders.models import Order
from makegood.providers.models import Provider
from tests.support.answers import CommandLine, Verified, read_json, refusal_code


def test_services(north: Provider, makegood_cli: CommandLine) -> None:
    added = makegood_cli("services", "add", "Fiber", "--price", "59.90", "--gl-code", "4000", "--tax-rate", "7.25")
    assert (added.returncode, added.stdout) == (0, "Added the service Fiber.\n")
    assert read_json(makegood_cli("services", "add", "Free", "--price", "0", "--gl-code", "4000", "--json")) == {
        "done": "Added the service Free."
    }
    listed = read_json(makegood_cli("services", "list", "--json"))
    assert listed[1] == {"name": "Fiber", "price": "59.90", "tax_rate": "7.250", "gl_code": "4000", "active": "yes"}
    assert "Fiber" in makegood_cli("services", "list").stdout
    refusals = {
        ("add", "Fiber", "--price", "1", "--gl-code", "4000"): "name_taken",
        ("add", "X", "--price", "", "--gl-code", "4000"): "amount_missing",
        ("add", "X", "--price", "10,00", "--gl-code", "4000"): "amount_not_a_number",
        ("add", "X", "--price", "1", "--gl-code", "9999"): "gl_code_unknown",
        ("add", "X", "--price", "1", "--gl-code", "4900"): "gl_code_type",
        ("add", "X", "--price", "1", "--gl-code", "4000", "--tax-rate", "many"): "tax_rate",
        ("add", "X", "--price", "1", "--gl-code", "4000", "--tax-rate", "NaN"): "tax_rate",
        ("add", "X", "--price", "1", "--gl-code", "4000", "--tax-rate", "101"): "tax_rate",
    }
    assert {words: refusal_code(makegood_cli("services", *words, "--json")) for words in refusals} == refusals


def test_gl_codes(north: Provider, makegood_cli: CommandLine) -> None:
    added = makegood_cli("gl-codes", "add", "4999", "--type", "credit", "--description", "Storms")
    assert added.stdout == "Added the GL code 4999.\n"
    assert makegood_cli("gl-codes", "set", "4999", "--active", "no").stdout == "GL code 4999 is not active any more.\n"
    assert makegood_cli("gl-codes", "set", "4999", "--active", "yes").stdout == "GL code 4999 is active.\n"
    listed = {code["code"]: code for code in read_json(makegood_cli("gl-codes", "list", "--json"))}
    assert listed["4999"] == {
        "code": "4999",
        "description": "Storms",
        "type": "credit",
        "active": "yes",
        "default_for_credits": "no",
    }
    assert listed["4900"]["default_for_credits"] == "yes"
    refusals = {
        ("add", "4999", "--type", "credit"): "gl_code_taken",
        ("add", "", "--type", "credit"): "gl_code_malformed",
        ("add", "5000", "--type", "income"): "gl_code_type",
        ("add", "5000", "--type", "receivable"): "gl_code_type",
        ("set", "9999", "--active", "no"): "gl_code_unknown",
        ("set", "2100", "--active", "no"): "gl_code_control",
        ("set", "4900", "--active", "no"): "gl_code_default",
    }
    assert {words: refusal_code(makegood_cli("gl-codes", *words, "--json")) for words in refusals} == refusals


def test_templates(north: Provider, makegood_cli: CommandLine) -> None:
    assert makegood_cli("templates", "list").stdout == "There are none.\n"
    words = ("--kind", "outage", "--amount", "5", "--description", "Sorry", "--gl-code", "4910", "--notify")
    assert makegood_cli("templates", "add", "Outage", *words).stdout == "Added the template Outage.\n"
    assert makegood_cli("templates", "add", "Fee", "--direction", "charge").returncode == 0
    off = makegood_cli("templates", "set", "Fee", "--active", "no")
    assert off.stdout == "The template Fee is not active any more.\n"
    assert read_json(makegood_cli("templates", "list", "--json")) == [
        {
            "name": "Fee",
            "direction": "charge",
            "kind": "goodwill",
            "amount": "",
            "description": "",
            "gl_code": "",
            "notify": "no",
            "active": "no",
        },
        {
            "name": "Outage",
            "direction": "credit",
            "kind": "outage",
            "amount": "5.00",
            "description": "Sorry",
            "gl_code": "4910",
            "notify": "yes",
            "active": "yes",
        },
    ]
    refusals = {
        ("add", "Outage"): "name_taken",
        ("add", ""): "name_malformed",
        ("add", "X", "--amount", "0"): "amount_zero",
        ("add", "X", "--amount", ""): "amount_missing",
        ("add", "X", "--direction", "refund"): "direction_unknown",
        ("add", "X", "--kind", "prepaid"): "kind_unknown",
        ("add", "X", "--gl-code", "4000"): "gl_code_type",
        ("add", "X", "--gl-code", "9999"): "gl_code_unknown",
        ("add", "X", "--gl-code", ""): "gl_code_unknown",
        ("set", "X", "--active", "no"): "template_unknown",
    }
    assert {words: refusal_code(makegood_cli("templates", *words, "--json")) for words in refusals} == refusals


def test_orders(north: Provider, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    sold = ("--customer", "C1", "--service", "DSL", "--from", "2026-02-01")
    added = makegood_cli("orders", "add", "O1", *sold, "--area", "Shelbyville", "--street", "1 Elm", "--price", "15.50")
    assert added.stdout == "Added order O1.\n"
    assert makegood_cli("orders", "add", "O2", *sold).returncode == 0
    [shown] = read_json(makegood_cli("orders", "show", "O1", "--json"))
    assert shown == {
        "number": "O1",
        "service": "DSL",
        "area": "Shelbyville",
        "status": "active",
        "price": "15.50",
        "from": "2026-02-01",
        "to": None,
    }
    listed = read_json(makegood_cli("orders", "list", "--customer", "C1", "--json"))
    assert [(order["number"], order["price"]) for order in listed] == [
        ("C1-1", "20.00"),
        ("O1", "15.50"),
        ("O2", "20.00"),
    ]
    assert makegood_cli("orders", "set", "O1", "--status", "suspended").stdout == "Order O1 is suspended.\n"
    assert makegood_cli("orders", "set", "O1", "--status", "terminated").stdout == "Order O1 is terminated.\n"
    Order.objects.filter(number="O2").update(status="pending")
    first_day = ("orders", "set", "O2", "--status", "active", "--from", "2026-01-20")
    assert makegood_cli(*first_day).stdout == "Order O2 is active.\n"
    assert read_json(makegood_cli("orders", "show", "O2", "--json"))[0]["from"] == "2026-01-20"
    customers = read_json(makegood_cli("customers", "list", "--filter", "number=C1", "--json"))
    assert (customers[0]["active_orders"], customers[0]["monthly_price"]) == (2, "40.00")
    refusals = {
        ("add", "O1", *sold): "number_taken",
        ("add", "", *sold): "number_malformed",
        ("add", "O3", *sold, "--price", ""): "amount_missing",
        ("add", "O3", *sold, "--area", "x" * 101): "too_long",
        ("add", "O3", "--customer", "C9", "--service", "DSL", "--from", "2026-01-01"): "customer_unknown",
        ("add", "O3", "--customer", "C3", "--service", "DSL", "--from", "2026-01-01"): "customer_closed",
        ("add", "O3", "--customer", "C1", "--service", "Cable", "--from", "2026-01-01"): "service_unknown",
        ("add", "O3", "--customer", "C1", "--service", "DSL", "--from", "1.2.2026"): "date_malformed",
        ("show", "O9"): "order_unknown",
        ("list", "--customer", "C9"): "customer_unknown",
        ("set", "O9", "--status", "active"): "order_unknown",
        ("set", "O2", "--status", "gone"): "status_unknown",
        ("set", "O2", "--status", "active", "--from", "2026-01-21"): "begun_already",
        ("set", "O2", "--status", "suspended", "--from", "2026-01-21"): "not_made_active",
        ("set", "O2", "--status", "active", "--from", "soon"): "date_malformed",
        ("set", "O1", "--status", "active"): "order_terminated",
    }
    assert {words: refusal_code(makegood_cli("orders", *words, "--json")) for words in refusals} == refusals
    assert Order.objects.filter(customer__number="C1").count() == 3
    assert_verified()
