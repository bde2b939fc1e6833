"""In and out."""

import pytest
from playwright.sync_api import expect

from makegood.providers.models import Provider
from makegood.providers.services import add_staff
from tests.browser.conftest import Open
from tests.browser.watch import find_barriers, find_overflow
from tests.web.people import PASSWORD


def test_a_person_logs_in_sees_the_customers_and_logs_out(north: Provider, open_page: Open) -> None:
    add_staff(provider=north, email=f"vera@{north.slug}.example", role="viewer", password=PASSWORD, name="Vera Viewer")
    page = open_page()
    page.goto("/customers?area=Springfield")
    page.get_by_label("E-mail").fill(f"vera@{north.slug}.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url("/customers?area=Springfield")
    expect(page.get_by_text("60 customers")).to_be_visible()
    assert find_barriers(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_log_in_keeps_nobody_out(open_page: Open, scheme: str) -> None:
    page = open_page(width=360, color_scheme=scheme)
    page.goto("/login")
    assert find_barriers(page) == []
    assert find_overflow(page) == ""
