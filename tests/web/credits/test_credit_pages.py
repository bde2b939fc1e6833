"""The list of credits and the page of a credit, as a person reads them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood.credits.models import Credit
from makegood.customers.selectors import get_customer
from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_end_customer_billing, set_limits
from tests.support import movements, records
from tests.web.people import open_browser
from tests.web.reading import rows_of, source_of, words_of

SCRIPT = "<script>alert(1)</script> \u202eevil"


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


@pytest.fixture
def browser(clerk: Membership) -> Client:
    return open_browser(clerk)


def give(clerk: Membership, number: str = "N-1", amount_minor: int = 1000, **asked: Any) -> Credit:
    """A credit of 10.00 for one of the customers."""
    customers = [get_customer(clerk.provider, number)]
    records.credit(clerk, customers=customers, amount_minor=amount_minor, **asked)
    return records.credit_of(clerk.provider, number)


def test_before_the_first_credit_the_list_says_what_to_do(browser: Client) -> None:
    said = words_of(browser.get("/credits"))
    assert "No credit has been given yet" in said
    assert "Add customer credit" in said


def test_the_list_says_of_each_credit_what_a_clerk_asks(browser: Client, clerk: Membership) -> None:
    give(clerk, description="Storm", gl_code="4910")
    newer = give(clerk, "N-2", 2500)
    movements.owe(newer.customer, 500)
    movements.use(newer, 500)
    rows = rows_of(browser.get("/credits"))
    assert [(row["customer"], row["name"], row["issued"], row["remaining"]) for row in rows] == [
        ("N-2", "Bob & Sons", "$25.00", "$20.00"),
        ("N-1", "Ann Archer", "$10.00", "$10.00"),
    ]
    storm = rows[1]
    assert (storm["kind"], storm["description"], storm["gl_code"], storm["by"]) == (
        "Goodwill",
        "Storm",
        "4910",
        "billing@north.example",
    )
    assert words_of(browser.get("/credits/count")) == "2 credits"


def test_the_list_is_filtered_by_each_thing(browser: Client, clerk: Membership) -> None:
    storm = give(clerk, description="Storm", gl_code="4910")
    other = give(clerk, "N-2", 2500)
    records.void(clerk, other)
    assert storm.run_row is not None
    found = {
        "customer=N-1": {"N-1"},
        "remaining=yes": {"N-1"},
        "remaining=no": {"N-2"},
        "kind=goodwill": {"N-1", "N-2"},
        "kind=outage": set(),
        "gl_code=4910": {"N-1"},
        f"run={storm.run_row.run_id}": {"N-1"},
        "by=billing@north.example": {"N-1", "N-2"},
        "by=nobody@north.example": set(),
        "description=stor": {"N-1"},
        "changed=yes": {"N-2"},
        "changed=no": {"N-1"},
        "amount_min=10.01": {"N-2"},
        "amount_max=10.00": {"N-1"},
        "left_min=0.01": {"N-1"},
        "left_max=0": {"N-2"},
        "given_min=2999-01-01": set(),
        "given_max=2999-01-01": {"N-1", "N-2"},
        "expires_min=2000-01-01": set(),
        "q=storm": {"N-1"},
        "q=bob": {"N-2"},
        "q=n-1": {"N-1"},
        f"q={other.pk}": {"N-2"},
    }
    for query, customers in found.items():
        assert {row["customer"] for row in rows_of(browser.get(f"/credits?{query}"))} == customers, query


@pytest.mark.parametrize("query", ["run=x", "run=99999999999999999999", "customer=%00", "speed=1", "left_min=ten"])
def test_a_filter_that_cannot_be_used_finds_nothing_and_breaks_nothing(
    browser: Client, clerk: Membership, query: str
) -> None:
    give(clerk)
    answer = browser.get(f"/credits?{query}")
    assert (answer.status_code, rows_of(answer)) == (200, [])


def test_the_list_is_exported(browser: Client, clerk: Membership) -> None:
    give(clerk, description="=cmd")
    head, row = source_of(browser.get("/credits.csv")).removeprefix("\ufeff").splitlines()
    assert head.split(",")[:5] == ["Credit", "Customer", "Name", "Issued (USD)", "Remaining (USD)"]
    assert row.split(",")[1:5] == ["N-1", "Ann Archer", "10.00", "10.00"]
    assert "'=cmd" in row


def test_the_page_says_amounts_origin_entries_and_history(browser: Client, clerk: Membership) -> None:
    credit = give(clerk, description="Storm")
    records.edit(clerk, credit, amount_minor=800, gl_code=get_gl_code(clerk.provider, "4910"))
    movements.owe(credit.customer, 300)
    movements.use(credit, 300)
    records.void(clerk, credit)
    answer = browser.get(f"/credits/{credit.pk}")
    said = words_of(answer)
    for words in (
        "Used up",
        "Remaining $0.00",
        "Issued $10.00 changed to $8.00",
        "Used $3.00",
        "Taken back $5.00",
        "Amount: $10.00 became $8.00",
        "GL code: 4900 Goodwill credits became 4910 Outage credits",
        "Voided: $5.00 taken back.",
        "Asked for by billing@north.example",
        "one customer",
        "Given: $10.00",
    ):
        assert words in said, words
    entries = said[said.index("Available Funds after") : said.index("History")]
    places = [entries.index(f"{word} ") for word in ("Issued", "Adjusted", "Used", "Taken back")]
    assert places == sorted(places)
    assert f'href="/customers/{credit.customer_id}"' in source_of(answer)


def test_a_credit_that_paid_nothing_says_so(browser: Client, clerk: Membership) -> None:
    credit = give(clerk)
    assert "Nothing yet. What remains pays the customer’s next invoice by itself." in words_of(
        browser.get(f"/credits/{credit.pk}")
    )


def test_another_providers_credit_is_not_there(browser: Client, clerk: Membership) -> None:
    south = records.add_provider("south")
    records.add_customer(south, "S-1")
    records.credit(records.add_person(south))
    theirs = records.credit_of(south, "S-1")
    for address in ("", "/edit", "/void"):
        assert browser.get(f"/credits/{theirs.pk}{address}").status_code == 404
    for address in ("/edit", "/void", "/edit/preview"):
        assert browser.post(f"/credits/{theirs.pk}{address}", {"key": "k", "seen_change": 0}).status_code == 404
    assert rows_of(browser.get("/credits?customer=S-1")) == []
    theirs.refresh_from_db()
    assert theirs.remaining_minor == 1000


def test_whatever_people_write_is_only_text(browser: Client, clerk: Membership) -> None:
    credit = give(clerk, description=SCRIPT)
    for address in ("/credits", f"/credits/{credit.pk}", f"/credits/{credit.pk}/edit", f"/credits/{credit.pk}/void"):
        assert "<script>alert" not in source_of(browser.get(address))


def test_nothing_is_offered_that_would_be_refused(north: Provider, clerk: Membership) -> None:
    credit = give(clerk, amount_minor=5001)
    page = f"/credits/{credit.pk}"

    def offers(person: Membership) -> tuple[bool, bool]:
        source = source_of(open_browser(person).get(page))
        return f"{page}/edit" in source, f"{page}/void" in source

    agent = records.add_person(north, "agent")
    assert offers(records.add_person(north, "viewer")) == (False, False)
    assert offers(clerk) == (True, True)
    assert offers(agent) == (False, False)
    assert "This credit is over $50.00" in words_of(open_browser(agent).get(page))
    set_limits(provider=north, staff_id=None, agent_credit_limit_minor=None)
    assert offers(agent) == (True, True)
    records.void(clerk, credit)
    assert offers(clerk) == (True, False)
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    assert offers(clerk) == (False, False)
    assert open_browser(clerk).get(page).status_code == 200, "what was given can still be read"
    assert open_browser(clerk).get(f"{page}/edit").status_code == 403


def test_the_number_of_queries_does_not_grow(browser: Client, clerk: Membership) -> None:
    credit = give(clerk)

    def count() -> tuple[int, int]:
        numbers = []
        for address in ("/credits", f"/credits/{credit.pk}"):
            with CaptureQueriesContext(connection) as queries:
                browser.get(address)
            numbers.append(len(queries))
        return numbers[0], numbers[1]

    count()
    before = count()
    for number in range(5):
        give(clerk, "N-2", 100 + number)
        records.edit(clerk, credit, amount_minor=900 - number)
    assert count() == before
