"""What the sandbox calls things is never taken for a number that must not be kept."""

from makegood.gateways.sandbox.attaching import attach_test_methods
from makegood.gateways.sandbox.client import SandboxClient
from makegood.gateways.sandbox.names import SHORT, name_by, new_name
from makegood.kit.account_numbers import find_number
from makegood.kit.transactions import opens_transaction
from makegood.payments.method_rules import clean_reference
from tests.gateways.sandbox_calls import charge
from tests.support.records import add_provider
from tests.support.sandbox import connect


def test_a_name_has_letters_alone_and_is_the_same_for_the_same_text() -> None:
    assert name_by("one") == name_by("one") != name_by("two")
    for name, length in ((name_by("one"), 24), (new_name(), 24), (new_name(SHORT), 16)):
        assert (name.isalpha(), name.islower(), len(name)) == (True, True, length)


def test_ten_thousand_references_are_let_through(db: None) -> None:
    gateway = connect(add_provider())
    with opens_transaction():
        methods = attach_test_methods(gateway, {f"owner {n}": "card_succeeds" for n in range(10_000)})
    for method in methods.values():
        assert clean_reference(method.reference) == method.reference
        assert find_number(method.reference) is None


def test_references_of_one_method_and_its_charges_are_let_through(db: None) -> None:
    client = SandboxClient(connect(add_provider()))
    made = charge(client, "card_succeeds")
    assert clean_reference(made.reference) == made.reference
