"""Letting the next invoice run bill anew what a voided invoice has billed."""

from datetime import date, timedelta

from django.db.models import Max

from makegood.invoices.models import BillingAccount, Invoice, InvoiceLine, OrderBilling
from makegood.kit.refusal import Refused
from makegood.kit.transactions import demand_transaction


def require_can_bill_again(invoice: Invoice) -> None:
    """Refused unless the invoice is of a period and the last that the customer got: only then are its days known."""
    last = Invoice.objects.filter(
        provider_id=invoice.provider_id, customer_id=invoice.customer_id, number__isnull=False
    ).exclude(kind=Invoice.Kind.SINGLE)
    if invoice.kind != Invoice.Kind.PERIOD or last.order_by("-id").values_list("pk", flat=True).first() != invoice.pk:
        raise Refused(
            "not_the_last_invoice",
            "Only the days of a customer's last invoice can be billed again. Void it without that, and charge by hand.",
            "bill_again",
        )
    if InvoiceLine.objects.filter(invoice=invoice, kind__in=["price_change", "unused_time"]).exists():
        raise Refused(
            "has_corrections",
            "This invoice corrects earlier ones, so its days cannot be billed again by themselves.",
            "bill_again",
        )
    if _has_passed(invoice):
        raise Refused(
            "days_have_passed",
            "Days after this invoice have passed without being billed, and would be billed as well. "
            "Void it without that, and charge by hand.",
            "bill_again",
        )


def _has_passed(invoice: Invoice) -> bool:
    """Whether orders on the invoice have got beyond the days that it billed; no later invoice has billed those."""
    services = InvoiceLine.objects.filter(invoice=invoice, kind=InvoiceLine.Kind.SERVICE)
    ends = dict(services.values_list("order_id").annotate(Max("to_on")))
    billings = OrderBilling.objects.filter(order_id__in=ends).values_list("order_id", "billed_until")
    return any(until != ends[order_id] + timedelta(days=1) for order_id, until in billings)


def set_back(invoice: Invoice) -> None:
    """Takes the customer's account and orders back to before the invoice. Demands its transaction and lock."""
    demand_transaction()
    BillingAccount.objects.filter(customer_id=invoice.customer_id).update(next_period_on=invoice.period_from)
    begins: dict[int, date] = {}
    lines = InvoiceLine.objects.filter(invoice=invoice, kind=InvoiceLine.Kind.SERVICE)
    for line in lines.order_by("-from_on"):
        if line.order_id and line.from_on:
            begins[line.order_id] = line.from_on
    billings = list(OrderBilling.objects.filter(order_id__in=begins))
    for billing in billings:
        billing.billed_until = begins[billing.order_id]
    OrderBilling.objects.bulk_update(billings, ["billed_until"])
