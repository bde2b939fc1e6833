"""A card is entered in the processor's own form, by a stand-in for Stripe: script, form and calls are the processor's.

The server is one of its own, as it is told at its start where the processor is.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from tests.browser import steps
from tests.browser.conftest import Open, Site
from tests.browser.watch import Watch
from tests.support.databases import DatabaseServer
from tests.support.localstripe import start_localstripe
from tests.support.served import serving

if TYPE_CHECKING:
    from makegood.customers.models import Customer
    from makegood.providers.models import Membership, Provider

GOOD, DECLINED, ASKS_BACK = "4242424242424242", "4000000000000002", "4000002500003155"


@pytest.fixture(scope="module")
def processor() -> str:
    """The address of the stand-in."""
    return start_localstripe()


@pytest.fixture(scope="module")
def site(
    processor: str,
    database_server: DatabaseServer,
    ordinary_database: str,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """`makegood serve` in which the stand-in is taken for Stripe."""
    folder = tmp_path_factory.mktemp("card-site")
    with django_db_blocker.unblock():
        name = database_server.clone()
    url = database_server.url(name)
    environment = {"DATABASE_URL": url, "MAKEGOOD_DATA": str(folder / "data"), "MAKEGOOD_STRIPE_API": processor}
    with serving(environment, folder / "log") as served:
        yield Site(served, url)
    database_server.drop(name)


@pytest.fixture
def ann(north: "Provider") -> "Customer":
    from makegood.gateways.services.gateways import connect_stripe
    from tests.support import records

    admin = records.add_person(north, "admin")
    connect_stripe(membership=admin, secret_key="sk_test_makegood0000abcd", publishable_key="pk_test_makegood0000efgh")
    return records.add_customer(north, "A1", name="Ann Archer", autopay=True)


def open_form(page: Page, customer: "Customer") -> None:
    """From the customer's tab to the processor's form."""
    page.goto(f"/customers/{customer.pk}/payment-methods")
    page.get_by_role("link", name="Enter a card").click()
    expect(page.locator("#card-element").get_by_placeholder("number")).to_be_visible()


def fill_in(page: Page, number: str) -> None:
    card = page.locator("#card-element")
    typed = {"number": number, "exp_month": "12", "exp_year": "39", "cvc": "123", "postal_code": "97201"}
    for name, value in typed.items():
        card.get_by_placeholder(name, exact=True).fill(value)
    page.get_by_role("button", name="Save card").click()


def methods_of(customer: "Customer") -> list[tuple[str, bool]]:
    from makegood.payments.models import PaymentMethod

    return [(str(each), each.is_default) for each in PaymentMethod.objects.filter(customer=customer)]


def test_the_number_goes_to_the_processor_and_its_last_four_come_here(
    ann: "Customer", clerk: "Membership", open_page: Open, watches: list[Watch], processor: str, site: Site
) -> None:
    page = open_page(clerk)
    sent: list[tuple[str, str]] = []
    page.on("request", lambda request: sent.append((request.url, request.post_data or "")))
    open_form(page, ann)
    steps.look_for_barriers(page, narrow=False)
    fill_in(page, GOOD)
    expect(page.get_by_text("Visa ending 4242 is added and is the default.")).to_be_visible()
    assert methods_of(ann) == [("Visa ending 4242", True)]
    whole = [url for url, body in sent if GOOD in body or GOOD in url]
    assert whole
    assert all(url.startswith(f"{processor}/v1/setup_intents/") for url in whole)
    assert [body for url, body in sent if url.startswith(site.url) and "proof=" in body], "the proof comes here"
    watches[0].forget(f"leaves the machine: {processor}/")


def test_a_card_that_is_declined_is_said_and_another_one_can_be_entered(
    ann: "Customer", clerk: "Membership", open_page: Open, watches: list[Watch], processor: str
) -> None:
    page = open_page(clerk, width=360)
    open_form(page, ann)
    fill_in(page, DECLINED)
    expect(page.get_by_role("alert").filter(has_text="Your card was declined.")).to_be_visible()
    steps.look_for_barriers(page, narrow=True)
    assert methods_of(ann) == []
    fill_in(page, GOOD)
    expect(page.get_by_text("is added and is the default")).to_be_visible()
    assert methods_of(ann) == [("Visa ending 4242", True)]
    watches[0].forget(f"leaves the machine: {processor}/")


@pytest.mark.parametrize(("answer", "added"), [("Complete authentication", True), ("Fail authentication", False)])
def test_a_bank_that_asks_its_customer_is_answered_in_the_processors_form(
    answer: str,
    added: bool,
    ann: "Customer",
    clerk: "Membership",
    open_page: Open,
    watches: list[Watch],
    processor: str,
) -> None:
    page = open_page(clerk)
    open_form(page, ann)
    fill_in(page, ASKS_BACK)
    page.get_by_role("button", name=answer).click()
    words = "is added and is the default" if added else "authentication failed"
    expect(page.get_by_text(words)).to_be_visible()
    assert bool(methods_of(ann)) == added
    watches[0].forget(f"leaves the machine: {processor}/")


def test_without_the_processors_script_the_page_says_so(
    ann: "Customer", clerk: "Membership", open_page: Open, watches: list[Watch], processor: str
) -> None:
    page = open_page(clerk)
    page.route(f"{processor}/**", lambda route: route.abort())
    page.goto(f"/customers/{ann.pk}/payment-methods/card")
    expect(page.get_by_text("Stripe's form cannot be reached.")).to_be_visible()
    expect(page.get_by_role("button", name="Save card")).to_be_disabled()
    watches[0].forget(processor)


def test_test_methods_of_the_sandbox_are_added_made_default_and_removed(
    north: "Provider", clerk: "Membership", open_page: Open
) -> None:
    from tests.support import records, sandbox

    sandbox.connect(north)
    bob = records.add_customer(north, "B1", name="Bob Baker")
    page = open_page(clerk)
    page.goto(f"/customers/{bob.pk}/payment-methods")
    window = page.get_by_role("dialog")
    for title in ("Visa ending 4242: Each charge succeeds", "Test Bank ending 6789"):
        page.get_by_role("link", name="Add payment method").click()
        window.get_by_label(title).check()
        window.get_by_role("button", name="Add payment method").click()
        expect(page.locator("main table tbody tr")).to_contain_text([title.partition(":")[0]])
    page.get_by_role("link", name="Make default Test Bank ending 6789").click()
    window.get_by_role("button", name="Make default").click()
    expect(page.get_by_text("Test Bank ending 6789 is the default.")).to_be_visible()
    page.get_by_role("link", name="Remove Visa ending 4242").click()
    steps.look_for_barriers(page, narrow=False)
    window.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Removed")).to_be_visible()
    assert sorted(methods_of(bob)) == [("Test Bank ending 6789", True), ("Visa ending 4242", False)]
