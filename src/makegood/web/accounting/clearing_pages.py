"""Pages: the clearing account beside what processors say of their balance."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from makegood.gateways.selectors import list_gateways
from makegood.gateways.wake import wake_fetching
from makegood.payments.reconciling import KINDS, SETTLED, Compared, Match, Reconciliation, Totals, reconcile
from makegood.providers.rules import Right
from makegood.web.accounting.report_days import ask_days, describe
from makegood.web.accounting.report_table import ReportRow, ReportTable, file_head, file_rows
from makegood.web.frame.csv_answer import answer_csv
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest

MOST_SHOWN = 200
"""Of what differs, on the page; the file has all."""
AMOUNTS = ("Booked", "At the processor", "Difference")


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """What was booked on the clearing account in some days, what moved the balance, and what does not agree."""
    provider = request.membership.provider
    form, days = ask_days(request.GET, provider)
    address = reverse("clearing-report")
    context = {"address": address, "has_gateway": list_gateways(provider).exists(), **describe(form, provider)}
    if days is not None:
        found = reconcile(provider, days.first, days.last)
        open_ones = found.list_of(Match.UNDER_WAY, Match.NOT_LOOKED_AT)
        context |= {
            "found": found,
            "totals": found.totals,
            "agreeing": found.counts[Match.AGREES],
            "waiting": found.counts[Match.NOT_LOOKED_AT],
            "kinds": _kinds_table(found),
            "apart": _apart_table(found.totals),
            "differing": _objects_table("What does not agree", found.differences, says_what_to_do=True),
            "open": _objects_table("Not settled yet", open_ones),
            "file_url": f"{address}.csv?{request.GET.urlencode()}",
        }
    return render(request, "reports/clearing.html", context, status=422 if form.errors else 200)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """Every charge, refund and dispute of the days, with how it stands, as a file."""
    provider = request.membership.provider
    form, days = ask_days(request.GET, provider)
    if days is None:
        said = [str(error) for errors in form.errors.values() for error in errors]
        return HttpResponseBadRequest("\n".join(said), content_type="text/plain; charset=utf-8")
    found = reconcile(provider, days.first, days.last)
    table = ReportTable("", _HEADS, AMOUNTS, [_row(each) for each in found.compared])
    name = f"clearing-{provider.slug}-{days.first}-{days.last}.csv"
    return answer_csv(name, file_head(table, provider), file_rows(table, provider))


@require_POST
@needs_right(Right.BILL, "reconcile the clearing account")
def fetch(request: StaffRequest) -> HttpResponse:
    """Has the processors asked what moved their balances since the last look."""
    with transaction.atomic():
        for gateway in list_gateways(request.membership.provider):
            wake_fetching(gateway.pk)
    messages.success(request, "The processor is being asked. Show the page again in a moment.")
    return redirect("clearing-report")


_HEADS = ("Payment", "What", "Reference", "How it stands")


def _kinds_table(found: Reconciliation) -> ReportTable:
    totals = found.totals
    is_known = totals.looked_at is not None or any(totals.moved.values())
    moved = totals.moved if is_known else dict.fromkeys(KINDS)
    rows = [_sums(_PLURALS[kind], totals.booked[kind], moved[kind]) for kind in KINDS]
    all_moved = sum(totals.moved.values()) if is_known else None
    below = [_sums("Together", sum(totals.booked.values()), all_moved, "total")]
    return ReportTable("By kind", ("What",), AMOUNTS, rows, below)


_PLURALS = {"charge": "Charges", "refund": "Refunds and pay-outs to customers", "dispute": "Disputes and returns"}


def _sums(words: str, booked: int, moved: int | None, tone: str = "") -> ReportRow:
    """moved: None where nobody knows what the processor has."""
    return ReportRow((words,), (booked, moved, None if moved is None else booked - moved), tone=tone)


def _apart_table(totals: Totals) -> ReportTable:
    """From the clearing account to the processor's balance."""
    before, within = totals.apart_before, totals.apart_within
    lines = [
        ("Fees", before.fee_minor, within.fee_minor),
        ("Transfers to your bank", before.pay_out_minor, within.pay_out_minor),
        ("Something else at the processor", before.other_minor, within.other_minor),
        ("On one side only: on its way, on another day, or different", before.one_side_minor, within.one_side_minor),
    ]
    rows = [ReportRow((words,), (first, then, first + then)) for words, first, then in lines if first or then]
    apart = (before.total_minor, within.total_minor, before.total_minor + within.total_minor)
    below = [ReportRow(("Processor's balance less clearing account",), apart, tone="total")]
    heads = ("Before these days", "In these days", "Together")
    return ReportTable("Why the two stand apart", ("What",), heads, rows, below)


def _objects_table(title: str, compared: list[Compared], *, says_what_to_do: bool = False) -> ReportTable:
    """says_what_to_do: in a column of its own."""
    heads = (*_HEADS, "What to do") if says_what_to_do else _HEADS
    more = f"The first {MOST_SHOWN} of {len(compared):,}; the file has all." if len(compared) > MOST_SHOWN else ""
    rows = [_row(each, *([each.to_do] if says_what_to_do else [])) for each in compared[:MOST_SHOWN]]
    return ReportTable(title, heads, AMOUNTS, rows, note=more)


def _row(each: Compared, *besides: str) -> ReportRow:
    return ReportRow(
        (f"Payment {each.payment_id}" if each.payment_id else "None", each.kind.capitalize(), each.reference,
         each.match.words, *besides),
        (each.booked_minor, each.moved_minor, each.difference_minor),
        url=reverse("payment", args=[each.payment_id]) if each.payment_id else "",
        tone="" if each.match in SETTLED else "bad",
    )  # fmt: skip
