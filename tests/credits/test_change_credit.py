"""Editing a credit: what can be changed, what is booked for it, and what is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from makegood.audit.models import AuditEntry
from makegood.credits.change_preview import compare_change, preview_change
from makegood.credits.models import Credit, CreditChange, CreditEntry
from makegood.credits.selectors import find_origin, get_credit, list_changes, list_credits, list_entries
from makegood.emails.models import Message
from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode, JournalEntry
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import set_gl_code_active
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_end_customer_billing, set_limits
from tests.support import movements, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def give(clerk: Membership, amount_minor: int = 1000, number: str = "C1", **asked: Any) -> Credit:
    """A credit of 10.00 on GL code 4900 for a customer who is new."""
    customer = records.add_customer(clerk.provider, number)
    records.credit(clerk, customers=[customer], amount_minor=amount_minor, **asked)
    return records.credit_of(clerk.provider, number)


def refusal(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


def lines_of(change: CreditChange) -> list[tuple[str, int, int]]:
    """The lines of the change's journal entry: GL code, debit, credit."""
    assert change.journal_entry is not None
    lines = change.journal_entry.lines.order_by("id")
    return list(lines.values_list("gl_code__code", "debit_minor", "credit_minor"))


@pytest.fixture
def north() -> Provider:
    return records.add_provider()


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


def code(provider: Provider, number: str) -> GLCode:
    return get_gl_code(provider, number)


def test_a_description_is_changed_without_a_booking(clerk: Membership, assert_verified: Verified) -> None:
    credit = give(clerk, description="Sorry")
    booked = JournalEntry.objects.count()
    change = records.edit(clerk, credit, description="  Sorry for   the storm ")
    credit.refresh_from_db()
    assert (credit.description, change.journal_entry, JournalEntry.objects.count()) == (
        "Sorry for the storm",
        None,
        booked,
    )
    assert [(field.label, field.old, field.new) for field in compare_change(change)] == [
        ("Description", "Sorry", "Sorry for the storm")
    ]
    assert_verified()


def test_a_lower_amount_takes_from_the_funds(north: Provider, clerk: Membership, assert_verified: Verified) -> None:
    credit = give(clerk)
    change = records.edit(clerk, credit, amount_minor=650)
    credit.refresh_from_db()
    assert (credit.issued_minor, credit.adjusted_minor, credit.remaining_minor) == (1000, -350, 650)
    assert records.funds(north, "C1") == 650
    assert lines_of(change) == [("2100", 350, 0), ("4900", 0, 350)]
    entry = list_entries(credit)[1]
    assert (entry.number, entry.type, entry.amount_minor, entry.funds_after_minor) == (2, "adjusted", -350, 650)
    assert_verified()


def test_a_higher_amount_adds_to_the_funds(north: Provider, clerk: Membership, assert_verified: Verified) -> None:
    credit = give(clerk)
    change = records.edit(clerk, credit, amount_minor=1500)
    assert lines_of(change) == [("4900", 500, 0), ("2100", 0, 500)]
    assert records.funds(north, "C1") == 1500
    assert_verified()


def test_a_new_gl_code_carries_what_is_neither_taken_back_nor_expired(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    credit = give(clerk)
    movements.owe(credit.customer, 300)
    movements.use(credit, 300)
    change = records.edit(clerk, credit, gl_code=code(north, "4910"))
    assert lines_of(change) == [("4910", 1000, 0), ("4900", 0, 1000)], "what was used moves too"
    assert not CreditEntry.objects.filter(journal_entry=change.journal_entry).exists(), "the funds stay as they are"
    records.void(clerk, credit)
    assert lines_of(records.edit(clerk, credit, gl_code=code(north, "4920"))) == [("4920", 300, 0), ("4910", 0, 300)]
    assert_verified()


def test_a_new_gl_code_of_a_credit_that_is_taken_back_whole_books_nothing(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    credit = give(clerk)
    records.void(clerk, credit)
    assert records.edit(clerk, credit, gl_code=code(north, "4910")).journal_entry is None
    assert_verified()


def test_several_fields_are_one_change_and_one_journal_entry(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    credit = give(clerk)
    tomorrow = date(2099, 1, 1)
    change = records.edit(
        clerk, credit, amount_minor=800, gl_code=code(north, "4910"), description="Outage", expires_on=tomorrow
    )
    assert lines_of(change) == [("4910", 1000, 0), ("4900", 0, 1000), ("2100", 200, 0), ("4910", 0, 200)]
    credit = get_credit(north, credit.pk)
    assert (credit.description, credit.gl_code.code, credit.remaining_minor) == ("Outage", "4910", 800)
    assert credit.expires_on == tomorrow
    assert [field.name for field in compare_change(list_changes(credit)[0])] == [
        "amount_minor",
        "description",
        "gl_code",
        "expires_on",
    ]
    assert change.journal_entry is not None
    assert (change.journal_entry.event, change.journal_entry.cause_type) == ("credit_edited", "credit_change")
    assert change.journal_entry.cause_id == change.pk
    assert_verified()


def test_the_amount_is_never_below_what_is_used(clerk: Membership, assert_verified: Verified) -> None:
    credit = give(clerk)
    movements.owe(credit.customer, 400)
    movements.use(credit, 400)
    refused = refusal(lambda: records.edit(clerk, credit, amount_minor=399))
    assert (refused.code, refused.field) == ("amount_below_used", "amount")
    assert refused.message == "The amount cannot be less than $4.00: $4.00 used."
    records.edit(clerk, credit, amount_minor=400)
    credit.refresh_from_db()
    assert credit.remaining_minor == 0
    assert_verified()


def test_a_credit_of_a_run_of_several_customers_only_becomes_less(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    records.add_customers(north, 2)
    records.credit(clerk)
    credit = records.credit_of(north, "C1")
    refused = refusal(lambda: records.edit(clerk, credit, amount_minor=1001))
    assert (refused.code, refused.field) == ("run_credit_only_down", "amount")
    records.edit(clerk, credit, amount_minor=500)
    assert refusal(lambda: records.edit(clerk, credit, amount_minor=501)).code == "run_credit_only_down"
    assert records.funds_of_all(north) == {"C1": 500, "C2": 1000}
    assert_verified()


def test_an_expiry_is_today_or_later_and_can_be_removed(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    credit = give(clerk)
    # In Los Angeles it is still the day before.
    with frozen_clock(datetime(2026, 3, 2, 5, tzinfo=UTC)):
        refused = refusal(lambda: records.edit(clerk, credit, expires_on=date(2026, 2, 28)))
        assert (refused.code, refused.field) == ("expiry_past", "expires_on")
        records.edit(clerk, credit, expires_on=date(2026, 3, 1))
    with frozen_clock(datetime(2026, 4, 1, tzinfo=UTC)):
        records.edit(clerk, credit, description="An expiry that has passed may stay")
        refused = refusal(lambda: records.edit(clerk, credit, amount_minor=1100))
        assert (refused.code, refused.field) == ("expired", "expires_on")
    records.edit(clerk, credit, expires_on=None)
    credit.refresh_from_db()
    assert credit.expires_on is None
    changes = [[(field.old, field.new) for field in compare_change(change)] for change in list_changes(credit)]
    assert changes[0] == [(date(2026, 3, 1), None)]
    assert_verified()


WRONG: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "the same as now": ({"amount_minor": 1000, "description": ""}, "nothing_changed", None),
    "nothing": ({}, "nothing_changed", None),
    "an amount of nothing": ({"amount_minor": 0}, "amount_zero", "amount"),
    "a negative amount": ({"amount_minor": -1}, "amount_zero", "amount"),
    "a long description": ({"description": "x" * 501}, "description_too_long", "description"),
    "a NUL": ({"description": "a\x00b"}, "description_malformed", "description"),
    "a long key": ({"description": "x", "key": "x" * 201}, "key_malformed", "key"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_refused_leaves_nothing_behind(case: str, clerk: Membership, assert_verified: Verified) -> None:
    credit = give(clerk)
    wish, why, field = WRONG[case]
    refused = refusal(lambda: records.edit(clerk, credit, **wish))
    assert (refused.code, refused.field) == (why, field)
    assert not CreditChange.objects.exists()
    assert_verified()


def test_a_gl_code_that_a_credit_cannot_use_is_refused(north: Provider, clerk: Membership) -> None:
    credit = give(clerk)
    assert refusal(lambda: records.edit(clerk, credit, gl_code=code(north, "1000"))).code == "gl_code_type"
    set_gl_code_active(gl_code=code(north, "4920"), active=False, staff_id=None)
    refused = refusal(lambda: records.edit(clerk, credit, gl_code=code(north, "4920")))
    assert (refused.code, refused.field) == ("gl_code_inactive", "gl_code")


def test_the_present_gl_code_may_be_inactive_by_now(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    credit = give(clerk, gl_code="4920")
    set_gl_code_active(gl_code=code(north, "4920"), active=False, staff_id=None)
    records.edit(clerk, credit, amount_minor=900, gl_code=code(north, "4920"))
    assert_verified()


def test_nothing_is_added_on_a_gl_code_that_is_inactive_by_now(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    credit = give(clerk, gl_code="4920")
    set_gl_code_active(gl_code=code(north, "4920"), active=False, staff_id=None)
    refused = refusal(lambda: records.edit(clerk, credit, amount_minor=1100))
    assert (refused.code, refused.field) == ("gl_code_inactive", "gl_code")
    records.edit(clerk, credit, amount_minor=1100, gl_code=code(north, "4900"))
    assert_verified()


def test_more_than_a_customer_may_have_is_refused(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    credit = give(clerk)
    set_limits(provider=north, staff_id=None, largest_funds_minor=1200)
    clerk = Membership.objects.get(pk=clerk.pk)
    refused = refusal(lambda: records.edit(clerk, credit, amount_minor=1201))
    assert (refused.code, refused.field, "$12.00" in refused.message) == ("over_funds_limit", "amount", True)
    records.edit(clerk, credit, amount_minor=1200)
    set_limits(provider=north, staff_id=None, largest_funds_minor=1)
    records.edit(clerk, credit, amount_minor=1100)
    assert_verified()


def test_a_closed_customer_who_owes_nothing_gets_no_more_but_less(clerk: Membership, assert_verified: Verified) -> None:
    credit = give(clerk)
    close_customer(customer=credit.customer, staff_id=None)
    assert refusal(lambda: records.edit(clerk, credit, amount_minor=1001)).code == "customer_closed"
    records.edit(clerk, credit, amount_minor=999)
    assert_verified()


def test_while_billing_is_off_nothing_is_changed(north: Provider, clerk: Membership) -> None:
    credit = give(clerk)
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    for act in (
        lambda: records.edit(clerk, credit, description="x"),
        lambda: records.void(clerk, credit),
        lambda: preview_change(membership=Membership.objects.get(pk=clerk.pk), credit=credit, description="x"),
    ):
        assert refusal(act).code == "billing_off"


def test_another_providers_credit_is_unknown(clerk: Membership) -> None:
    credit = give(clerk)
    south = records.add_provider("south")
    stranger = records.add_person(south, "manager")
    for act in (
        lambda: records.edit(stranger, credit, description="x"),
        lambda: records.void(stranger, credit),
        lambda: preview_change(membership=stranger, credit=credit, description="x"),
        lambda: get_credit(south, credit.pk),
    ):
        assert refusal(act).code == "credit_unknown"
    assert not list_credits(south).exists()


def test_the_same_key_gives_the_first_change_and_other_input_is_refused(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    credit, other = give(clerk), give(clerk, number="C2")
    first = records.edit(clerk, credit, key="k", amount_minor=900, seen_change=0)
    set_limits(provider=north, staff_id=None, agent_credit_limit_minor=1)
    assert records.edit(clerk, credit, key="k", amount_minor=900, seen_change=0) == first
    for act in (
        lambda: records.edit(clerk, credit, key="k", amount_minor=800),
        lambda: records.edit(clerk, credit, key="k", amount_minor=900, notify=True),
        lambda: records.edit(clerk, other, key="k", amount_minor=900),
        lambda: records.void(clerk, credit, key="k"),
    ):
        assert refusal(act).code == "key_used"
    assert records.funds_of_all(north) == {"C1": 900, "C2": 1000}
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    assert records.edit(clerk, credit, key="k", amount_minor=900) == first, "what was booked is found, whatever changed"
    assert_verified()


def test_who_has_not_seen_the_last_change_is_told(north: Provider, clerk: Membership) -> None:
    credit = give(clerk)
    colleague = records.add_person(north, "manager")
    records.edit(colleague, credit, description="Mine", seen_change=0)
    refused = refusal(lambda: records.edit(clerk, credit, amount_minor=900, seen_change=0))
    assert refused.code == "changed_meanwhile"
    assert refused.message.startswith("manager@north.example has changed this credit since you opened it.")
    assert refusal(lambda: records.void(clerk, credit, seen_change=0)).code == "changed_meanwhile"
    assert refusal(lambda: records.void(clerk, credit, seen_change=7)).code == "changed_meanwhile"
    assert records.edit(clerk, credit, amount_minor=900, seen_change=1).number == 2


def test_the_audit_says_who_and_which_fields(clerk: Membership) -> None:
    credit = give(clerk)
    records.edit(clerk, credit, amount_minor=900, description="Personal words")
    entry = AuditEntry.objects.get(action="credit.edited")
    assert (entry.staff_id, entry.subject_type, entry.subject_id) == (clerk.staff_id, "credit", credit.pk)
    assert entry.detail == {"change": 1, "changed": ["description", "amount"], "funds_change_minor": -100}


def test_the_preview_says_what_is_booked_then(north: Provider, clerk: Membership, assert_verified: Verified) -> None:
    credit = give(clerk)
    wish: dict[str, Any] = {"amount_minor": 1200, "gl_code": code(north, "4910"), "description": "More"}
    preview = preview_change(membership=clerk, credit=credit, **wish)
    assert not CreditChange.objects.exists()
    change = records.edit(clerk, credit, **wish)
    shown = [(line.gl_code.code, line.debit_minor, line.credit_minor) for line in preview.lines]
    assert shown == lines_of(change)
    assert (preview.entry_type, preview.entry_minor, preview.entry_label) == ("adjusted", 200, "Adjusted")
    assert (preview.funds_before_minor, preview.funds_after_minor) == (1000, 1200)
    assert preview.fields == compare_change(list_changes(credit)[0])
    assert_verified()


def test_a_credit_says_where_it_came_from(north: Provider, clerk: Membership) -> None:
    agent = records.add_person(north, "agent")
    customer = records.add_customer(north)
    run = records.finish(records.start(records.draft_credit(agent, customers=[customer]), clerk))
    origin = find_origin(get_credit(north, records.credit_of(north, "C1").pk))
    assert (origin.run, origin.asked_by, origin.given_by) == (run, agent.staff, clerk.staff)


def test_the_customer_is_told_once_and_only_if_asked(clerk: Membership, assert_verified: Verified) -> None:
    credit = give(clerk)
    records.edit(clerk, credit, amount_minor=900)
    assert not Message.objects.exists()
    for _ in range(2):
        change = records.edit(clerk, credit, key="told", amount_minor=800, notify=True)
    told = Message.objects.get()
    assert (told.template, told.cause_type, told.cause_id) == ("credit_changed", "credit_change", change.pk)
    assert (told.state, told.reason) == ("not_sent", "template_inactive"), "off until somebody switches it on"
    assert_verified()
