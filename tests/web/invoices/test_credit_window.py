"""The window that credits an unpaid invoice: filled in with what is due, used at once if asked, given once."""

import pytest
from django.test import Client

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.emails.models import Message
from makegood.invoices.models import Invoice
from makegood.ledger.selectors import get_balance
from makegood.providers.models import Membership, Provider
from tests.support import movements, records, refunding
from tests.support.answers import Verified
from tests.support.paying import pay, stand_of
from tests.support.sandbox import add_method, connect
from tests.web.credits.test_change_windows import inputs_of
from tests.web.people import open_browser
from tests.web.reading import Answer, source_of, words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


@pytest.fixture
def browser(clerk: Membership) -> Client:
    return open_browser(clerk)


@pytest.fixture
def ann(north: Provider) -> Customer:
    return get_customer(north, "N-1")


@pytest.fixture
def invoice(ann: Customer) -> Invoice:
    return movements.owe(ann, 4000)


def address_of(invoice: Invoice, what: str = "") -> str:
    return f"/invoices/{invoice.pk}/credit{what}"


def fields_of(answer: Answer, **typed: str) -> dict[str, str]:
    """What the window would send as it was given out, with what is typed; ticks are named where they are set."""
    return {**{name: value for name, value in inputs_of(answer).items() if name != "csrfmiddlewaretoken"}, **typed}


def test_the_window_opens_with_what_is_due_and_says_what_it_will_do(browser: Client, invoice: Invoice) -> None:
    answer = browser.get(address_of(invoice), headers=WINDOW)
    sent = fields_of(answer)
    assert (sent["amount"], sent["gl_code"], sent["description"]) == ("40.00", "4900", "")
    assert "checked" in source_of(answer).split('name="use_at_once"')[1].split(">")[0]
    assert "checked" not in source_of(answer).split('name="notify"')[1].split(">")[0]
    said = words_of(answer)
    for words in ("Pays this invoice $40.00", "Then left to pay $0.00", "Then the invoice is Paid."):
        assert words in said, (words, said)


def test_while_one_types_it_says_what_another_amount_does(browser: Client, ann: Customer, invoice: Invoice) -> None:
    sent = fields_of(browser.get(address_of(invoice)), use_at_once="on")

    def look(**typed: str) -> str:
        return words_of(browser.post(address_of(invoice, "/preview"), {**sent, **typed}))

    assert "Then left to pay $30.00 Then Available Funds $0.00 The invoice then stays Open for the rest." in look(
        amount="10"
    )
    assert "Stays as funds $5.00" in look(amount="45")
    later = look(amount="10", use_at_once="")
    assert "Available Funds pay by themselves what is to be collected: this invoice on" in later
    assert "Then left to pay $40.00 Then Available Funds $10.00" in later
    assert "Correct what is marked" in look(amount="ten")
    Customer.objects.filter(pk=ann.pk).update(email="")
    assert "no e-mail address, so nobody is told" in look(notify="on")
    assert not Credit.objects.exists()


def test_it_is_given_and_used_at_once_and_only_once(
    browser: Client, ann: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    # What is late comes first, unless somebody says which invoice is meant.
    other = movements.owe(ann, 900, due_on=records.FIRST_DAY)
    sent = fields_of(browser.get(address_of(invoice)), use_at_once="on", notify="on", description="Never connected")
    answers = [browser.post(address_of(invoice), sent, headers=WINDOW) for _ in range(2)]
    assert {answer.headers["HX-Redirect"] for answer in answers} == {f"/invoices/{invoice.pk}"}
    [credit] = Credit.objects.all()
    assert (credit.kind, credit.issued_minor, credit.remaining_minor) == ("correction", 4000, 0)
    assert stand_of(invoice)[::2] == ("paid", 0)
    assert stand_of(other)[::2] == ("late", 900)
    assert Message.objects.filter(customer=ann).count() == 1
    said = words_of(browser.get(f"/invoices/{invoice.pk}"))
    assert "A credit of $40.00 is given and used for this invoice." in said
    assert "Paid by credits" in said
    assert "Never connected" in said
    assert_verified()


def test_not_used_at_once_it_waits_as_available_funds(
    browser: Client, ann: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    browser.post(address_of(invoice), fields_of(browser.get(address_of(invoice)), amount="15"))
    assert stand_of(invoice)[::2] == ("open", 4000)
    assert get_balance(ann.provider_id, ann.pk).funds_minor == 1500
    assert "A credit of $15.00 is given." in words_of(browser.get(f"/invoices/{invoice.pk}"))
    assert_verified()


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"amount": ""}, "amount", "An amount is needed."),
        ({"amount": "0"}, "amount", "zero"),
        ({"amount": "1.001"}, "amount", "has 2 decimals"),
        ({"gl_code": "1000"}, "gl_code", "Select a valid choice."),
        ({"description": "x" * 501}, "description", "at most 500"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    browser: Client, invoice: Invoice, typed: dict[str, str], field: str, says: str
) -> None:
    answer = browser.post(address_of(invoice), fields_of(browser.get(address_of(invoice)), **typed), headers=WINDOW)
    assert answer.status_code == 422
    place = source_of(answer).split(f'id="invoice_credit_{field}"')[1].split("</div>")[0]
    assert says in place, place
    assert not Credit.objects.exists()


def test_an_agent_credits_up_to_the_limit(north: Provider, invoice: Invoice, assert_verified: Verified) -> None:
    browser = open_browser(records.add_person(north, "agent"))
    north.agent_credit_limit_minor = 3000
    north.save()
    assert address_of(invoice) in source_of(browser.get(f"/invoices/{invoice.pk}"))
    sent = fields_of(browser.get(address_of(invoice)), use_at_once="on")
    answer = browser.post(address_of(invoice), sent, headers=WINDOW)
    assert answer.status_code == 422
    assert "over $30.00, the most that the role agent may give" in words_of(answer)
    browser.post(address_of(invoice), fields_of(answer, use_at_once="on", amount="30"))
    assert stand_of(invoice)[::2] == ("open", 1000)
    assert_verified()


def test_what_was_paid_meanwhile_is_looked_at_again(
    browser: Client, clerk: Membership, ann: Customer, invoice: Invoice
) -> None:
    sent = fields_of(browser.get(address_of(invoice)), use_at_once="on")
    pay(clerk, ann, 1000)
    answer = browser.post(address_of(invoice), sent, headers=WINDOW)
    assert answer.status_code == 422
    assert "What is due of this invoice has changed since you looked." in words_of(answer)
    assert inputs_of(answer)["seen"] == "3000"
    assert Credit.objects.count() == 0


def test_a_paid_invoice_is_not_credited(browser: Client, clerk: Membership, ann: Customer, invoice: Invoice) -> None:
    pay(clerk, ann, 4000)
    assert address_of(invoice) not in source_of(browser.get(f"/invoices/{invoice.pk}"))
    assert "Nothing is due of this invoice; it is paid." in words_of(browser.get(address_of(invoice)))


def test_a_look_at_what_was_paid_a_moment_before_says_so(
    browser: Client, clerk: Membership, ann: Customer, invoice: Invoice
) -> None:
    sent = fields_of(browser.get(address_of(invoice)), use_at_once="on")
    pay(clerk, ann, 4000)
    answer = browser.post(address_of(invoice, "/preview"), sent)
    assert answer.status_code == 200
    assert "Nothing of this invoice is due, so the credit waits as Available Funds." in words_of(answer)


def test_who_may_only_look_is_offered_nothing(north: Provider, invoice: Invoice) -> None:
    browser = open_browser(records.add_person(north, "viewer"))
    assert address_of(invoice) not in source_of(browser.get(f"/invoices/{invoice.pk}"))
    assert browser.get(address_of(invoice)).status_code == 403


def test_while_a_payment_is_on_its_way_it_is_not_used_at_once(
    browser: Client, clerk: Membership, north: Provider, ann: Customer, invoice: Invoice
) -> None:
    connect(north)
    add_method(ann, "ach_succeeds")
    refunding.charge(clerk, invoice)
    answer = browser.get(address_of(invoice), headers=WINDOW)
    assert "use_at_once" not in inputs_of(answer)
    assert 'name="use_at_once"' not in source_of(answer)
    assert "is on its way, so the credit cannot be used for it now." in words_of(answer)
