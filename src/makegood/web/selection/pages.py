"""What a person selects on the Customer List and the Order List. Each answers with the bar that says what is selected.

Without JavaScript the same forms lead back to the list.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.kit.refusal import Refused
from makegood.providers.rules import Right
from makegood.runs.services.select import clear_selection, select_all_matching
from makegood.runs.services.select import tick as tick_records
from makegood.web.customers.pages import CUSTOMERS
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_query import ListQuery, read_query
from makegood.web.frame.list_selection import count_matching, describe_bar
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.orders.list_pages import ORDERS

KINDS = {kind.name: kind for kind in (CUSTOMERS, ORDERS)}
LONGEST_ID = 19
"""Of more digits are numbers beyond those that the database takes."""
LONGEST_QUERY = 8000

may_select = needs_right(Right.CREDIT_ONE, "select records to be credited", billing=True)


@require_safe
@may_select
def show_bar(request: StaffRequest, list_name: str) -> HttpResponse:
    """The bar as it is now: another tab may have changed it."""
    kind = _find_kind(list_name)
    return _answer(request, kind, request.GET, "")


@require_safe
@may_select
def count(request: StaffRequest, list_name: str) -> HttpResponse:
    """How many records match the filter that is selected by."""
    number = count_matching(request, _find_kind(list_name))
    return HttpResponse("" if number is None else f"{number:,}")


@require_POST
@may_select
def tick(request: StaffRequest, list_name: str) -> HttpResponse:
    """Ticks rows, or takes their ticks away."""
    kind = _find_kind(list_name)
    ticked = tick_records(
        membership=request.membership,
        list_name=kind.name,
        record_ids=_read_ids(request.POST, "tick"),
        on=request.POST.get("on") == "yes",
    )
    return _answer(request, kind, request.POST, _say_not_added(kind, ticked.not_added))


@require_POST
@may_select
def take_page(request: StaffRequest, list_name: str) -> HttpResponse:
    """Takes over the ticks of a page's rows as they stand in its form."""
    kind = _find_kind(list_name)
    shown, ticked = _read_ids(request.POST, "shown"), set(_read_ids(request.POST, "record"))
    unticked = [record_id for record_id in shown if record_id not in ticked]
    tick_records(membership=request.membership, list_name=kind.name, record_ids=unticked, on=False)
    done = tick_records(membership=request.membership, list_name=kind.name, record_ids=list(ticked), on=True)
    return _answer(request, kind, request.POST, _say_not_added(kind, done.not_added))


@require_POST
@may_select
def select_all(request: StaffRequest, list_name: str) -> HttpResponse:
    """Selects all records that match the filter of the list."""
    kind = _find_kind(list_name)
    query = _read_list_query(kind, request.POST)
    try:
        done = select_all_matching(membership=request.membership, list_name=kind.name, values=query.filters)
    except Refused as refused:
        return _answer(request, kind, request.POST, f"Nothing was changed. {refused.message}")
    left_out = done.not_added
    note = f"{kind.count_in_words(left_out)} ticked before {'is' if left_out == 1 else 'are'} not among them."
    return _answer(request, kind, request.POST, note if left_out else "")


@require_POST
@may_select
def clear(request: StaffRequest, list_name: str) -> HttpResponse:
    """Empties the selection."""
    kind = _find_kind(list_name)
    clear_selection(membership=request.membership, list_name=kind.name)
    return _answer(request, kind, request.POST, "")


def _answer(request: StaffRequest, kind: ListKind, data: QueryDict, note: str) -> HttpResponse:
    query = _read_list_query(kind, data)
    if not request.htmx:
        if note:
            messages.warning(request, note)
        return redirect(kind.url(query))
    bar = describe_bar(request, kind, query, _read_ids(data, "shown"))
    return render(request, "selection/_bar.html", {"kind": kind, "bar": bar, "note": note})


def _say_not_added(kind: ListKind, number: int) -> str:
    if not number:
        return ""
    one = number == 1
    return (
        f"{kind.count_in_words(number)} {'does' if one else 'do'} not match that filter and "
        f"{'was' if one else 'were'} not added. Clear the selection to begin another one."
    )


def _find_kind(list_name: str) -> ListKind:
    if list_name not in KINDS:
        raise Http404("There is no such list.")
    return KINDS[list_name]


def _read_list_query(kind: ListKind, data: QueryDict) -> ListQuery:
    """What the list shows, from its own address; every address that is answered is made from it."""
    return read_query(QueryDict(data.get("query", "")[:LONGEST_QUERY].removeprefix("?")), kind.table_class.own_order)


def _read_ids(data: QueryDict, name: str) -> list[int]:
    """Numbers of records; whatever is none is nobody's record."""
    texts = (text for value in data.getlist(name) for text in value.split(","))
    return [int(text) for text in texts if len(text) < LONGEST_ID and text.isascii() and text.isdigit()]
