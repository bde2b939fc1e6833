"""The tab of a customer's payment methods, and the windows that change them."""

from datetime import timedelta

import pytest
from django.test import Client

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.gateways.selectors import get_active_gateway
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.payments.models import PaymentMethod
from makegood.payments.selectors_methods import find_default_method
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.saved_views.services import choose_columns
from tests.support import autopay, movements, records, sandbox
from tests.support.collecting import through_stripe
from tests.web.people import open_browser
from tests.web.reading import numbers_of, rows_of, source_of, words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}


@pytest.fixture
def agent(north: Provider) -> Membership:
    sandbox.connect(north)
    return records.add_person(north, "agent")


@pytest.fixture
def browser(agent: Membership) -> Client:
    return open_browser(agent)


@pytest.fixture
def ann(north: Provider) -> Customer:
    return get_customer(north, "N-1")


def tab_of(customer: Customer, what: str = "") -> str:
    return f"/customers/{customer.pk}/payment-methods{what}"


def test_the_tab_shows_what_there_is_and_how_long_it_lasts(browser: Client, agent: Membership, ann: Customer) -> None:
    today = today_of(ann.provider)
    autopay.add_card(ann, expires_on=today + timedelta(days=10), created_by_id=agent.staff_id)
    autopay.add_card(ann, default=False, expires_on=today - timedelta(days=1))
    autopay.add_card(ann, default=False, removed_at=ann.created_at)
    said = words_of(browser.get(tab_of(ann)))
    for words in ("Visa ending 4242 Default", "Expires soon", "Expired", "agent@north.example", "Removed"):
        assert words in said, (words, said)
    assert "Sandbox has not taken note of it yet." in said


def test_the_tab_says_what_autopay_does_and_when_it_collects_next(browser: Client, ann: Customer) -> None:
    said = words_of(browser.get(tab_of(ann)))
    assert "There is no payment method that can be charged, so nothing is collected." in said
    autopay.add_card(ann)
    assert "No invoice waits for it now." in words_of(browser.get(tab_of(ann)))
    movements.owe(ann, 6000, due_on=today_of(ann.provider) + timedelta(days=5))
    said = words_of(browser.get(tab_of(ann)))
    assert "What they leave is charged to Visa ending 4242 ." in said
    assert "Next: $60.00 of 1 invoice on" in said


def test_who_may_not_edit_customers_sees_neither_tab_nor_page(north: Provider, ann: Customer) -> None:
    vera = open_browser(records.add_person(north, "viewer"))
    assert vera.get(tab_of(ann)).status_code == 403
    assert "Payment methods" not in words_of(vera.get(f"/customers/{ann.pk}"))


def test_a_test_method_is_chosen_and_added(browser: Client, ann: Customer) -> None:
    offered = words_of(browser.get(tab_of(ann, "/new"), headers=WINDOW))
    assert "Visa ending 0002: Each charge is declined." in offered
    answer = browser.post(tab_of(ann, "/new"), {"reference": "card_declined"}, headers=WINDOW)
    assert answer.headers["HX-Redirect"] == tab_of(ann)
    [added] = PaymentMethod.objects.filter(customer=ann)
    assert (added.last_four, added.is_default) == ("0002", True)
    assert "Visa ending 0002 is added and is the default." in words_of(browser.get(tab_of(ann)))
    second = {"reference": "ach_succeeds", "as_default": "on"}
    browser.post(tab_of(ann, "/new"), second, headers=WINDOW)
    assert str(find_default_method(ann)) == "Test Bank ending 6789"


def test_nothing_chosen_is_said_beside_the_field(browser: Client, ann: Customer) -> None:
    answer = browser.post(tab_of(ann, "/new"), {}, headers=WINDOW)
    assert (answer.status_code, "Choose a test method." in words_of(answer)) == (422, True)


@pytest.mark.parametrize("typed", ["4242 4242 4242 4242", "4242424242424242", "4242424242424242\x00", "5" * 400])
def test_what_looks_like_the_number_of_a_card_is_not_sent_back(
    north: Provider, ann: Customer, typed: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    autopay.add_gateway(north, kind="stripe")
    browser = open_browser(records.add_person(north, "agent"))
    answer = browser.post(tab_of(ann, "/new"), {"reference": typed}, headers=WINDOW)
    assert answer.status_code == 422
    assert typed[:8] not in source_of(answer) + caplog.text
    assert "field-wrong" in source_of(answer)
    assert "data-keep" not in source_of(answer), "the browser keeps nothing of it either"
    assert not PaymentMethod.objects.exists()


def test_one_is_made_the_default_and_another_removed_in_windows(browser: Client, ann: Customer) -> None:
    first, second = autopay.add_card(ann), sandbox.add_method(ann, "ach_succeeds", default=False)
    shown = words_of(browser.get(f"/payment-methods/{second.pk}/default", headers=WINDOW))
    assert "Autopay charges Test Bank ending 6789 from now on, and no longer Visa ending 4242." in shown
    answer = browser.post(f"/payment-methods/{second.pk}/default", headers=WINDOW)
    assert (answer.headers["HX-Redirect"], find_default_method(ann)) == (tab_of(ann), second)
    shown = words_of(browser.get(f"/payment-methods/{second.pk}/remove", headers=WINDOW))
    assert "Make another one the default first" in shown
    assert "Cancel Remove" not in shown, "what would be refused is not offered"
    answer = browser.post(f"/payment-methods/{second.pk}/remove", headers=WINDOW)
    assert answer.status_code == 422
    assert "Make another one the default first" in words_of(answer)
    browser.post(f"/payment-methods/{first.pk}/remove", headers=WINDOW)
    first.refresh_from_db()
    assert first.removed_at is not None
    assert "Visa ending 4242 is removed." in words_of(browser.get(tab_of(ann)))


def test_a_processor_that_is_away_is_said_and_can_be_told_again(browser: Client, ann: Customer) -> None:
    admin = records.add_person(ann.provider, "admin", "leaver@north.example")
    disconnect_gateway(membership=admin, gateway=get_active_gateway(ann.provider))
    with through_stripe(ann.provider) as processor:
        sandbox.add_method(ann)
        method = sandbox.add_method(ann, default=False)
        with processor.failing("change_method", "cut"):
            browser.post(f"/payment-methods/{method.pk}/remove", headers=WINDOW)
        said = words_of(browser.get(tab_of(ann)))
        assert "nothing charges it any more. Stripe does not answer and will be told again." in said
        assert "Stripe has not taken note of it yet. Try again" in said
        assert "it can be told again" in words_of(browser.get(f"/payment-methods/{method.pk}/remove", headers=WINDOW))
        browser.post(f"/payment-methods/{method.pk}/remove", headers=WINDOW)
        assert "has not taken note" not in words_of(browser.get(tab_of(ann)))


def test_autopay_is_switched_to_what_the_window_said(browser: Client, ann: Customer) -> None:
    address = f"/customers/{ann.pk}/autopay"
    assert "Nothing is charged by itself." in words_of(browser.get(address, headers=WINDOW))
    for _ in range(2):
        browser.post(address, {"autopay": "off"}, headers=WINDOW)
        assert not get_customer(ann.provider, "N-1").autopay
    assert "Switch autopay on?" in words_of(browser.get(address, headers=WINDOW))
    browser.post(address, {"autopay": "on"}, headers=WINDOW)
    assert get_customer(ann.provider, "N-1").autopay


def test_while_billing_is_off_it_can_be_read_and_not_changed(browser: Client, ann: Customer) -> None:
    method = autopay.add_card(ann)
    Provider.objects.update(end_customer_billing=False)
    said = words_of(browser.get(tab_of(ann)))
    assert "Visa ending 4242" in said
    assert "Add payment method" not in said
    for address in (tab_of(ann, "/new"), f"/payment-methods/{method.pk}/remove", f"/customers/{ann.pk}/autopay"):
        assert browser.post(address, headers=WINDOW).status_code == 403, address


def test_without_a_processor_the_tab_says_so(north: Provider, ann: Customer) -> None:
    browser = open_browser(records.add_person(north, "agent"))
    assert "No payment processor is connected, so nothing can be charged." in words_of(browser.get(tab_of(ann)))
    assert "nothing to add a payment method to" in words_of(browser.get(tab_of(ann, "/new"), headers=WINDOW))


def test_the_customer_list_has_the_filter_and_the_column(
    browser: Client, agent: Membership, north: Provider, ann: Customer
) -> None:
    today = today_of(north)
    autopay.add_card(ann, expires_on=today - timedelta(days=1))
    autopay.add_card(get_customer(north, "N-2"))
    assert "method" not in rows_of(browser.get("/customers"))[0], "it is shown to whoever chooses it"
    choose_columns(membership=agent, list_name="customers", columns=["number", "name", "method"])
    shown = {row["number"]: row["method"] for row in rows_of(browser.get("/customers"))}
    assert shown == {"N-1": "Expired", "N-2": "Yes", "N-3": "No"}
    assert numbers_of(browser.get("/customers", {"method": "expired"})) == ["N-1"]
    file = source_of(browser.get("/customers.csv", {"method": "yes"}))
    assert "Bob & Sons" in file
    assert "Yes" in file
    assert "Ann Archer" not in file


def test_what_was_done_is_told_in_the_history(browser: Client, ann: Customer) -> None:
    browser.post(tab_of(ann, "/new"), {"reference": "card_succeeds"}, headers=WINDOW)
    said = words_of(browser.get(f"/customers/{ann.pk}/history"))
    assert "Added the payment method Visa ending 4242" in said
    assert "Made Visa ending 4242 the default payment method" in said
