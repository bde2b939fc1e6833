"""The page on which a card is entered: what it lets in, and what comes back from it."""

import json

import pytest
from django.test import Client, override_settings

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.gateways.services.gateways import connect_stripe
from makegood.payments.models import PaymentMethod
from makegood.providers.models import Membership, Provider
from tests.support import records, sandbox
from tests.support.stripe_proxy import KEY, PUBLISHABLE_KEY, stripe
from tests.web.people import open_browser
from tests.web.reading import Answer, source_of, words_of

HEADER = "Content-Security-Policy"


@pytest.fixture
def agent(north: Provider) -> Membership:
    admin = records.add_person(north, "admin")
    connect_stripe(membership=admin, secret_key=KEY, publishable_key=PUBLISHABLE_KEY)
    return records.add_person(north, "agent")


@pytest.fixture
def browser(agent: Membership) -> Client:
    return open_browser(agent)


@pytest.fixture
def ann(north: Provider) -> Customer:
    return get_customer(north, "N-1")


def page_of(customer: Customer, what: str = "") -> str:
    return f"/customers/{customer.pk}/payment-methods/card{what}"


@override_settings(MAKEGOOD_STRIPE_API="https://api.stripe.com")
def test_stripes_own_script_is_let_in_on_this_page_alone(browser: Client, ann: Customer) -> None:
    answer = browser.get(page_of(ann))
    policy = dict(part.strip().split(" ", 1) for part in answer.headers[HEADER].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'self' https://js.stripe.com https://*.js.stripe.com"
    assert policy["frame-src"] == "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"
    assert policy["connect-src"] == "'self' https://api.stripe.com"
    assert "unsafe" not in answer.headers[HEADER]
    assert '<script src="https://js.stripe.com/v3/" defer>' in source_of(answer)
    assert f'data-key="{PUBLISHABLE_KEY}"' in source_of(answer)
    assert f'href="/customers/{ann.pk}/payment-methods/new">add it by its reference</a>' in source_of(answer)
    for other in (f"/customers/{ann.pk}", f"/customers/{ann.pk}/payment-methods", "/customers"):
        assert "stripe" not in browser.get(other).headers[HEADER]


@override_settings(MAKEGOOD_STRIPE_API="http://127.0.0.1:9")
def test_a_stand_in_for_stripe_is_let_in_where_it_is_named(browser: Client, ann: Customer) -> None:
    answer = browser.get(page_of(ann))
    assert "script-src 'self' http://127.0.0.1:9; connect-src 'self' http://127.0.0.1:9" in answer.headers[HEADER]
    assert "stripe.com" not in answer.headers[HEADER]
    assert '<script src="http://127.0.0.1:9/js.stripe.com/v3/" defer>' in source_of(answer)


def begin(browser: Client, customer: Customer) -> dict[str, str]:
    return dict(json.loads(browser.post(page_of(customer, "/begin")).content))


def test_a_card_is_entered_at_the_processor_and_only_its_last_four_come_here(browser: Client, ann: Customer) -> None:
    with stripe() as processor:
        begun = begin(browser, ann)
        processor.confirm_setup(begun["secret"].partition("_secret_")[0], processor.add_card())
        answer = browser.post(page_of(ann), {"proof": begun["proof"]})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/customers/{ann.pk}/payment-methods")
        again = browser.post(page_of(ann), {"proof": begun["proof"]})
        assert again.status_code == 302, "sent twice it is the same"
    [added] = PaymentMethod.objects.filter(customer=ann)
    assert (str(added), added.is_default, str(added.expires_on)) == ("Visa ending 4242", True, "2039-12-31")
    assert "4242424242424242" not in json.dumps(list(PaymentMethod.objects.values()), default=str)


def test_what_was_not_entered_or_is_forged_is_refused_and_entered_anew(browser: Client, ann: Customer) -> None:
    with stripe() as processor:
        begun = begin(browser, ann)
        for proof, words in ((begun["proof"], "No payment method was entered"), ("seti_1", "does not come from")):
            answer = browser.post(page_of(ann), {"proof": proof})
            assert (answer.status_code, words in words_of(answer)) == (422, True)
            assert proof_in(answer) == ""
            assert f"script-src 'self' {processor.api}" in answer.headers[HEADER], "the form works here too"
    assert not PaymentMethod.objects.exists()


def test_while_the_processor_is_away_what_was_entered_can_be_sent_again(browser: Client, ann: Customer) -> None:
    with stripe() as processor:
        begun = begin(browser, ann)
        processor.confirm_setup(begun["secret"].partition("_secret_")[0], processor.add_card())
        with processor.failing("finish_setup", *["cut"] * 4):
            answer = browser.post(page_of(ann), {"proof": begun["proof"]})
        assert (answer.status_code, proof_in(answer)) == (422, begun["proof"])
        assert "needs not be entered again" in words_of(answer)
        assert browser.post(page_of(ann), {"proof": begun["proof"]}).status_code == 302
    assert PaymentMethod.objects.get().customer_id == ann.pk


def test_a_processor_that_is_away_at_the_beginning_is_said(browser: Client, ann: Customer) -> None:
    with stripe() as processor:
        processor.fail_next("/v1/customers", 500, times=4)
        answer = browser.post(page_of(ann, "/begin"))
    assert answer.status_code == 422
    assert "Stripe does not answer" in json.loads(answer.content)["problem"]
    assert "no-store" in answer.headers["Cache-Control"]


def proof_in(answer: Answer) -> str:
    """The proof that the form would send."""
    source = source_of(answer)
    tag = source[source.index('name="proof"') :].partition(">")[0]
    return tag.partition('value="')[2].partition('"')[0]


def test_a_processor_without_a_form_has_its_window(north: Provider, ann: Customer) -> None:
    agent = open_browser(records.add_person(north, "agent"))
    window = f"/customers/{ann.pk}/payment-methods/new"
    assert agent.get(page_of(ann)).headers["Location"] == window
    sandbox.connect(north)
    assert agent.get(page_of(ann)).headers["Location"] == window


def test_a_reference_can_be_added_too(browser: Client, ann: Customer) -> None:
    with stripe() as processor:
        card = processor.add_card()
        sepa = processor.add_sepa()
        for reference in (card, sepa):
            browser.post(f"/customers/{ann.pk}/payment-methods/new", {"reference": reference})
    assert [str(each) for each in PaymentMethod.objects.order_by("id")] == [
        "Visa ending 4242",
        "SEPA debit ending 3000",
    ]


def test_who_may_not_edit_customers_begins_nothing(north: Provider, agent: Membership, ann: Customer) -> None:
    viewer = open_browser(records.add_person(north, "viewer"))
    assert viewer.post(page_of(ann, "/begin")).status_code == 403
