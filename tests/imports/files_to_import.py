"""Files on their way through the import page, without the page."""

from collections.abc import Sequence

from makegood.imports.file_imports import bring_file, choose_map, start_check, start_import
from makegood.imports.models import FileImport
from makegood.providers.models import Membership

DOCUMENT = {"customer": {"number": "Number", "name": "Name"}}


def bring_rows(membership: Membership, rows: Sequence[str] = ("A-1,Al", "A-2,Bo")) -> FileImport:
    """A file with a map."""
    content = "\n".join(("Number,Name", *rows, "")).encode()
    file_import = bring_file(membership=membership, file_name="a.csv", content=[content], holds="customers")
    choose_map(membership=membership, file_import=file_import, document=DOCUMENT)
    return file_import


def ask_for_import(membership: Membership, file_import: FileImport, *, skip_bad: bool = False) -> FileImport:
    """The file on its way from the check to the import."""
    from makegood.imports.carry_out import carry_out

    start_check(membership=membership, file_import=file_import)
    carry_out(file_import.pk)
    start_import(membership=membership, file_import=file_import, skip_bad=skip_bad)
    return reload(file_import)


def reload(file_import: FileImport) -> FileImport:
    """The file as it stands in the database."""
    return FileImport.objects.get(pk=file_import.pk)
