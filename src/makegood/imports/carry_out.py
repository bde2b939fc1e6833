"""Checking and importing a file in the background: once, whatever is killed on the way.

The import is one transaction, and what became of it is written in the same one. So a worker that is killed leaves
nothing behind, and who takes the file up again begins anew; two who work the same file cannot both commit.
"""

import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction

from makegood.imports.file_imports import MOST_ROWS, require_import
from makegood.imports.heartbeat import Heartbeat
from makegood.imports.map import read_map
from makegood.imports.models import FileImport
from makegood.imports.report import ImportReport
from makegood.imports.selectors import list_without_worker, write_content
from makegood.imports.services import Asked, import_file
from makegood.kit.clock import now
from makegood.kit.database_errors import Remedy, remedy_for
from makegood.kit.refusal import Refused
from makegood.notifications.services import notify
from makegood.providers.selectors import find_membership

log = logging.getLogger(__name__)

State = FileImport.State


class LetGo(Exception):
    """The worker is told to end; nothing of the file is written, and the next one begins anew."""


class ClaimLost(Exception):
    """Somebody else works the file now; whatever was being done is rolled back."""


def carry_out(import_id: int, should_let_go: Callable[[], bool] = lambda: False) -> bool:
    """Works the file until it is checked or imported. Opens transactions. False if there was nothing to take."""
    token = uuid4()
    taken = list_without_worker().filter(pk=import_id).update(claim_token=token, claimed_until=end_of_claim())
    if not taken:
        return False
    file_import = FileImport.objects.select_related("provider", "created_by").get(pk=import_id)
    work = _Work(file_import, token, should_let_go)
    try:
        work.carry_out()
    except (LetGo, ClaimLost):
        work.give_back()
    except Refused as refused:
        work.end_refused(refused.message)
    except (DatabaseError, InterfaceError) as error:
        if remedy_for(error) is Remedy.TRY_AGAIN:
            # The claim runs out, and somebody begins anew.
            raise
        log.exception("Import %s", import_id)
        work.end_refused("The database refused it, and the log says why.")
    except Exception as error:
        log.exception("Import %s", import_id)
        work.end_refused(f"An error in the program stopped it ({type(error).__name__}); its log says more.")
    return True


def end_of_claim() -> datetime:
    """Until when a claim that is taken or renewed now is good."""
    return now() + timedelta(seconds=settings.MAKEGOOD_LEASE_SECONDS)


@dataclass
class _Work:
    file_import: FileImport
    token: UUID
    should_let_go: Callable[[], bool]

    def carry_out(self) -> None:
        file_import = self.file_import
        checks = file_import.state == State.CHECKING
        membership = find_membership(file_import.provider_id, file_import.created_by_id)
        if membership is None:
            raise Refused("not_allowed", "Who brought the file may not act any more.")
        require_import(membership)
        import_map = read_map(file_import.document or {}, file_import.file_name)
        with tempfile.TemporaryDirectory(prefix="makegood-import-") as folder, self._heartbeat() as heartbeat:
            path = Path(folder) / "file.csv"
            write_content(file_import, path)
            report = import_file(
                provider=file_import.provider,
                path=path,
                import_map=import_map,
                dry_run=checks,
                skip_bad=file_import.skip_bad,
                on_step=heartbeat.tell_step,
                asked=Asked(
                    staff_id=file_import.created_by_id,
                    import_id=file_import.pk,
                    most_rows=MOST_ROWS,
                    on_rows=lambda rows: self._on_rows(heartbeat, rows),
                    on_written=self._finish,
                ),
            )
        if not report.written:
            self._settle(state=State.CHECKED, report=report.as_dict())

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(self.file_import.pk, self.token, end_of_claim)

    def _on_rows(self, heartbeat: Heartbeat, rows: int) -> None:
        heartbeat.tell_rows(rows)
        if self.should_let_go():
            raise LetGo

    def _finish(self, report: ImportReport) -> None:
        """In the transaction of the import, as its last step."""
        self._settle(state=State.FINISHED, report=report.as_dict(), finished_at=now())
        self.file_import.parts.all().delete()
        customers, orders = report.customers, report.orders
        self._notify(
            "warning" if report.bad_rows else "success",
            f"{self.file_import.file_name} is imported",
            f"Customers: {customers.added:,} added, {customers.updated:,} changed. "
            f"Orders: {orders.added:,} added, {orders.updated:,} changed. Bad rows left out: {report.bad_rows:,}.",
        )

    def end_refused(self, message: str) -> None:
        """Nothing was written; the person is told why and can try again. Opens a transaction."""
        try:
            with transaction.atomic():
                self._settle(state=State.DRAFT, report=None, problem=message)
                if self.file_import.state == State.IMPORTING:
                    self._notify("error", f"{self.file_import.file_name} could not be imported", message)
        except ClaimLost:
            log.info("Import %s is worked by somebody else now.", self.file_import.pk)

    def give_back(self) -> None:
        """Lets the file go, so that somebody else can begin at once. One statement."""
        self._mine().update(claim_token=None, claimed_until=None)

    def _settle(self, **fields: Any) -> None:
        """Ends the work. Raises ClaimLost if the file is not ours any more."""
        fields = {"problem": "", "step": ""} | fields
        if not self._mine().update(claim_token=None, claimed_until=None, **fields):
            raise ClaimLost

    def _mine(self) -> Any:
        return FileImport.objects.filter(pk=self.file_import.pk, claim_token=self.token, state__in=FileImport.AT_WORK)

    def _notify(self, level: str, title: str, body: str) -> None:
        notify(
            provider_id=self.file_import.provider_id,
            staff_ids=[self.file_import.created_by_id],
            level=level,
            title=title[:200],
            body=body,
            subject_type="import",
            subject_id=self.file_import.pk,
        )
