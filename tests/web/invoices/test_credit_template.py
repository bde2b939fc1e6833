"""Copy from Template in the window that credits an invoice: it fills what nobody has typed, and its kind counts."""

import re

import pytest
from django.test import Client

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Membership, Provider
from makegood.transaction_templates.selectors import get_credit_template
from makegood.transaction_templates.services import add_template, set_template_active
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.paying import stand_of
from tests.web.invoices.test_credit_window import WINDOW, address_of, fields_of
from tests.web.people import open_browser
from tests.web.reading import source_of, words_of

FILLED = ("amount", "description", "gl_code")


@pytest.fixture
def manager(north: Provider) -> Membership:
    membership = records.add_person(north, "manager")
    add_template(
        provider=north,
        name="Storm outage",
        direction="credit",
        kind="outage",
        amount_minor=1500,
        description="Sorry for the outage",
        gl_code=get_gl_code(north, "4900"),
        notify=True,
        staff_id=membership.staff_id,
    )
    return membership


@pytest.fixture
def browser(manager: Membership) -> Client:
    return open_browser(manager)


@pytest.fixture
def ann(north: Provider) -> Customer:
    return get_customer(north, "N-1")


@pytest.fixture
def invoice(ann: Customer) -> Invoice:
    return movements.owe(ann, 4000)


def test_a_template_stands_first_and_fills_the_window(
    browser: Client, invoice: Invoice, assert_verified: Verified
) -> None:
    opened = browser.get(address_of(invoice), headers=WINDOW)
    labels = re.findall(r"<label[^>]*>\s*(?:<[^>]*>\s*)*([A-Z][\w ]+)", source_of(opened))
    assert labels[0].strip() == "Copy from Template"
    copied = browser.post(
        address_of(invoice), fields_of(opened, template="Storm outage", use_at_once="on", do="copy"), headers=WINDOW
    )
    sent = fields_of(copied)
    assert [sent[name] for name in FILLED] == ["15.00", "Sorry for the outage", "4900"]
    assert "Pays this invoice $15.00" in words_of(copied)
    browser.post(address_of(invoice), {**sent, "use_at_once": "on"}, headers=WINDOW)
    [credit] = Credit.objects.all()
    assert (credit.kind, credit.issued_minor, credit.description) == ("outage", 1500, "Sorry for the outage")
    assert stand_of(invoice)[2] == 2500
    assert_verified()


def test_what_was_typed_stays_and_the_templates_value_is_offered(browser: Client, invoice: Invoice) -> None:
    sent = fields_of(browser.get(address_of(invoice)), template="Storm outage", amount="12", description="Never online")
    copied = browser.post(address_of(invoice), {**sent, "do": "copy"}, headers=WINDOW)
    kept = fields_of(copied)
    assert [kept[name] for name in FILLED] == ["12", "Never online", "4900"]
    assert "The template says 15.00 ; your own entry is kept." in words_of(copied)
    taken = fields_of(browser.post(address_of(invoice), {**kept, "do": "use-amount"}, headers=WINDOW))
    assert [taken[name] for name in FILLED] == ["15.00", "Never online", "4900"]
    assert not Credit.objects.exists()


def test_without_a_template_the_window_is_as_it_was(browser: Client, invoice: Invoice) -> None:
    sent = fields_of(browser.get(address_of(invoice)), template="Storm outage")
    copied = fields_of(browser.post(address_of(invoice), {**sent, "do": "copy"}, headers=WINDOW))
    plain = fields_of(browser.post(address_of(invoice), {**copied, "template": "", "do": "copy"}, headers=WINDOW))
    assert [plain[name] for name in FILLED] == ["40.00", "", "4900"]


def test_a_template_that_was_closed_meanwhile_is_refused_in_words(
    browser: Client, north: Provider, manager: Membership, invoice: Invoice
) -> None:
    sent = fields_of(browser.get(address_of(invoice)), template="Storm outage")
    template = get_credit_template(north, "Storm outage")
    set_template_active(template=template, active=False, staff_id=manager.staff_id)
    for typed in ({"do": "copy"}, {}):
        answer = browser.post(address_of(invoice), {**sent, **typed}, headers=WINDOW)
        assert "Storm outage" in words_of(answer)
        assert 'role="alert"' in source_of(answer) or answer.status_code == 422
    assert not Credit.objects.exists()
