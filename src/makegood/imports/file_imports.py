"""What a person can do on the import page. The import itself is `makegood.imports.services.import_file`."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction

from makegood.audit.services import record
from makegood.imports.map import read_map
from makegood.imports.models import FileImport, FileImportPart, SavedMap
from makegood.imports.selectors import iterate_parts
from makegood.imports.services import CHECKING, WRITING
from makegood.imports.simple_map import find_holds
from makegood.kit.clock import now
from makegood.kit.jobs import queue
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

LARGEST_FILE_BYTES = 200 * 1024 * 1024
MOST_ROWS = 1_000_000
PART_BYTES = 1024 * 1024
KEPT_FOR = timedelta(days=7)
"""After so long a file that nobody went on with is discarded."""

State = FileImport.State


def require_import(membership: Membership) -> None:
    """Refused, with who could, for a person who may not import: one needs the right to edit customers."""
    require_right(membership, Right.EDIT_CUSTOMERS, "import customers")


def bring_file(
    *,
    membership: Membership,
    file_name: str,
    content: Iterable[bytes],
    holds: str,
    document: dict[str, Any] | None = None,
) -> FileImport:
    """Keeps a file, to be mapped. Opens a transaction. document: a map that is there already.

    Refused for a file that is empty, too large or plainly no table.
    """
    require_import(membership)
    if holds not in FileImport.Holds.values:
        raise Refused("holds_unknown", "Say what the file holds.", "holds")
    with transaction.atomic():
        file_import = FileImport.objects.create(
            provider_id=membership.provider_id,
            created_by_id=membership.staff_id,
            created_at=now(),
            file_name=_clean_name(file_name),
            size_bytes=0,
            holds=find_holds(document) if document else holds,
            document=document,
        )
        for number, piece in enumerate(iterate_parts(iter(content), PART_BYTES)):
            if not number:
                _require_table(piece)
            file_import.size_bytes += len(piece)
            file_import.lines += piece.count(b"\n")
            if file_import.size_bytes > LARGEST_FILE_BYTES:
                raise file_too_large()
            FileImportPart.objects.create(
                provider_id=membership.provider_id, file_import=file_import, number=number, content=piece
            )
        if not file_import.size_bytes:
            raise Refused("file_empty", "The file is empty.", "file")
        file_import.save(update_fields=["size_bytes", "lines"])
        _record(file_import, membership.staff_id, "import.file_brought", {"file": file_import.file_name})
    return file_import


def choose_map(*, membership: Membership, file_import: FileImport, document: dict[str, Any]) -> None:
    """Uses this map for the file from now on; what was checked before has to be checked again. Opens a transaction.

    Refused for what is no map, and once the import has begun.
    """
    require_import(membership)
    read_map(document, file_import.file_name)
    with transaction.atomic():
        locked = _lock_open(file_import)
        locked.document, locked.state, locked.report, locked.problem = document, State.DRAFT, None, ""
        locked.save(update_fields=["document", "state", "report", "problem"])


def save_map(*, membership: Membership, name: str, document: dict[str, Any]) -> SavedMap:
    """Keeps a map under a name for the next time; one of the same name is replaced. Opens a transaction."""
    require_import(membership)
    name = name.strip()
    if not name or len(name) > 100:
        raise Refused("name_malformed", "The name of a map has 1 to 100 characters.", "save_as")
    read_map(document, name)
    with transaction.atomic():
        saved, _ = SavedMap.objects.update_or_create(
            provider_id=membership.provider_id,
            name=name,
            defaults={"document": document, "updated_at": now()},
            create_defaults={
                "document": document,
                "updated_at": now(),
                "created_at": now(),
                "created_by_id": membership.staff_id,
            },
        )
        record(
            provider_id=membership.provider_id,
            staff_id=membership.staff_id,
            action="import.map_saved",
            subject_type="import_map",
            subject_id=saved.pk,
            detail={"name": name},
        )
    return saved


def start_check(*, membership: Membership, file_import: FileImport) -> None:
    """Has the file checked in the background, with nothing written. Opens a transaction. Twice is once."""
    require_import(membership)
    with transaction.atomic():
        locked = FileImport.objects.select_for_update().get(pk=file_import.pk)
        if locked.state == State.CHECKING:
            return
        _require_open(locked)
        if locked.document is None:
            raise Refused("map_missing", "Say first which column feeds which field.", "map")
        _go_to_work(locked, State.CHECKING)


def start_import(*, membership: Membership, file_import: FileImport, skip_bad: bool) -> None:
    """Has a checked file imported in the background. Opens a transaction. Twice is once.

    Refused for a file that was not checked, and for bad rows unless `skip_bad` leaves them out.
    """
    require_import(membership)
    with transaction.atomic():
        locked = FileImport.objects.select_for_update().get(pk=file_import.pk)
        if locked.state in (State.IMPORTING, State.FINISHED):
            return
        if locked.state != State.CHECKED or locked.report is None:
            raise Refused("not_checked", "The file has to be checked first.")
        if locked.report["bad_rows"] and not skip_bad:
            raise Refused(
                "rows_bad", "Rows are bad. Mend the file and bring it again, or say that they are left out.", "skip_bad"
            )
        locked.skip_bad = skip_bad
        _go_to_work(locked, State.IMPORTING)
        _record(locked, membership.staff_id, "import.started", {"file": locked.file_name, "skip_bad": skip_bad})


def discard(*, membership: Membership, file_import: FileImport) -> None:
    """Throws away a file that is not imported. Opens a transaction. Refused while it is worked, and afterwards."""
    require_import(membership)
    with transaction.atomic():
        locked = FileImport.objects.select_for_update().get(pk=file_import.pk)
        if locked.state == State.DISCARDED:
            return
        _require_open(locked)
        _throw_away(locked)
        _record(locked, membership.staff_id, "import.discarded", {"file": locked.file_name})


def discard_forgotten() -> None:
    """Throws away files that nobody went on with for a week. Opens a transaction for each."""
    forgotten = FileImport.objects.filter(state__in=FileImport.OPEN, created_at__lt=now() - KEPT_FOR)
    for pk in forgotten.values_list("pk", flat=True):
        with transaction.atomic():
            locked = FileImport.objects.select_for_update().get(pk=pk)
            if locked.state in FileImport.OPEN:
                _throw_away(locked)
                _record(locked, None, "import.discarded", {"file": locked.file_name})


def enqueue(file_import: FileImport) -> None:
    """Puts a job for the import into the queue, in the transaction that is open if one is."""
    queue.configure_task("imports.carry_out", allow_unknown=False).defer(import_id=file_import.pk)


def estimate_percent(file_import: FileImport) -> int:
    """How far the work is: reading is the first half, by rows; checking and writing are told by their names."""
    if file_import.step == CHECKING:
        return 60
    if file_import.step == WRITING:
        return 80
    return min(50, 50 * file_import.progress_rows // max(file_import.lines, 1))


def file_too_large() -> Refused:
    """What is said of a file beyond `LARGEST_FILE_BYTES`."""
    megabytes = LARGEST_FILE_BYTES // 1024 // 1024
    return Refused(
        "file_too_large",
        f"The file is larger than {megabytes} MB. Cut it into several, or import it on the command line.",
        "file",
    )


def _go_to_work(file_import: FileImport, state: str) -> None:
    file_import.state, file_import.problem = state, ""
    file_import.step, file_import.progress_rows = "Waiting for a worker", 0
    file_import.claim_token = file_import.claimed_until = None
    file_import.save()
    enqueue(file_import)


def _lock_open(file_import: FileImport) -> FileImport:
    locked = FileImport.objects.select_for_update().get(pk=file_import.pk)
    _require_open(locked)
    return locked


def _require_open(file_import: FileImport) -> None:
    if file_import.state in FileImport.AT_WORK:
        raise Refused("import_at_work", "The file is being worked on. Wait until that is done.")
    if file_import.state not in FileImport.OPEN:
        raise Refused(
            "import_over", f"This file is {file_import.get_state_display().lower()} already. Bring a new one."
        )


def _throw_away(file_import: FileImport) -> None:
    file_import.state, file_import.finished_at = State.DISCARDED, now()
    file_import.save(update_fields=["state", "finished_at"])
    file_import.parts.all().delete()


def _require_table(head: bytes) -> None:
    start = head[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refused(
            "file_workbook",
            "This is a workbook of a spreadsheet program. Save the sheet as CSV and bring that.",
            "file",
        )
    if start[:1] in (b"{", b"["):
        raise Refused("file_json", "This is JSON, not a table. Save the records as CSV and bring that.", "file")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("file_encoding", "The file is in UTF-16; save it as UTF-8 and bring that.", "file")
    if b"\x00" in head[:4096]:
        raise Refused("file_not_text", "This is not a text file. Save the table as CSV and bring that.", "file")
    if not start:
        raise Refused("file_empty", "The file is empty.", "file")


def _clean_name(file_name: str) -> str:
    shown = "".join(character for character in file_name if character.isprintable()).strip()
    return shown[-200:] or "file.csv"


def _record(file_import: FileImport, staff_id: int | None, action: str, detail: dict[str, Any]) -> None:
    record(
        provider_id=file_import.provider_id,
        staff_id=staff_id,
        action=action,
        subject_type="import",
        subject_id=file_import.pk,
        detail=detail,
    )
