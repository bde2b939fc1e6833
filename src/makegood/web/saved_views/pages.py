"""Pages that keep how a person wants to see a list. They change nothing but that, so every role may use them."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from makegood.kit.refusal import Refused
from makegood.saved_views.selectors import get_own_filter
from makegood.saved_views.services import change_filter, choose_columns, delete_filter, save_filter
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.list_query import ListQuery, read_query
from makegood.web.frame.list_views import query_of
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window

may_be_sent = require_http_methods(["GET", "HEAD", "POST"])


class SavedFilterForm(forms.Form):
    """The name of a saved filter, and whether colleagues see it."""

    name = forms.CharField(max_length=60, label="Name", error_messages={"required": "Give the filter a name."})
    shared = forms.BooleanField(required=False, label="Share with everybody who works here")


@require_POST
def choose(request: StaffRequest, list_name: str) -> HttpResponse:
    """Takes over which columns are ticked, or goes back to the list's own choice."""
    back = request.POST.get("back", "")
    columns = None if request.POST.get("do") == "reset" else request.POST.getlist("column")
    choose_columns(membership=request.membership, list_name=_known(list_name), columns=columns)
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")


@may_be_sent
def save(request: StaffRequest, list_name: str) -> HttpResponse:
    """A window that saves what a list shows under a name."""
    typed = (request.POST if request.method == "POST" else request.GET).get("query", "")
    query = read_query(QueryDict(typed.removeprefix("?")), "")
    back = _address(list_name) + query.encode()
    form = SavedFilterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            save_filter(
                membership=request.membership,
                list_name=list_name,
                filters=query.filters,
                sort=query.sort,
                **form.cleaned_data,
            )
            messages.success(request, f"Saved as “{form.cleaned_data['name']}”.")
            return leave_window(request, back)
        except Refused as refused:
            add_refusal(form, refused)
    context = {"form": form, "query": query.encode(), "back": back, "saved": None, "list_name": list_name}
    return show_window(request, "saved_views/form.html", context, status=422 if form.errors else 200)


@may_be_sent
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """A window that renames a saved filter of one's own, shares it or deletes it."""
    saved = or_404(get_own_filter, request.membership, pk)
    back = _address(saved.list_name) + query_of(saved).encode()
    form = SavedFilterForm(request.POST or {"name": saved.name, "shared": saved.shared})
    if request.method == "POST" and form.is_valid():
        try:
            change_filter(membership=request.membership, saved=saved, **form.cleaned_data)
            messages.success(request, f"Saved as “{form.cleaned_data['name']}”.")
            return leave_window(request, back)
        except Refused as refused:
            add_refusal(form, refused)
    context = {"form": form, "back": back, "saved": saved}
    return show_window(request, "saved_views/form.html", context, status=422 if form.errors else 200)


@require_POST
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Deletes a saved filter of one's own."""
    saved = or_404(get_own_filter, request.membership, pk)
    delete_filter(membership=request.membership, saved=saved)
    messages.success(request, f"The saved filter “{saved.name}” is deleted.")
    return leave_window(request, _address(saved.list_name) + ListQuery({}).encode())


def _address(list_name: str) -> str:
    """The address of a list that stands by itself."""
    try:
        reverse(f"{list_name}-csv")
        return reverse(list_name)
    except NoReverseMatch:
        raise Http404("There is no such list.") from None


def _known(list_name: str) -> str:
    """The name, if it is that of a list, also one below a record."""
    for arguments in ([], [1]):
        try:
            reverse(f"{list_name}-csv", args=arguments)
        except NoReverseMatch:
            continue
        return list_name
    raise Http404("There is no such list.")
