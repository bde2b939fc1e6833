"""The credit window: what is typed is never lost, and nothing is booked twice."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Membership, Provider
from makegood.providers.services import add_staff
from makegood.runs.models import Run
from makegood.transaction_templates.services import add_template
from tests.browser import steps
from tests.browser.conftest import Open
from tests.browser.watch import Watch, find_barriers, find_overflow
from tests.support.records import add_customer, funds, funds_of_all
from tests.web.people import PASSWORD


@pytest.fixture
def page(clerk: Membership, open_page: Open) -> Page:
    """The clerk's browser on the Customer List, with N1 and N2 ticked."""
    page = open_page(clerk)
    page.goto("/customers")
    steps.tick(page, ["N1", "N2"])
    return page


def test_enter_in_the_amount_goes_on_to_the_rehearsal(page: Page, north: Provider) -> None:
    add_template(provider=north, staff_id=None, name="Storm", direction="credit", kind="goodwill")
    window = steps.open_window(page)
    window.get_by_label("Amount").fill("10")
    window.get_by_label("Amount").press("Enter")
    page.wait_for_url(re.compile(r"/runs/\d+$"))


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("", "amount"),
        ("0", "zero"),
        ("-5", "amount"),
        ("ten", "amount"),
        ("1.005", "decimal"),
        ("10000.01", "10,000.00"),
    ],
)
def test_what_is_no_amount_is_refused_beside_the_field_and_all_stays(page: Page, amount: str, sentence: str) -> None:
    window = steps.open_window(page)
    window.get_by_label("Description").fill("Outage of 3 March")
    window.get_by_label("GL Code").select_option("4910")
    window.get_by_label("Send Notification to Customer").check()
    # Last, as what is said of it moves what stands below.
    window.get_by_label("Amount").fill(amount)
    page.get_by_role("button", name=steps.TO_REHEARSAL).click()
    expect(window.locator(".field-wrong").get_by_label("Amount")).to_have_value(amount)
    expect(window.locator(".field-wrong .errorlist")).to_contain_text(re.compile(sentence, re.IGNORECASE))
    expect(window.get_by_label("Amount")).to_be_focused()
    expect(window.get_by_label("Description")).to_have_value("Outage of 3 March")
    expect(window.get_by_label("GL Code")).to_have_value("4910")
    expect(window.get_by_label("Send Notification to Customer")).to_be_checked()
    assert find_barriers(page) == []


def test_a_description_of_ten_thousand_characters_is_refused_and_kept(page: Page) -> None:
    text = "The outage of 3 March. " * 435
    window = steps.open_window(page)
    window.get_by_label("Amount").fill("5")
    window.get_by_label("Description").fill(text)
    page.get_by_role("button", name=steps.TO_REHEARSAL).click()
    expect(window.locator(".field-wrong .errorlist")).to_contain_text("500")
    expect(window.get_by_label("Description")).to_have_value(text)
    window.get_by_label("Description").fill("The outage of 3 March.")
    steps.go_on_to_rehearsal(page)


def test_a_template_fills_the_window_but_not_over_what_was_typed(page: Page, north: Provider) -> None:
    add_template(
        provider=north,
        name="Storm outage",
        direction="credit",
        kind="outage",
        amount_minor=1000,
        description="Credit for the outage",
        gl_code=get_gl_code(north, "4910"),
        notify=True,
        staff_id=None,
    )
    window = steps.open_window(page)
    window.get_by_label("Description").fill("With our apologies")
    window.get_by_label("Copy from Template").select_option("Storm outage")
    expect(window.get_by_label("Amount")).to_have_value("10.00")
    expect(window.get_by_label("GL Code")).to_have_value("4910")
    expect(window.get_by_label("Send Notification to Customer")).to_be_checked()
    expect(window.get_by_label("Description")).to_have_value("With our apologies")
    expect(window.get_by_text("The template says Credit for the outage")).to_be_visible()
    expect(window.get_by_text("2 × $10.00 = $20.00")).to_be_visible()
    assert find_barriers(page) == []
    window.get_by_role("button", name="Use the template’s").click()
    expect(window.get_by_label("Description")).to_have_value("Credit for the outage")
    steps.go_on_to_rehearsal(page)
    expect(page.get_by_text("4910")).not_to_have_count(0)
    steps.add_credit(page)
    assert funds(north, "N2") == 1000


def test_two_clicks_are_one(page: Page, north: Provider, assert_verified: Callable[[], None]) -> None:
    window = steps.open_window(page)
    window.get_by_label("Amount").fill("3")
    page.get_by_role("button", name=steps.TO_REHEARSAL).dblclick()
    steps.run_of(page)
    page.get_by_role("button", name=re.compile("^Add Credit")).dblclick()
    steps.await_state(page, "Finished")
    assert Run.objects.filter(provider=north).count() == 1
    assert sum(funds_of_all(north).values()) == 2 * 300
    assert_verified()


def test_the_window_and_the_button_sent_ten_times_at_once(
    page: Page, north: Provider, clerk: Membership, assert_verified: Callable[[], None]
) -> None:
    window = steps.open_window(page)
    window.get_by_label("Amount").fill("3")
    form = window.locator("form").first
    typed = form.evaluate("form => Object.fromEntries(new FormData(form))")
    send_ten_times(page, "/customers/credits/new", typed)
    run = Run.objects.get(provider=north)
    send_ten_times(page, f"/runs/{run.pk}/start", typed)
    page.goto(f"/runs/{run.pk}")
    steps.await_state(page, "Finished")
    assert Run.objects.filter(provider=north).count() == 1
    assert sum(funds_of_all(north).values()) == 2 * 300
    assert_verified()


def send_ten_times(page: Page, path: str, fields: dict[str, str]) -> None:
    """Posts the same form ten times at the same moment, with the browser's cookies. All ten are answered."""
    url = page.url.partition("/customers")[0].partition("/runs")[0] + path
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
    headers = {"Cookie": cookies, "Referer": url}
    body = urlencode(fields).encode()

    def send(_: int) -> int:
        try:
            return int(build_opener(HTTPCookieProcessor(CookieJar())).open(Request(url, body, headers)).status)
        except HTTPError as error:
            with error:
                return error.code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(send, range(10))) == {200}


def test_the_back_button_after_add_credit_books_nothing_again(page: Page, north: Provider) -> None:
    run = steps.rehearse(page, "4")
    steps.add_credit(page)
    page.go_back()
    page.wait_for_load_state()
    page.goto(f"/runs/{run}")
    expect(page.get_by_role("button", name=re.compile("^Add Credit"))).to_have_count(0)
    page.goto("/customers")
    expect(page.get_by_text("No customer is selected")).to_be_visible()
    assert Run.objects.filter(provider=north).count() == 1
    assert sum(funds_of_all(north).values()) == 2 * 400


def test_two_tabs_with_different_filters_share_one_selection_and_each_says_so(
    clerk: Membership, open_page: Open
) -> None:
    first = open_page(clerk)
    first.goto("/customers?area=Springfield")
    second = first.context.new_page()
    second.goto("/customers?area=Shelbyville")
    steps.select_all(first)
    expect(first.get_by_text(re.compile("All 60 customers that match"))).to_be_visible()
    second.bring_to_front()
    second.reload()
    expect(second.get_by_text(re.compile("All 60 customers that match"))).to_be_visible()
    expect(second.get_by_role("link", name=re.compile("Springfield"))).to_be_visible()
    window = steps.open_window(second)
    expect(window.get_by_text("60 customers")).to_be_visible()


def test_a_session_that_ends_in_the_window_loses_nothing(
    north: Provider, open_page: Open, watches: list[Watch]
) -> None:
    email = f"clerk@{north.slug}.example"
    membership = add_staff(provider=north, email=email, role="billing", password=PASSWORD)
    page = open_page(membership)
    page.goto("/customers")
    steps.tick(page, ["N1", "N2"])
    window = steps.open_window(page)
    window.get_by_label("Amount").fill("7.25")
    window.get_by_label("Description").fill("Outage of 3 March")
    expect(window.get_by_text("2 × $7.25 = $14.50")).to_be_visible()
    Session.objects.all().delete()
    page.get_by_role("button", name=steps.TO_REHEARSAL).click()
    steps.log_in(page, email, PASSWORD)
    window = page.get_by_role("dialog")
    expect(window.get_by_label("Amount")).to_have_value("7.25")
    expect(window.get_by_label("Description")).to_have_value("Outage of 3 March")
    expect(window.get_by_text("2 customers")).to_be_visible()
    steps.go_on_to_rehearsal(page)
    steps.add_credit(page)
    assert funds(north, "N1") == 725


def test_names_that_are_scripts_or_run_from_right_to_left(clerk: Membership, north: Provider, open_page: Open) -> None:
    hard = "<script>alert(1)</script> مريم <b>الطويلة"
    add_customer(north, "H1", name=hard)
    page = open_page(clerk)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto("/customers?number=H1")
    expect(page.get_by_text(hard)).to_be_visible()
    steps.tick(page, ["H1"])
    steps.rehearse(page, "5", description=hard)
    expect(page.get_by_text(hard).first).to_be_visible()
    steps.add_credit(page)
    page.get_by_role("navigation", name="Run").get_by_role("link", name="Customers").click()
    expect(page.get_by_text(hard).first).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    assert find_overflow(page) == ""
