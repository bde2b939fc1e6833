"""`makegood verify` finds whatever has been tampered with in what is on its way. Each test breaks one thing."""

import pytest

from makegood.kit.invariants import find_differences
from makegood.kit.sql import run_sql
from makegood.providers.models import Provider
from tests.payments.collecting import add_payer, charge, submit
from tests.payments.tampering import TAMPERING_WITH_CLAIMS
from tests.payments.test_verify import drop_checks
from tests.support.answers import Verified
from tests.support.ownership import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def under_way(north: Provider, assert_verified: Verified) -> None:
    """A payment that succeeded, one that failed, and one that is on its way."""
    for number, outcome in enumerate(("card_succeeds", "card_declined", "ach_succeeds"), start=1):
        add_payer(north, f"C{number}", outcome, 1000, 2000)
    charge(north)
    submit(north)
    assert_verified()


@pytest.mark.parametrize("deed", TAMPERING_WITH_CLAIMS)
def test_what_was_tampered_with_is_found(deed: str, under_way: None) -> None:
    with as_owner():
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET LOCAL session_replication_role = replica")
        for table in ("payment", "payment_claim", "invoice"):
            drop_checks(table)
        run_sql(TAMPERING_WITH_CLAIMS[deed])
        run_sql("SET LOCAL session_replication_role = origin")
    assert "payment_claims" in {difference.invariant for difference in find_differences()}
