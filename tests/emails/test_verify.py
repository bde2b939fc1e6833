"""`makegood verify` finds what has been done to e-mails past the program."""

import pytest

from makegood.emails.models import Message, MessageBody
from makegood.emails.services.templates import save_texts
from makegood.kit.clock import now
from makegood.kit.invariants import find_differences
from makegood.kit.sql import run_sql
from tests.emails.tampering import TAMPERING_WITH_EMAILS
from tests.emails.texts import TEXTS
from tests.support import records
from tests.support.answers import Verified
from tests.support.ownership import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def outbox(db: None, assert_verified: Verified) -> None:
    """A run that told three customers, one of whom has got the message; a change that was told of."""
    north = records.add_provider()
    clerk = records.add_person(north)
    version = save_texts(membership=records.add_person(north, "admin"), name="new_credits", language="en", texts=TEXTS)
    records.add_customer(north, "Other")
    customers = records.add_customers(north, 3)
    run = records.credit(clerk, customers=customers, notify=True)
    records.edit(clerk, records.credit_of(north, "C1"), amount_minor=500, notify=True)
    Message.objects.filter(cause_type="run", cause_id=run.pk, customer=customers[0]).update(
        state="sent", sent_at=now(), due_at=None, attempts=1, address="c1@example.org", subject="x", version=version
    )
    message = Message.objects.get(state="sent")
    MessageBody.objects.create(message=message, provider=north, text="text")
    assert_verified()


@pytest.mark.parametrize("deed", TAMPERING_WITH_EMAILS)
def test_what_was_tampered_with_is_found(deed: str, outbox: None) -> None:
    statement, broken = TAMPERING_WITH_EMAILS[deed]
    with as_owner():
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET LOCAL session_replication_role = replica")
        run_sql(statement)
        run_sql("SET LOCAL session_replication_role = origin")
    found = {difference.invariant for difference in find_differences()}
    assert set(broken) <= found, found
