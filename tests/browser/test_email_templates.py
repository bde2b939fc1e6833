"""The texts of e-mails, written and looked at in a browser."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from makegood.providers.models import Provider


def test_what_is_typed_is_previewed_corrected_and_saved(open_page: "Callable[..., Page]", north: "Provider") -> None:
    from tests.support import records

    page = open_page(records.add_person(north, "admin"))
    page.goto("/settings/email-templates")
    page.get_by_role("link", name=re.compile("^Edit.*New Credits in English")).click()
    page.get_by_label("Subject").fill("Hello {{ customer.name }}")
    page.get_by_label("Preview with customer").fill("N2")
    page.get_by_role("button", name="Preview").click()
    preview = page.frame_locator("iframe[name=preview]")
    expect(preview.get_by_text("Hello Customer 2", exact=True)).to_be_visible()
    expect(preview.frame_locator("iframe").get_by_text("Your Available Funds are now")).to_be_visible()

    page.get_by_label("Plain text").fill("{{ customer.nmae }}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Line 1, column 4: There is no variable “customer.nmae”")).to_be_visible()
    expect(page.get_by_label("Subject")).to_have_value("Hello {{ customer.name }}")

    page.get_by_label("Plain text").fill("{{ customer.name }}: {{ total }}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Billing: New Credits in English is saved.")).to_be_visible()
    expect(page.get_by_text("Version 1")).to_be_visible()


def test_an_e_mail_is_shown_as_a_mail_program_shows_it(open_page: "Callable[..., Page]", north: "Provider") -> None:
    from makegood.emails.models import Message
    from tests.support import records

    clerk = records.add_person(north, "billing")
    records.credit(clerk, filter={"number": ["N1"]}, description="After the storm", notify=True)
    page = open_page(clerk)
    page.goto(f"/emails/{Message.objects.get(provider=north).pk}")
    letter = page.frame_locator("iframe.letter")
    expect(letter.get_by_text("After the storm")).to_be_visible()
    small = letter.get_by_text("Your customer number is").evaluate("each => getComputedStyle(each).fontSize")
    assert small == "13px", "its own styles count in its frame"
