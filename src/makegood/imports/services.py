"""Bringing customers and orders in: from a file with a map, or from records that a program makes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, OperationalError, transaction
from psycopg.errors import LockNotAvailable

from makegood.audit.services import record
from makegood.imports import staging
from makegood.imports.fields import Notation
from makegood.imports.files import SourceFile, open_source
from makegood.imports.map import ImportMap
from makegood.imports.records import CustomerRecord, stage_record
from makegood.imports.report import ImportReport
from makegood.imports.rows import RowStager
from makegood.imports.rules import BadValue, shown
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.transactions import opens_transaction
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import list_gl_codes
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider

OnStep = Callable[[str], None]
ROWS_BETWEEN_SIGNS = 2_000
CHECKING, WRITING = "Checking the rows", "Writing customers and orders"
"""Steps, in words."""


@dataclass(frozen=True)
class Asked:
    """Who asks for an import of a file, and who wants to know how it goes.

    staff_id: None for the operator's command line. import_id: what the audit names.
    most_rows: a file with more is refused; None for no limit.
    on_rows: is told now and then how many rows are read, and may raise to break off.
    on_written: is called in the transaction that writes, as its last step; raising there, too, undoes everything.
    """

    staff_id: int | None = None
    import_id: int | None = None
    most_rows: int | None = None
    on_rows: Callable[[int], None] = lambda rows: None
    on_written: Callable[[ImportReport], None] = lambda report: None


BY_NOBODY = Asked()


def import_file(
    *,
    provider: Provider,
    path: Path,
    import_map: ImportMap,
    dry_run: bool = False,
    skip_bad: bool = False,
    on_step: OnStep = lambda step: None,
    asked: Asked = BY_NOBODY,
) -> ImportReport:
    """Adds and updates the customers and orders of a file; the same file again changes nothing. Opens a transaction.

    All rows are checked first. If rows are bad, nothing is written, unless `skip_bad` leaves them out.
    dry_run: finds out all of that and writes nothing.
    on_step: is told what is done now, in a few words.
    Refused, with nothing written, if the file as a whole cannot be read, or does not have the map's columns.
    """
    gl_codes = _list_service_gl_codes(provider)
    notation = make_notation(provider, gl_codes)
    with open_source(path, import_map.file) as source:
        stager = RowStager(import_map, source.header, notation)
        report = ImportReport(dry_run=dry_run)
        importing = _Import(provider, gl_codes, report, on_step, asked)
        lines = _stage_rows(source, stager, report, asked)
        importing.carry_out(lines, stager.column_of, skip_bad, {"file": shown(path.name), "map": import_map.name})
    return report


def save_records(*, provider: Provider, records: Iterable[CustomerRecord]) -> ImportReport:
    """Adds and updates customers and orders that a program made, as `import_file` does. Opens a transaction.

    Refused, with nothing written, if a record is not valid.
    """
    report = ImportReport(dry_run=False)
    importing = _Import(provider, _list_service_gl_codes(provider), report, lambda step: None, BY_NOBODY)
    lines = _stage_records(records, report)
    importing.carry_out(lines, lambda section, field: field, False, {"file": None})
    if report.bad:
        raise Refused("record_invalid", f"Record {report.bad[0].line}: {report.bad[0].reason}.")
    return report


class _Import:
    """The steps of one import, in one transaction."""

    def __init__(
        self, provider: Provider, gl_codes: list[GLCode], report: ImportReport, on_step: OnStep, asked: Asked
    ) -> None:
        self.provider = provider
        self.gl_code_id = gl_codes[0].pk if gl_codes else None
        self.report = report
        self.on_step = on_step
        self.asked = asked
        self.at = now()
        self.today = today_of(provider)

    def carry_out(
        self, lines: Iterable[str], column_of: staging.ColumnOf, skip_bad: bool, origin: dict[str, str | None]
    ) -> None:
        """Stages, checks and, if nothing forbids it, writes."""
        report = self.report
        try:
            with opens_transaction():
                self._stage_and_check(lines, column_of)
                report.written = not report.dry_run and (skip_bad or not report.bad_rows)
                if report.written:
                    self._write(origin)
                else:
                    transaction.set_rollback(True)
        except IntegrityError as error:
            raise Refused(
                "import_conflict",
                "Somebody else changed the same records at the same moment; nothing was written. Import again.",
            ) from error
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise Refused(
                "import_waits",
                "Another import, or somebody who works on these customers, holds them for more than a minute; "
                "nothing was written. Import again later.",
            ) from None

    def _stage_and_check(self, lines: Iterable[str], column_of: staging.ColumnOf) -> None:
        self.on_step("Reading the rows")
        staging.prepare(self.provider.pk)
        staging.copy_lines(lines)
        self.on_step(CHECKING)
        staging.match(self.provider.pk, self.today)
        while staging.take_bad(self.report, column_of):
            # Without the bad rows another row of the same customer may lead.
            staging.match(self.provider.pk, self.today)
        if self.gl_code_id is None and staging.has_new_service_without_gl_code():
            raise Refused(
                "gl_code_missing",
                f"{self.provider.name} has no active GL code of type service for the services that the file brings.",
            )
        self.report.bad.sort()
        staging.count(self.report)

    def _write(self, origin: dict[str, str | None]) -> None:
        self.on_step(WRITING)
        staging.write(self.report, self.provider.pk, self.gl_code_id, self.at, self.today)
        report = self.report
        record(
            provider_id=self.provider.pk,
            staff_id=self.asked.staff_id,
            action="customers.imported",
            subject_type="import",
            subject_id=self.asked.import_id,
            detail=origin
            | {
                "rows": report.rows,
                "bad_rows": report.bad_rows,
                "customers": vars(report.customers),
                "orders": vars(report.orders),
            },
        )
        self.asked.on_written(report)


def make_notation(provider: Provider, gl_codes: list[GLCode] | None = None) -> Notation:
    """How the provider's prices and GL codes are written in a map and in files."""
    codes = _list_service_gl_codes(provider) if gl_codes is None else gl_codes
    return Notation(provider.currency_digits, {code.code: code.pk for code in codes})


def _list_service_gl_codes(provider: Provider) -> list[GLCode]:
    return list(list_gl_codes(provider).filter(type=GLCode.Type.SERVICE, active=True))


def _stage_rows(source: SourceFile, stager: RowStager, report: ImportReport, asked: Asked) -> Iterator[str]:
    rows, stage = 0, stager.stage
    try:
        for line, cells in source.records():
            if not rows % ROWS_BETWEEN_SIGNS:
                _give_sign(rows, asked)
            rows += 1
            try:
                staged = stage(line, cells)
            except BadValue:
                report.bad_rows += 1
                report.add_bad(stager.find_bad(line, cells))
            else:
                yield staged
    finally:
        report.rows = rows


def _give_sign(rows: int, asked: Asked) -> None:
    asked.on_rows(rows)
    if asked.most_rows is not None and rows >= asked.most_rows:
        raise Refused(
            "file_too_long",
            f"The file has more than {asked.most_rows:,} rows. Cut it, or import it on the command line.",
            "file",
        )


def _stage_records(records: Iterable[CustomerRecord], report: ImportReport) -> Iterator[str]:
    for number, customer in enumerate(records, 1):
        report.rows = number
        try:
            yield stage_record(number, customer)
        except BadValue as bad:
            raise Refused("record_invalid", f"Record {number}: a value {bad.reason}.") from None
