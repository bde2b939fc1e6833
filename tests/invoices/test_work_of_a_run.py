"""An invoice run does about as much for each customer, however many there are and however much was billed before."""

from datetime import date

import pytest

from makegood.kit.sql import run_sql
from makegood.runs.models import Run
from tests.support import records
from tests.support.answers import Verified
from tests.support.billing import add_billing_provider, draft_invoices, issue_drafts, issue_invoices
from tests.support.ownership import as_owner

# How the embedded server goes about it; older ones choose otherwise for so few rows.
pytestmark = pytest.mark.django_db

CUSTOMERS = 120
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
ROWS_READ = """
SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS rows
FROM pg_stat_xact_user_tables
WHERE relname = 'invoice'
"""


@pytest.fixture
def drafts(db: None) -> Run:
    """April's drafts, of which the server's statistics know nothing: they were made when there were March's alone."""
    provider = add_billing_provider(invoices_from=MARCH)
    records.add_customers(provider, CUSTOMERS)
    issue_invoices(provider, MARCH)
    with as_owner():
        run_sql("ANALYZE invoice, run_row, invoice_line, customer, customer_order")
    return draft_invoices(provider, APRIL)


@pytest.fixture
def as_for_large_tables(db: None) -> None:
    """Small tables are read as a whole, whatever is asked; what counts is what the server does once they are large."""
    run_sql("SET LOCAL enable_seqscan = off")


def invoices_read() -> int:
    return int(run_sql(ROWS_READ)[0]["rows"])


@pytest.mark.usefixtures("as_for_large_tables")
def test_drafts_are_issued_without_looking_through_all_of_them_for_each(drafts: Run, assert_verified: Verified) -> None:
    before = invoices_read()
    run = issue_drafts(drafts, APRIL)
    assert run.rows_done == CUSTOMERS
    assert CUSTOMERS <= invoices_read() - before <= 20 * CUSTOMERS
    assert_verified()
