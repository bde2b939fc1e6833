"""Reads of files that were brought to the import page, and of saved maps."""

from collections.abc import Iterator
from pathlib import Path

from django.db.models import Q, QuerySet

from makegood.imports.models import FileImport, SavedMap
from makegood.imports.report import BadRow
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider


def list_file_imports(provider: Provider) -> QuerySet[FileImport]:
    """The provider's imports by page, newest first."""
    return FileImport.objects.select_related("created_by", "provider").filter(provider=provider).order_by("-id")


def get_file_import(provider: Provider, pk: int) -> FileImport:
    """The provider's import of that number; Refused if there is none."""
    found = list_file_imports(provider).filter(pk=pk).first()
    if found is None:
        raise Refused("import_unknown", f"{provider.name} has no such import.", "import")
    return found


def list_saved_maps(provider: Provider) -> QuerySet[SavedMap]:
    """The provider's maps, by name."""
    return SavedMap.objects.filter(provider=provider).order_by("name")


def get_saved_map(provider: Provider, pk: int) -> SavedMap:
    """The provider's map of that number; Refused if there is none."""
    found = list_saved_maps(provider).filter(pk=pk).first()
    if found is None:
        raise Refused("map_unknown", f"{provider.name} has no such map.", "map")
    return found


def read_head(file_import: FileImport) -> bytes:
    """The beginning of the file, up to the end of a line; empty when its content is gone."""
    first = file_import.parts.filter(number=0).first()
    if first is None:
        return b""
    head = bytes(first.content)
    return head if len(head) == file_import.size_bytes else head[: head.rfind(b"\n") + 1] or head


def write_content(file_import: FileImport, path: Path) -> None:
    """Writes the content of the file, piece by piece."""
    with path.open("wb") as stream:
        for number in file_import.parts.order_by("number").values_list("number", flat=True):
            stream.write(bytes(file_import.parts.get(number=number).content))


def list_bad(file_import: FileImport) -> list[BadRow]:
    """What is wrong with the file, as far as it is kept, in its order."""
    return [BadRow(**bad) for bad in (file_import.report or {}).get("bad", [])]


def list_without_worker() -> QuerySet[FileImport]:
    """Imports that should get on and that nobody works at this moment."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now())
    return FileImport.objects.filter(free, state__in=FileImport.AT_WORK).order_by("id")


def iterate_parts(content: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The same content in pieces of that size."""
    rest = b""
    for piece in content:
        rest += piece
        while len(rest) >= size:
            yield rest[:size]
            rest = rest[size:]
    if rest:
        yield rest
