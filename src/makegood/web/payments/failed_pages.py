"""Pages: the failed payments to work on."""

from dataclasses import replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.invoices.rules import OWED
from makegood.payments.filters import FailedPaymentFilter, list_matching_failed
from makegood.payments.models import PaymentClaim
from makegood.payments.selectors_failed import list_with_next_try
from makegood.payments.selectors_held import list_held
from makegood.providers.rules import Right
from makegood.providers.selectors import can_act
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.payments.table import FailedPaymentTable, FailedPaymentWorkTable

MOST_HELD = 10


def _with_columns(payments: QuerySet[Any]) -> QuerySet[Any, Any]:
    """With the invoices that are still owed and what of them, and how often the most tried of them was tried."""
    owed = PaymentClaim.objects.filter(payment=OuterRef("pk"), invoice__state__in=OWED)
    numbers = owed.order_by("invoice__number").values(found=JSONObject(id=F("invoice_id"), number=F("invoice__number")))
    each = owed.order_by().values("payment")
    tries = each.annotate(most=Max("invoice__collection__tries")).values("most")
    owed_minor = each.annotate(sum=Sum("invoice__due_minor")).values("sum")
    rows = list_with_next_try(payments).select_related("customer", "payment_method")
    return rows.annotate(still_owed=ArraySubquery(numbers), owed_minor=Subquery(owed_minor), tries=Subquery(tries))


FAILED = ListKind(
    name="failed-payments",
    singular="failed payment",
    plural="failed payments",
    title="Failed payments",
    folder="payments/failed",
    records=list_matching_failed,
    filter_class=FailedPaymentFilter,
    table_class=FailedPaymentTable,
    with_columns=_with_columns,
    search_hint="customer, payment or invoice",
    amounts=("amount",),
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The failed payments whose invoices are still owed."""
    may_work = can_act(request.membership, Right.BILL) and request.membership.provider.end_customer_billing
    kind = replace(FAILED, table_class=FailedPaymentWorkTable) if may_work else FAILED
    return show_list(request, kind, around={} if request.htmx else _list_held(request))


def _list_held(request: StaffRequest) -> dict[str, Any]:
    """What autopay does not charge after a dispute, the longest held first; and whether there are more."""
    held = list_held(request.membership.provider, MOST_HELD + 1)
    return {"held": held[:MOST_HELD], "more_held": len(held) > MOST_HELD}


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many match."""
    return count_list(request, FAILED)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """Those that match, as a CSV file."""
    return export_list(request, FAILED)
