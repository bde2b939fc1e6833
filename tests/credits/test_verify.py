"""`makegood verify` finds whatever has been tampered with. Each test breaks one thing, as only the owner could."""

from collections.abc import Sequence

import pytest

from makegood.kit.invariants import find_differences, list_invariants
from makegood.kit.sql import run_sql
from makegood.ledger.selectors import get_gl_code
from makegood.orders.services.close_customer import close_customer
from makegood.providers.selectors import get_provider
from tests.credits.tampering import TAMPERING_WITH_USES
from tests.days.tampering import TAMPERING_WITH_DAYS
from tests.emails.tampering import TAMPERING_WITH_EMAILS
from tests.invoices.tampering import TAMPERING_WITH_INVOICES
from tests.payments.tampering import TAMPERING_WITH_CLAIMS, TAMPERING_WITH_PAYMENTS
from tests.payments.test_verify_disputes import TAMPERING as TAMPERING_WITH_DISPUTES
from tests.payments.test_verify_refunds import TAMPERING as TAMPERING_WITH_REFUNDS
from tests.support import movements, records
from tests.support.answers import CommandLine, Verified, read_json
from tests.support.ownership import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

WITHOUT_GUARDS = "SET LOCAL session_replication_role = replica"
"""No trigger and no foreign key is looked at."""

TAMPERING: dict[str, tuple[str, Sequence[str]]] = {
    "a balance is raised": (
        "UPDATE customer_balance SET funds_minor = funds_minor + 1 WHERE funds_minor = 0",
        ["funds_control", "balance_is_entries"],
    ),
    "money moves from one balance to another": (
        """
        UPDATE customer_balance SET funds_minor = funds_minor + CASE customer_id % 2 WHEN 0 THEN 1 ELSE -1 END
        WHERE funds_minor > 0
        """,
        ["balance_is_entries"],
    ),
    "a receivable is forgiven": (
        "UPDATE customer_balance SET receivable_minor = 0",
        ["receivable_control"],
    ),
    "a balance is removed": (
        "DELETE FROM customer_balance WHERE funds_minor = 0",
        ["balance_for_each_customer", "receivable_control"],
    ),
    "an entry is changed": (
        "UPDATE credit_entry SET amount_minor = amount_minor + 1 WHERE credit_id = (SELECT min(id) FROM credit)",
        ["funds_control", "journal_is_entries", "balance_is_entries", "funds_after", "credit_parts"],
    ),
    "an entry is removed": (
        "DELETE FROM credit_entry WHERE credit_id = (SELECT min(id) FROM credit)",
        ["funds_control", "journal_is_entries", "balance_is_entries", "credit_parts"],
    ),
    "an entry says other funds after it": (
        "UPDATE credit_entry SET funds_after_minor = funds_after_minor + 1",
        ["funds_after"],
    ),
    "an entry names another journal entry": (
        "UPDATE credit_entry SET journal_entry_id = 0",
        ["journal_is_entries", "credit_references"],
    ),
    "a credit is raised": (
        "UPDATE credit SET issued_minor = issued_minor + 1",
        ["funds_control", "credit_parts", "credit_references", "run_proof"],
    ),
    "a credit is said to be used": (
        "UPDATE credit SET used_minor = used_minor + 1 WHERE remaining_minor > 0",
        ["funds_control", "credit_parts"],
    ),
    "a credit is removed": (
        "DELETE FROM credit WHERE id = (SELECT min(id) FROM credit)",
        ["funds_control", "credit_references", "run_proof"],
    ),
    "a credit is given to somebody else": (
        "UPDATE credit SET customer_id = (SELECT max(id) FROM customer)",
        ["credit_references"],
    ),
    "a credit names a GL code that does not exist": (
        "UPDATE credit SET gl_code_id = 0",
        ["credit_references"],
    ),
    "a credit names a person who does not exist": (
        "UPDATE credit SET created_by_id = 0",
        ["credit_references"],
    ),
    "a journal line is raised": (
        "UPDATE journal_line SET debit_minor = debit_minor + 1 WHERE debit_minor > 0",
        ["journal_balanced"],
    ),
    "both sides of a journal entry are raised": (
        """
        UPDATE journal_line SET debit_minor = debit_minor * 2, credit_minor = credit_minor * 2
        WHERE entry_id = (SELECT max(id) FROM journal_entry WHERE event = 'credit_issued')
        """,
        ["funds_control", "journal_is_entries", "run_proof"],
    ),
    "the lines of a journal entry are removed": (
        "DELETE FROM journal_line WHERE entry_id IN (SELECT id FROM journal_entry WHERE event = 'invoice_issued')",
        ["journal_balanced", "receivable_control"],
    ),
    "a run says it has booked more": (
        "UPDATE run SET total_minor = total_minor + 1, booked_minor = booked_minor + 1",
        ["run_proof"],
    ),
    "a run says that a skipped row was done": (
        "UPDATE run SET rows_done = rows_done + 1, rows_skipped = rows_skipped - 1 WHERE rows_skipped > 0",
        ["run_proof"],
    ),
    "a run says that nobody was skipped": (
        "UPDATE run SET customers_skipped = 0, customers_done = customers_done + customers_skipped",
        ["run_proof"],
    ),
    "a credit is moved to another GL code": (
        "UPDATE credit SET gl_code_id = (SELECT id FROM gl_code WHERE code = '4920')",
        ["credit_gl_codes"],
    ),
    "a line of the journal is moved to another GL code": (
        """
        UPDATE journal_line SET gl_code_id = (SELECT id FROM gl_code WHERE code = '4920')
        WHERE gl_code_id = (SELECT id FROM gl_code WHERE code = '4900')
        """,
        ["credit_gl_codes"],
    ),
    "an entry is dated otherwise than the journal": (
        "UPDATE credit_entry SET booked_on = booked_on - 1",
        ["booking_dates"],
    ),
    "a credit is dated otherwise than its entry": (
        "UPDATE credit SET issued_on = issued_on - 1",
        ["booking_dates"],
    ),
    "the journal names a run that is not there": (
        "UPDATE journal_entry SET cause_id = 0 WHERE cause_type = 'run'",
        ["credit_references"],
    ),
    "a credited row is said to have failed": (
        "UPDATE run_row SET outcome = 'account_in_use' WHERE outcome IS NULL",
        ["run_proof"],
    ),
    "a row that was skipped is said to be done": (
        "UPDATE run_row SET outcome = NULL",
        ["run_proof"],
    ),
    "a row is still marked as being booked": (
        "UPDATE run_row SET outcome = 'claimed' WHERE outcome IS NOT NULL",
        ["row_references"],
    ),
    "a row names a customer who does not exist": (
        "UPDATE run_row SET customer_id = 0 WHERE outcome IS NOT NULL",
        ["row_references"],
    ),
    "a row names an order of somebody else": (
        "UPDATE run_row SET order_id = (SELECT max(id) FROM customer_order) WHERE outcome IS NULL",
        ["row_references"],
    ),
    "a row is removed": (
        "DELETE FROM run_row WHERE outcome IS NOT NULL",
        ["run_proof"],
    ),
    "a change says another amount": (
        "UPDATE credit_change SET new_amount_minor = new_amount_minor + 1 WHERE number = 1",
        ["credit_changes", "change_bookings"],
    ),
    "a change is removed": (
        "DELETE FROM credit_change WHERE number = 1",
        ["credit_changes", "change_bookings", "credit_references"],
    ),
    "the last change is removed": (
        "DELETE FROM credit_change WHERE action = 'voided'",
        ["change_bookings", "credit_references"],
    ),
    "a change says another description before": (
        "UPDATE credit_change SET old_description = 'forged' WHERE number = 2",
        ["credit_changes"],
    ),
    "a credit says another description than its last change left": (
        "UPDATE credit SET description = 'forged' WHERE adjusted_minor <> 0",
        ["credit_changes"],
    ),
    "a credit expires on another day than its last change left": (
        "UPDATE credit SET expires_on = '2026-12-31' WHERE adjusted_minor <> 0",
        ["credit_changes"],
    ),
    "a void says it took more": (
        "UPDATE credit_change SET taken_back_minor = taken_back_minor + 1 WHERE action = 'voided'",
        ["change_bookings"],
    ),
    "a change names the journal entry of a run": (
        "UPDATE credit_change SET journal_entry_id = (SELECT min(id) FROM journal_entry) WHERE action = 'voided'",
        ["change_bookings", "credit_references"],
    ),
    "a change is dated otherwise than the journal": (
        "UPDATE credit_change SET booked_on = booked_on - 1",
        ["change_bookings"],
    ),
    "an adjustment is booked on another journal entry": (
        "UPDATE credit_entry SET journal_entry_id = journal_entry_id + 1 WHERE type = 'adjusted'",
        ["change_bookings", "journal_is_entries"],
    ),
    "a credit is adjusted without a change": (
        "UPDATE credit SET adjusted_minor = -1 WHERE adjusted_minor = 0",
        ["credit_changes", "credit_parts"],
    ),
    "a customer's monthly price is changed": (
        "UPDATE customer_figures SET monthly_price_minor = monthly_price_minor + 1",
        ["customer_figures"],
    ),
    "an order is terminated behind the figures' back": (
        "UPDATE customer_order SET status = 'terminated', to_date = '2026-12-31' WHERE status = 'active'",
        ["customer_figures"],
    ),
    "an order is suspended without a pause": (
        "UPDATE customer_order SET status = 'suspended' WHERE status = 'active'",
        ["customer_figures", "order_pauses"],
    ),
    "an order goes on within a pause": (
        """
        INSERT INTO order_pause (provider_id, customer_id, order_id, from_on)
        SELECT provider_id, customer_id, id, from_date FROM customer_order WHERE status = 'active'
        """,
        ["order_pauses"],
    ),
    "a pause is of another customer": (
        """
        INSERT INTO order_pause (provider_id, customer_id, order_id, from_on, until)
        SELECT provider_id, 0, id, from_date, from_date FROM customer_order
        """,
        ["order_pauses"],
    ),
    "an order's price is changed without a record of it": (
        "UPDATE customer_order SET price_minor = price_minor + 1 WHERE status <> 'active'",
        ["order_price"],
    ),
}


@pytest.fixture
def books(db: None, assert_verified: Verified) -> None:
    """A run that credited two customers and skipped a closed one; a changed and voided credit; a customer who owes."""
    north = records.add_provider()
    clerk = records.add_person(north)
    customers = records.add_customers(north, 3)
    close_customer(customer=customers[2], staff_id=None)
    records.credit(clerk)
    records.credit(clerk, customers=[records.add_customer(north, "Changed")], amount_minor=900)
    changed = records.credit_of(north, "Changed")
    records.edit(clerk, changed, amount_minor=700, description="Less")
    records.edit(clerk, changed, gl_code=get_gl_code(north, "4920"))
    records.void(clerk, changed)
    movements.owe(records.add_customer(north, "Debtor"), 700)
    payer = records.add_customer(north, "Payer")
    records.credit(clerk, customers=[payer], amount_minor=500)
    movements.owe(payer, 300)
    movements.use(records.credit_of(north, "Payer"), 200)
    assert_verified()


def tamper(statement: str) -> None:
    """Does what nobody can in operation: as the owner, past every guard."""
    with as_owner():
        # What is checked at commit is checked now, while it is still right.
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql(WITHOUT_GUARDS)
        run_sql(statement)
        run_sql("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("deed", [*TAMPERING, *TAMPERING_WITH_USES])
def test_what_was_tampered_with_is_found(deed: str, books: None) -> None:
    statement, broken = (TAMPERING | TAMPERING_WITH_USES)[deed]
    tamper(statement)
    found = {difference.invariant for difference in find_differences()}
    assert set(broken) <= found, found


def test_every_invariant_is_broken_by_some_test() -> None:
    everywhere = [*TAMPERING.values(), *TAMPERING_WITH_EMAILS.values(), *TAMPERING_WITH_USES.values()]
    everywhere += [*TAMPERING_WITH_PAYMENTS.values(), *TAMPERING_WITH_INVOICES.values()]
    everywhere += TAMPERING_WITH_DAYS.values()
    broken = {name for _, names in everywhere for name in names}
    broken |= {name for _, name in [*TAMPERING_WITH_DISPUTES.values(), *TAMPERING_WITH_REFUNDS.values()]}
    broken |= {"payment_claims"} if TAMPERING_WITH_CLAIMS else set()
    assert broken == {invariant.name for invariant in list_invariants()}


def test_the_command_says_what_differs_and_where(books: None, makegood_cli: CommandLine) -> None:
    well = makegood_cli("verify")
    assert well.returncode == 0
    assert f"{len(list_invariants())} invariants, 0 differences." in well.stdout

    tamper("UPDATE customer_balance SET funds_minor = funds_minor + 5 WHERE funds_minor > 0")
    answer = makegood_cli("verify")
    assert answer.returncode == 1
    assert "differs  A customer's Available Funds are the sum of the customer's entries." in answer.stdout
    assert "holds    Each journal entry has lines, and its debits equal its credits." in answer.stdout
    assert "balance_is_entries: customer " in answer.stdout

    answer = makegood_cli("verify", "--json")
    assert answer.returncode == 1
    said = read_json(answer)
    assert said["ok"] is False
    assert {line["name"] for line in said["invariants"] if not line["holds"]} == {"funds_control", "balance_is_entries"}
    rows = [found["row"] for found in said["differences"] if found["invariant"] == "balance_is_entries"]
    differing = sorted((row["funds_minor"], row["entries_minor"]) for row in rows)
    assert differing == [(305, 300), (1005, 1000), (1005, 1000)]


def test_the_command_shows_no_more_than_a_few_differences_of_each_kind(books: None) -> None:
    records.add_customers(get_provider("north"), 40, prefix="M")
    tamper("UPDATE customer_figures SET active_orders = 99")
    assert len(find_differences()) == 20
    assert len(find_differences(limit_per_invariant=3)) == 3
