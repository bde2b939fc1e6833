"""What autopay does not charge after a dispute, on pages: said where it matters, and released with a reason."""

import re

import pytest
from django.test import Client

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.payments.models import Payment, PaymentMethod
from makegood.payments.services.hold_method import release_method
from makegood.providers.models import Membership, Provider
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.returns import charge, dispute
from tests.web.people import open_browser
from tests.web.reading import source_of, words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}


@pytest.fixture
def clerk(north: Provider) -> Membership:
    sandbox.connect(north)
    return records.add_person(north, "billing", "agnes@north.example")


@pytest.fixture
def ann(north: Provider) -> Customer:
    Customer.objects.filter(provider=north, number="N-1").update(autopay=True)
    return get_customer(north, "N-1")


@pytest.fixture
def browser(clerk: Membership) -> Client:
    return open_browser(clerk)


@pytest.fixture
def lost(clerk: Membership, ann: Customer) -> Payment:
    """A payment whose dispute was lost; the customer owes the next invoice as well."""
    sandbox.add_method(ann)
    movements.owe(ann, 6000)
    payment = charge(clerk, ann)
    dispute(payment, 6000, "lost", reason="general")
    movements.owe(ann, 3000)
    return payment


def test_the_tab_says_why_and_a_person_has_it_used_again(
    browser: Client, ann: Customer, lost: Payment, assert_verified: Verified
) -> None:
    tab, release = f"/customers/{ann.pk}/payment-methods", f"/payment-methods/{lost.payment_method_id}/release"
    said = words_of(browser.get(tab))
    assert f"On hold Autopay is held: the dispute of payment {lost.pk} was lost." in said
    assert "Next:" not in said
    assert "No invoice waits for it now" not in said
    assert "What they leave is not charged now." in said
    assert "$90.00 is owed, and autopay charges nothing of it." in said
    assert "only if the customer has agreed" in words_of(browser.get(release, headers=WINDOW))
    for reason, words in {"": "Say why", "Card 4242 4242 4242 4242": "This looks like the number of a card"}.items():
        answer = browser.post(release, {"reason": reason}, headers=WINDOW)
        assert (answer.status_code, words in words_of(answer)) == (422, True)
    assert browser.post(release, {"reason": "She knows it now"}, headers=WINDOW).status_code in (200, 204, 302)
    assert PaymentMethod.objects.get(customer=ann).held_at is None
    assert "On hold" not in words_of(browser.get(tab))
    assert "She knows it now" in words_of(browser.get(f"/customers/{ann.pk}/history"))
    assert_verified()


def test_an_agent_sees_it_and_does_not_release_it(north: Provider, ann: Customer, lost: Payment) -> None:
    agent = open_browser(records.add_person(north, "agent", "amy@north.example"))
    said = words_of(agent.get(f"/customers/{ann.pk}/payment-methods"))
    assert "On hold" in said
    assert "Use it again" not in said
    assert agent.get(f"/payment-methods/{lost.payment_method_id}/release", headers=WINDOW).status_code == 403


def test_failed_payments_list_whom_autopay_does_not_charge(browser: Client, ann: Customer, lost: Payment) -> None:
    said = words_of(browser.get("/payments/failed"))
    assert f"The dispute of payment {lost.pk} was lost." in said
    assert "$90.00" in said


def test_charge_now_and_the_invoice_say_so(browser: Client, ann: Customer, lost: Payment) -> None:
    window = words_of(browser.get(f"/customers/{ann.pk}/charge-now", headers=WINDOW))
    assert f"after the dispute of payment {lost.pk}" in window
    owed = ann.invoices.latest("pk")
    assert "Autopay is held: it does not charge Visa ending 4242" in words_of(browser.get(f"/invoices/{owed.pk}"))


def test_the_dashboard_counts_whose_is_held_for_those_who_can_have_it_used_again(
    north: Provider, browser: Client, clerk: Membership, ann: Customer, lost: Payment
) -> None:
    said = "Autopay is held for 1 customer after a dispute: what is owed there is not charged by itself."
    for role, is_told in {"manager": True, "agent": False, "viewer": False}.items():
        person = open_browser(records.add_person(north, role, f"{role}-of-dashboard@north.example"))
        assert (said in words_of(person.get("/dashboard"))) == is_told, role
    answer = browser.get("/dashboard")
    assert said in words_of(answer)
    (link,) = re.findall(r'<a href="([^"]+)">Autopay is held', source_of(answer))
    assert "Autopay is held for 1 customer after a dispute" in words_of(browser.get(link))
    release_method(membership=clerk, method=PaymentMethod.objects.get(customer=ann), reason="She knows it now")
    assert "Autopay is held" not in words_of(browser.get("/dashboard"))
