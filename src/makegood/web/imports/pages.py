"""Pages of Settings > Import: the list, a new file, and what became of one."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.imports.file_imports import (
    LARGEST_FILE_BYTES,
    MOST_ROWS,
    bring_file,
    discard,
    estimate_percent,
    file_too_large,
    start_check,
    start_import,
)
from makegood.imports.filters import FileImportFilter, list_matching_imports
from makegood.imports.map import LARGEST_MAP_BYTES, parse_document, read_map
from makegood.imports.models import FileImport
from makegood.imports.report import MOST_REPORTED
from makegood.imports.selectors import get_file_import, list_bad
from makegood.kit.jobs import has_worker
from makegood.kit.refusal import Refused
from makegood.kit.spreadsheet import guard_text
from makegood.providers.rules import Right
from makegood.web.frame.csv_answer import answer_csv
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.imports.table import FileImportTable

import_customers = needs_right(Right.EDIT_CUSTOMERS, "import customers")
BAD_SHOWN = 50

IMPORTS = ListKind(
    name="imports",
    singular="import",
    plural="imports",
    title="Import",
    records=list_matching_imports,
    filter_class=FileImportFilter,
    table_class=FileImportTable,
    with_columns=lambda imports: imports.select_related("created_by"),
    search_hint="file name",
    actions="imports/_list_actions.html",
)


class UploadForm(forms.Form):
    """A file, what it holds, and a map if there is one."""

    file = forms.FileField(
        help_text=f"A table with the names of the columns in its first line: CSV, as spreadsheets and other systems "
        f"save it. At most {LARGEST_FILE_BYTES // 1024 // 1024} MB and {MOST_ROWS:,} rows.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )
    holds = forms.ChoiceField(choices=FileImport.Holds.choices, widget=forms.RadioSelect, label="What does it hold?")
    map_file = forms.FileField(
        required=False,
        label="Map file",
        help_text="A map in TOML, if you have one from the command line. Otherwise you say next which column is what.",
        error_messages={"empty": "The map file is empty."},
    )


@require_safe
@import_customers
def show_all(request: StaffRequest) -> HttpResponse:
    """All imports by page."""
    return show_list(request, IMPORTS)


@require_safe
@import_customers
def count(request: StaffRequest) -> HttpResponse:
    """How many imports match."""
    return count_list(request, IMPORTS)


@require_safe
@import_customers
def export(request: StaffRequest) -> HttpResponseBase:
    """The imports that match, as a CSV file."""
    return export_list(request, IMPORTS)


@require_http_methods(["GET", "HEAD", "POST"])
@import_customers
def bring(request: StaffRequest) -> HttpResponse:
    """Takes a file."""
    form = UploadForm(initial={"holds": FileImport.Holds.CUSTOMERS}, label_suffix="")
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, label_suffix="")
        if getattr(request, "upload_too_large", False):
            form.full_clean()
            form.errors.pop("file", None)
            add_refusal(form, file_too_large())
        elif form.is_valid():
            try:
                file_import = _bring(request, form.cleaned_data)
            except Refused as refused:
                add_refusal(form, refused, {"map": "map_file"})
            else:
                return redirect("import-map", file_import.pk)
    return render(request, "imports/new.html", {"form": form}, status=422 if form.is_bound else 200)


def _bring(request: StaffRequest, given: dict[str, Any]) -> FileImport:
    document = None
    if given["map_file"]:
        content = given["map_file"].read(LARGEST_MAP_BYTES + 1)
        if len(content) > LARGEST_MAP_BYTES:
            raise Refused("map_too_large", "The map file is larger than a map can be.", "map")
        name = str(given["map_file"].name)
        document = parse_document(content, name)
        read_map(document, name)
    return bring_file(
        membership=request.membership,
        file_name=str(given["file"].name),
        content=given["file"].chunks(),
        holds=given["holds"],
        document=document,
    )


@require_safe
@import_customers
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """What became of a file, or how far it is."""
    file_import = or_404(get_file_import, request.membership.provider, pk)
    if file_import.state == FileImport.State.DRAFT and file_import.document is None:
        return redirect("import-map", pk)
    return render(request, "imports/import.html", _describe(file_import))


@require_safe
@import_customers
def show_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """How far it is, for the page that looks again and again; the whole page once it is done."""
    file_import = or_404(get_file_import, request.membership.provider, pk)
    response = render(request, "imports/_progress.html", _describe(file_import))
    if file_import.state not in FileImport.AT_WORK:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@import_customers
def check(request: StaffRequest, pk: int) -> HttpResponse:
    """Checks the file again, with the map it has."""
    file_import = or_404(get_file_import, request.membership.provider, pk)
    return _do(request, file_import, lambda: start_check(membership=request.membership, file_import=file_import))


@require_POST
@import_customers
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Imports a file that is checked."""
    file_import = or_404(get_file_import, request.membership.provider, pk)
    skip_bad = request.POST.get("skip_bad") == "yes"
    return _do(
        request,
        file_import,
        lambda: start_import(membership=request.membership, file_import=file_import, skip_bad=skip_bad),
    )


@require_POST
@import_customers
def throw_away(request: StaffRequest, pk: int) -> HttpResponse:
    """Throws away a file that is not wanted after all."""
    file_import = or_404(get_file_import, request.membership.provider, pk)
    return _do(request, file_import, lambda: discard(membership=request.membership, file_import=file_import))


@require_safe
@import_customers
def export_bad(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The bad rows with their reasons, as a CSV file."""
    file_import = or_404(get_file_import, request.membership.provider, pk)
    return answer_csv(f"import-{pk}-bad-rows.csv", ["Line", "Column", "Value", "Reason"], _list_bad_rows(file_import))


def _list_bad_rows(file_import: FileImport) -> Iterator[list[object]]:
    told = list_bad(file_import)
    for bad in told:
        yield [bad.line, guard_text(bad.column), guard_text(bad.value), guard_text(bad.reason)]
    if len(told) >= MOST_REPORTED:
        yield ["", "", "", f"Only the first {MOST_REPORTED:,} reasons are kept; mend these and check the file again."]


def _do(request: StaffRequest, file_import: FileImport, act: Any) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(reverse("import", args=(file_import.pk,)))


def _describe(file_import: FileImport) -> dict[str, Any]:
    bad = list_bad(file_import)
    at_work = file_import.state in FileImport.AT_WORK
    return {
        "file_import": file_import,
        "report": file_import.report,
        "bad": bad[:BAD_SHOWN],
        "more_bad": len(bad) > BAD_SHOWN,
        "percent": estimate_percent(file_import),
        "at_work": at_work,
        "lacks_worker": at_work and not has_worker(),
        "is_open": file_import.state in FileImport.OPEN,
    }
