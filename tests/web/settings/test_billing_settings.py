"""Settings > Billing > Billing settings."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from makegood.invoices.models import BillingSettings
from makegood.invoices.selectors import get_billing_settings, get_next_number
from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Membership, Provider
from tests.support import billing, records
from tests.web.people import open_browser
from tests.web.reading import source_of, words_of

PAGE = "/settings/billing"
INVOICES = {
    "invoices_from": "2026-01-01",
    "next_number": "1000",
    "review_drafts": "yes",
    "due_days": "21",
    "autopay_days": "7",
    "prices_include_tax": "no",
}
LATE = {
    "late_fee": "fixed",
    "late_fee_minor": "5.00",
    "late_fee_percent": "",
    "late_fee_grace_days": "4",
    "reminder_days": "2, 9",
    "suspend_after_days": "30",
}


def seen_in(browser: Client, part: str) -> str:
    """What the window carries of what the person saw."""
    source = source_of(browser.get(f"{PAGE}/{part}/edit"))
    return source.split('name="seen" value="')[1].split('"')[0]


def save(browser: Client, part: str, typed: dict[str, Any], **other: Any) -> Any:
    return browser.post(f"{PAGE}/{part}/edit", {"seen": seen_in(browser, part), **typed, **other})


def test_it_says_how_a_provider_bills_that_has_said_nothing(north: Provider, vera: Client) -> None:
    said = words_of(vera.get(PAGE))
    assert "No invoices are made yet." in said
    assert "14 days after the issue" in said
    assert "Late fee None" in said
    assert "Edit" not in said


def test_how_invoices_are_made(north: Provider, ada: Client) -> None:
    assert save(ada, "invoices", INVOICES).status_code == 302
    saved = get_billing_settings(north)
    assert (saved.invoices_from, saved.review_drafts, saved.due_days) == (date(2026, 1, 1), True, 21)
    assert get_next_number(north) == 1000
    said = words_of(ada.get(PAGE))
    assert "Invoices from Jan 1, 2026" in said
    assert "Next number 1000" in said


def test_what_happens_when_an_invoice_is_late(north: Provider, ada: Client) -> None:
    assert save(ada, "late", LATE).status_code == 302
    saved = get_billing_settings(north)
    assert (saved.late_fee_minor, saved.reminder_days, saved.suspend_after_days) == (500, [2, 9], 30)
    said = words_of(ada.get(PAGE))
    assert "Late fee $5.00" in said
    assert "2, 9 days after the due date" in said

    assert save(ada, "late", LATE, late_fee="none", reminder_days="", suspend_after_days="").status_code == 302
    said = words_of(ada.get(PAGE))
    assert "Late fee None" in said
    assert "Reminders None" in said
    assert "Suspension Never" in said


def test_where_it_is_booked(north: Provider, ada: Client) -> None:
    code = get_gl_code(north, "4100")
    typed = {"charge_gl_code": str(code.pk), "charge_tax_rate": "8.25"}
    assert save(ada, "bookings", typed).status_code == 302
    saved = get_billing_settings(north)
    assert (saved.charge_gl_code, f"{saved.charge_tax_rate:f}") == (code, "8.250")
    assert "With a tax of 8.25 %" in words_of(ada.get(PAGE))


@pytest.mark.parametrize(
    ("part", "typed", "words"),
    [
        ("invoices", {"autopay_days": "22"}, "The autopay date cannot be after the due date"),
        ("invoices", {"due_days": "400"}, "Write a number of days from 0 to 365."),
        ("invoices", {"due_days": "soon"}, "Enter a whole number."),
        ("late", {"late_fee_minor": ""}, "Write the amount of the late fee."),
        ("late", {"late_fee": "percent"}, "Write the percentage of the late fee."),
        ("late", {"reminder_days": "9, 2"}, "in ascending order"),
        ("late", {"reminder_days": "soon"}, "Write numbers of days with commas between them"),
        ("bookings", {"charge_tax_rate": "101"}, "The tax rate is a percentage from 0 to 100."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    north: Provider, ada: Client, part: str, typed: dict[str, str], words: str
) -> None:
    whole = {"invoices": INVOICES, "late": LATE, "bookings": {"charge_tax_rate": "0"}}[part]
    answer = save(ada, part, whole | typed)
    assert answer.status_code == 422
    assert words in words_of(answer)
    assert not BillingSettings.objects.filter(provider=north).exists()


def test_what_somebody_else_saved_meanwhile_is_shown(north: Provider, ada: Client) -> None:
    seen = seen_in(ada, "late")
    save(ada, "late", LATE, suspend_after_days="45")
    answer = ada.post(f"{PAGE}/late/edit", {"seen": seen, **LATE})
    assert answer.status_code == 422
    assert "Saved meanwhile: 45" in words_of(answer)


def test_another_part_that_was_saved_meanwhile_is_no_matter(north: Provider, ada: Client) -> None:
    seen = seen_in(ada, "late")
    save(ada, "invoices", INVOICES)
    assert ada.post(f"{PAGE}/late/edit", {"seen": seen, **LATE}).status_code == 302


def test_the_first_invoice_fixes_its_day_the_numbers_and_what_prices_include(db: None) -> None:
    north = billing.add_billing_provider()
    billing.add_billed_customer(north)
    billing.issue_invoices(north, billing.FIRST)
    admin = open_browser(records.add_person(north, "admin"))
    window = words_of(admin.get(f"{PAGE}/invoices/edit"))
    assert "are fixed since the first invoice" in window
    assert "First number" not in window
    typed = {"review_drafts": "no", "due_days": "30", "autopay_days": "5"}
    assert save(admin, "invoices", typed).status_code == 302
    assert get_billing_settings(north).due_days == 30


def test_only_administrators_change_it(north: Provider, ada: Client, vera: Client, viewer: Membership) -> None:
    assert vera.get(f"{PAGE}/late/edit").status_code == 403
    assert ada.get(f"{PAGE}/nowhere/edit").status_code == 404
