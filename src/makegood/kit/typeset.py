"""Documents as PDF: a typst template and the data that it shows. Knows no document by itself."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import typst


class TypesetFailed(RuntimeError):
    """A template that cannot be typeset with the data that it was given: a fault of ours, with typst's explanation."""


def load_template(package: str, name: str) -> str:
    """The text of ``typst/<name>.typ`` in the domain folder of `package`, such as ``makegood.invoices``."""
    return _read(".".join(package.split(".")[:2]), name)


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """The template with the data as a PDF; the same input gives the same bytes. Raises TypesetFailed.

    The template reads the data with ``#let data = json("/data.json")``: texts, whole numbers, true and false, lists and
    mappings; days become texts such as ``2026-01-31``. Nothing of the data is ever read as markup. Money comes written
    out. ``#import "/house.typ": *`` gives the page, the fonts and the tables that all documents share; texts in a
    script that typst's own fonts lack need a font of the system.
    """
    sources = {
        "main.typ": template.encode(),
        "house.typ": _read(__package__, "house").encode(),
        "data.json": json.dumps(data, default=_write).encode(),
    }
    try:
        document = typst.Compiler(sources, font_paths=_fonts()).compile(format="pdf")  # type: ignore[type-var]  # files by name are taken, the stub does not know it
    except typst.TypstError as failure:
        raise TypesetFailed("\n".join([failure.message, *failure.hints, *failure.trace])) from failure
    assert isinstance(document, bytes)
    return document


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the system and typst's own; to look for them takes ten times as long as a page."""
    return typst.Fonts()


@cache
def _read(domain: str, name: str) -> str:
    return files(domain).joinpath("typst", f"{name}.typ").read_text(encoding="utf-8")


def _write(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a document cannot show {type(value).__name__}")
