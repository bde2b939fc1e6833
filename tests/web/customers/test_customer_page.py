"""The page of one customer and its tabs, as staff see them."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.customers.services import edit_customer
from makegood.gateways.rules import DisputeState
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership, Provider
from makegood.web.customers.history import WORDS
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.layers import SOURCE
from tests.web.people import Browser
from tests.web.reading import source_of, words_of

TABS = ("", "/orders", "/credits", "/entries", "/emails", "/history")
TOLD_ABOUT = "customer|order|payment|payment_method|refund|pay_out|funds|invoice"
"""What the audit of a customer's history is about, as its actions begin."""
SCRIPT = "<script>alert(1)</script>"
RIGHT_TO_LEFT = "שלום \u202eevil"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(north: Provider) -> Customer:
    return get_customer(north, "N-1")


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north, "billing")


@pytest.fixture
def desk(clerk: Membership, browser: Browser) -> Client:
    """The billing clerk's browser."""
    return browser(clerk)


def url(customer: Customer, tab: str = "") -> str:
    return f"/customers/{customer.pk}{tab}"


def test_the_head_says_who_it_is_and_what_stands_on_the_account(
    desk: Client, ann: Customer, clerk: Membership, assert_verified: Verified
) -> None:
    records.credit(clerk, customers=[ann], amount_minor=1250)
    movements.owe(ann, 700)
    for tab in TABS:
        words = words_of(desk.get(url(ann, tab)))
        assert "Ann Archer Active N-1 · Residential" in words
        assert "Available Funds $12.50 Amount due $7.00 Active orders 1 Monthly price $20.00" in words
    assert_verified()


def test_overview_shows_details_orders_and_the_newest_credits(desk: Client, ann: Customer, clerk: Membership) -> None:
    edit_customer(
        customer=ann, staff_id=None, phone="555-0199", street="1 Main St", city="Springfield", language="es",
        billing_enabled=False,
    )  # fmt: skip
    for number in range(7):
        records.credit(clerk, customers=[ann], amount_minor=100 + number, description=f"Outage {number}")
    words = words_of(desk.get(url(ann)))
    assert "N-1-1 DSL Springfield Active Jan 1, 2026" in words
    assert "n-1@example.org" in words
    assert "555-0199" in words
    assert "1 Main St" in words
    assert "Spanish" in words
    assert "Disabled Credits are booked and wait." in words
    assert "Outage 6" in words
    assert "Outage 1" not in words
    assert "Credits 7" in words


def test_credits_say_how_much_what_for_who_and_which_run(desk: Client, ann: Customer, clerk: Membership) -> None:
    run = records.credit(clerk, customers=[ann], amount_minor=1000, description="Storm", gl_code="4910")
    movements.owe(ann, 400)
    movements.use(Credit.objects.get(), 400)
    answer = desk.get(url(ann, "/credits"))
    words = words_of(answer)
    assert "Storm Goodwill" in words
    assert f"billing@north.example · Run {run.pk}" in words
    source = source_of(answer)
    assert f'href="/credits/{Credit.objects.get().pk}"' in source
    assert f'href="/runs/{run.pk}"' in source
    assert f'href="/customers/{ann.pk}/credits/new" data-window' in source
    assert "4910" in words
    assert "Never $10.00 $6.00" in words


def test_entries_show_each_movement_with_the_balance_after_newest_first(
    desk: Client, ann: Customer, clerk: Membership
) -> None:
    records.credit(clerk, customers=[ann], amount_minor=1000, description="Storm")
    movements.owe(ann, 400)
    movements.use(Credit.objects.get(), 400)
    words = words_of(desk.get(url(ann, "/entries")))
    assert "Used Storm -$4.00 $6.00" in words
    assert "Issued Storm + $10.00 $10.00" in words
    assert words.index("Used Storm") < words.index("Issued Storm")


def test_history_tells_what_was_done_in_words_and_by_whom(desk: Client, ann: Customer, clerk: Membership) -> None:
    edit_customer(customer=ann, staff_id=clerk.staff_id, email="ann@example.org", number="N-100")
    close_customer(customer=ann, staff_id=clerk.staff_id)
    words = words_of(desk.get(url(ann, "/history")))
    assert "Changed e-mail address and number; the number was N-1 billing@north.example ," in words
    assert "Closed the customer; 1 order ended billing@north.example ," in words
    assert "Added the customer Makegood ," in words
    assert "Added order N-1-1 Makegood ," in words
    assert "ann@example.org" not in words


def test_empty_tabs_say_what_to_do(desk: Client, north: Provider) -> None:
    cleo = get_customer(north, "N-3")
    assert "Nothing is ordered yet." in words_of(desk.get(url(cleo)))
    assert "Add the first one with Add order." in words_of(desk.get(url(cleo, "/orders")))
    assert "Give the first one with Add Credit." in words_of(desk.get(url(cleo, "/credits")))
    assert "The first credit makes the first entry." in words_of(desk.get(url(cleo, "/entries")))
    assert "No e-mails yet" in words_of(desk.get(url(cleo, "/emails")))


def test_nothing_is_offered_that_would_be_refused(
    vera: Client, desk: Client, ann: Customer, north: Provider, browser: Browser
) -> None:
    assert "Add Credit" in words_of(desk.get(url(ann)))
    for tab in TABS:
        words = words_of(vera.get(url(ann, tab)))
        assert "Ann Archer" in words
        for offer in ("Add Credit", "Edit", "Close customer", "Add order"):
            assert offer not in words
    admin = browser(records.add_person(north, "admin"))
    assert "Edit" in words_of(admin.get(url(ann)))
    assert "Add Credit" not in words_of(admin.get(url(ann)))
    Provider.objects.update(end_customer_billing=False)
    assert "Add Credit" not in words_of(desk.get(url(ann)))
    assert desk.get(url(ann, "/credits")).status_code == 200


def test_a_closed_customer_shows_it_on_every_tab(desk: Client, ann: Customer, north: Provider) -> None:
    close_customer(customer=ann, staff_id=None)
    for tab in TABS:
        words = words_of(desk.get(url(ann, tab)))
        assert "Closed on" in words
        assert "The customer owes nothing, so credit runs skip this customer." in words
    assert "Add order" not in words_of(desk.get(url(ann)))
    assert "Reopen" in words_of(desk.get(url(ann)))
    assert "Add Credit" not in words_of(desk.get(url(ann)))
    movements.owe(ann, 500)
    assert "The customer still owes $5.00 , so credits can be given." in words_of(desk.get(url(ann)))
    assert "Add Credit" in words_of(desk.get(url(ann)))


@pytest.mark.parametrize("tab", TABS)
def test_another_providers_customer_is_not_there(desk: Client, tab: str) -> None:
    stranger = records.add_customer(records.add_provider("south"), "S-1", name="Sue South")
    for pk in (stranger.pk, 0, 10**30):
        answer = desk.get(f"/customers/{pk}{tab}")
        assert answer.status_code == 404
        assert "Sue" not in words_of(answer)


@pytest.mark.parametrize("tab", TABS)
def test_whatever_is_written_is_shown_as_text(desk: Client, north: Provider, clerk: Membership, tab: str) -> None:
    text = f"{SCRIPT}{RIGHT_TO_LEFT}"
    fields = ("phone", "street", "city", "region", "country")
    customer = records.add_customer(
        north, "<b>X", name=text, areas=[text], email="", postal_code="<b>", **dict.fromkeys(fields, SCRIPT)
    )
    records.credit(clerk, customers=[customer], description=text)
    edit_customer(customer=customer, staff_id=clerk.staff_id, number="<b>Y")
    source = source_of(desk.get(url(customer, tab)))
    assert SCRIPT not in source
    assert "<b>" not in source
    assert "<bdi>&lt;script&gt;" in source


@pytest.mark.parametrize("tab", TABS)
def test_the_number_of_queries_does_not_grow_with_the_customer(
    desk: Client, north: Provider, clerk: Membership, tab: str
) -> None:
    small, large = records.add_customer(north, "N-8"), records.add_customer(north, "N-9", areas=["Here"] * 70)
    records.credit(clerk, customers=[small])
    edit_customer(customer=small, staff_id=clerk.staff_id, phone="0")
    for number in range(12):
        records.credit(clerk, customers=[large], amount_minor=100 + number)
        edit_customer(customer=large, staff_id=clerk.staff_id, phone=str(number))
    desk.get(url(small, tab))

    def count(customer: Customer) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url(customer, tab)).status_code == 200
        return len(queries)

    assert count(large) == count(small)
    assert count(large) <= 16


def test_long_tables_come_a_page_at_a_time(desk: Client, north: Provider) -> None:
    customer = records.add_customer(north, "N-9", areas=["Here"] * 120)
    first = words_of(desk.get(url(customer, "/orders")))
    assert "Rows 1–50 of 120" in first
    assert "Rows 51–100 of 120" in words_of(desk.get(url(customer, "/orders?page=2")))
    assert "Rows 101–120 of 120" in words_of(desk.get(url(customer, "/orders?page=3")))
    for odd in ("99", "-1", "x", "9" * 5000):
        assert desk.get(url(customer, f"/orders?page={odd}")).status_code == 200


def test_every_event_of_the_audit_has_words() -> None:
    written: set[str] = set()
    for path in [path for folder in ("customers", "orders", "payments") for path in (SOURCE / folder).rglob("*.py")]:
        written |= set(re.findall(rf'"((?:{TOLD_ABOUT})\.[a-z_]+)"', path.read_text()))
    written |= {f"dispute.{state}" for state in DisputeState.values}
    assert written <= set(WORDS)
