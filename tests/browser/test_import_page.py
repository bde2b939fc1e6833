"""A customer base comes in by page: upload, map, check, import; bad rows come out again."""

from pathlib import Path

from playwright.sync_api import expect

from makegood.customers.selectors import get_customer, list_customers
from makegood.providers.models import Membership, Provider
from tests.browser import steps
from tests.browser.conftest import Open

FILE = "Customer number;Name;E-mail;Phone\nI-1;Ida Impor;ida@example.org;\nI-2;Émile Ört;;\n;Without a number;;\n"


def test_a_file_is_brought_checked_and_imported(
    north: Provider, clerk: Membership, open_page: Open, tmp_path: Path
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(FILE, encoding="utf-8")
    before = list_customers(north).count()
    page = open_page(clerk)
    page.goto("/imports")
    page.get_by_role("link", name="Import a file").first.click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Ida Impor").first).to_be_visible()
    steps.look_for_barriers(page, narrow=False)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible()
    assert list_customers(north).count() == before, "the check writes nothing"
    with page.expect_download() as brought:
        page.get_by_role("link", name="Export CSV").click()
    assert "number" in brought.value.path().read_text(encoding="utf-8-sig").lower()
    page.get_by_label("Leave the 1 bad row out").check()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Imported")
    assert list_customers(north).count() == before + 2
    assert get_customer(north, "I-2").name == "Émile Ört"
