"""Page: which column of a file feeds which field, with the first rows as they would be read."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.imports.file_imports import choose_map, save_map, start_check
from makegood.imports.guess import DELIMITERS
from makegood.imports.map import ENCODINGS, read_map
from makegood.imports.models import FileImport
from makegood.imports.preview import PreviewRow, preview
from makegood.imports.selectors import get_file_import, get_saved_map, list_saved_maps, read_head
from makegood.imports.simple_map import Choices, list_fields, make_document, read_choices
from makegood.kit.refusal import Refused
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.imports.mapping import DATES, FormOfMap, MapForm, label_of

DELIMITER_WORDS = {",": "Comma  ,", ";": "Semicolon  ;", "\t": "Tab", "|": "Bar  |"}
ENCODING_WORDS = {"utf-8": "UTF-8", "windows-1252": "Windows-1252", "latin-1": "Latin-1"}
DECIMAL_WORDS = {".": "Point, 10.50", ",": "Comma, 10,50"}


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.EDIT_CUSTOMERS, "import customers")
def map_file(request: StaffRequest, pk: int) -> HttpResponse:
    """Shows the map, or its preview as it is changed; on *Check* uses it."""
    file_import = or_404(get_file_import, request.membership.provider, pk)
    if file_import.state not in FileImport.OPEN:
        return redirect("import", pk)
    page = _Page(request, file_import)
    wants_check = request.POST.get("action") == "check" and not request.htmx
    if wants_check and page.check():
        return redirect("import", pk)
    template = "imports/_map.html" if request.htmx and request.htmx.target == "map" else "imports/map.html"
    return render(request, template, page.describe(), status=422 if wants_check else 200)


class _Page:
    def __init__(self, request: StaffRequest, file_import: FileImport) -> None:
        self.request = request
        self.file_import = file_import
        self.head = read_head(file_import)
        self.form = FormOfMap(file_import, self.head)
        self.problem = ""
        self.choices: Choices | None = None
        self.document: dict[str, Any] | None = None
        self.whole = ""
        try:
            self._choose()
        except Refused as refused:
            self.problem = refused.message

    def _choose(self) -> None:
        """The choices from the form, from a saved map, from the map that the file has, or as the file suggests."""
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        self.whole = given.get("map", "")
        known = self._find_document()
        if known is not None:
            self.choices = read_choices(known)
            self.document = known
        elif self.request.method == "POST":
            self.choices = self.form.read(self.request.POST)
        else:
            self.choices = self.form.guess()
        if self.choices is not None:
            # What stands in the form is what is used, also where a map came from elsewhere.
            self.whole = ""
            self.document = make_document(self.choices, self.file_import.holds) if known is None else known

    def _find_document(self) -> dict[str, Any] | None:
        if self.whole.isdigit():
            document: dict[str, Any] = or_404(get_saved_map, self.request.membership.provider, int(self.whole)).document
            return document
        if self.whole == "own" or (self.request.method != "POST" and self.file_import.document):
            self.whole = "own"
            return self.file_import.document
        return None

    def check(self) -> bool:
        """Uses the map and starts the check; whether that could be done."""
        missing = self._list_missing()
        if self.problem or self.document is None or missing:
            return False
        membership, save_as = self.request.membership, self.request.POST.get("save_as", "").strip()
        try:
            choose_map(membership=membership, file_import=self.file_import, document=self.document)
            if save_as:
                save_map(membership=membership, name=save_as, document=self.document)
                messages.success(self.request, f"The map “{save_as}” is saved for the next time.")
            start_check(membership=membership, file_import=self.file_import)
        except Refused as refused:
            self.problem = refused.message
            return False
        return True

    def _list_missing(self) -> list[str]:
        return self.form.show(self.choices).list_missing() if self.choices else []

    def describe(self) -> dict[str, Any]:
        shown: MapForm | None = None
        rows: list[PreviewRow] = []
        missing: list[str] = []
        if not self.problem:
            try:
                shown = self.form.show(self.choices) if self.choices else None
                missing = shown.list_missing() if shown else []
                if self.document is not None and not missing:
                    import_map = read_map(self.document, self.file_import.file_name)
                    rows = preview(self.head, self.file_import.file_name, import_map, self.request.membership.provider)
            except Refused as refused:
                self.problem = refused.message
        return {
            "file_import": self.file_import,
            "map": shown,
            "whole": self.whole,
            "problem": self.problem or self.file_import.problem,
            "missing": missing,
            "preview": _turn(rows, self.file_import.holds),
            "preview_rows": rows,
            "saved_maps": list_saved_maps(self.request.membership.provider),
            "save_as": self.request.POST.get("save_as", ""),
            "address": reverse("import-map", args=(self.file_import.pk,)),
            "delimiters": [(sign, DELIMITER_WORDS[sign]) for sign in DELIMITERS],
            "encodings": [(name, ENCODING_WORDS[name]) for name in ENCODINGS],
            "decimals": list(DECIMAL_WORDS.items()),
            "dates": DATES,
        }


def _turn(rows: list[PreviewRow], holds: str) -> list[tuple[str, list[str]]]:
    """The preview by field, as columns of records are easier to compare; fields that say nothing are left out."""
    good = [row for row in rows if not row.bad]
    turned = []
    names = [name for name, _ in list_fields(holds)]
    if any(name.startswith("order.") for row in good for name in row.values):
        names += [name for row in good for name in row.values if name not in names]
    for name in dict.fromkeys(names):
        if any(name in row.values for row in good):
            part, _, field = name.partition(".")
            turned.append((f"{part.capitalize()}: {label_of(field)}", [row.values.get(name, "") for row in good]))
    return turned
