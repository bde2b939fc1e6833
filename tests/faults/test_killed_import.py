"""The worker is killed while it imports a file from the page."""

import os
import signal

import psycopg

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.imports.file_imports import enqueue
from makegood.imports.models import FileImport
from makegood.imports.selectors import list_without_worker
from makegood.providers.models import Membership
from tests.faults.worker_process import worker
from tests.imports.files_to_import import ask_for_import, bring_rows, reload
from tests.support.answers import Verified
from tests.support.processes import await_that

SLOW = """
CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(5); RETURN NULL; END';
CREATE TRIGGER slow AFTER INSERT ON customer FOR EACH STATEMENT EXECUTE FUNCTION be_slow()
"""


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_imports_once(
    manager: Membership, owner: psycopg.Connection, committed_db: dict[str, str], assert_verified: Verified
) -> None:
    file_import = ask_for_import(manager, bring_rows(manager, [f"A-{n},Al" for n in range(5000)]))
    owner.execute(SLOW.encode())
    with worker(committed_db) as process:
        await_that(lambda: reload(file_import).step.startswith("Writing"), "the import writes")
        os.kill(process.pid, signal.SIGKILL)
    assert Customer.objects.count() == 0
    owner.execute("DROP TRIGGER slow ON customer")
    await_that(lambda: list_without_worker().exists(), "the claim is over")
    enqueue(file_import)
    with worker(committed_db):
        await_that(lambda: reload(file_import).state == FileImport.State.FINISHED, "the file is imported", 60)
    assert Customer.objects.count() == 5000
    assert AuditEntry.objects.filter(action="customers.imported").count() == 1
    assert_verified()
