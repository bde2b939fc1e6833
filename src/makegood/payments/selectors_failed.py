"""Failed payments that somebody should work on: those whose invoices are still owed and not under way again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.lookups import Exact

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED
from makegood.payments.models import Collection, Payment, PaymentClaim, PaymentMethod
from makegood.payments.rules import Purpose, State
from makegood.providers.models import Provider


@dataclass(frozen=True)
class FailedCount:
    """Failed payments: all, those that autopay tries again by itself, and those that wait for a person."""

    payments: int
    tried_again: int
    given_up: int


@dataclass(frozen=True)
class StillOwed:
    """An invoice that a failed payment was for; minor units of what is due now. next_try_on: None if given up."""

    invoice_id: int
    number: int | None
    due_minor: int
    tries: int
    next_try_on: date | None
    given_up_on: date | None


def list_failed(provider: Provider) -> QuerySet[Payment]:
    """Failed payments that were the last to be tried for an invoice that is still owed, unordered.

    Nothing is under way for it. Of autopay only while it goes on with the invoice or has given it up. One condition on
    what each payment was for, so that the newest are found one by one, and all of them together.
    """
    # That it was autopay's last payment follows from its being the last. Asked besides, it would have the planner
    # believe that there are next to none, and gather all of them for the first page.
    stands = Q(invoice__collection__next_try_on__isnull=False) | Q(invoice__collection__given_up_on__isnull=False)
    autopay = stands & Q(invoice__collection__tries__gt=0)
    last_tried = PaymentClaim.objects.filter(
        ~_has_later_claim("invoice_id", "payment_id"),
        autopay | Q(Exact(OuterRef("purpose"), Value(Purpose.CHARGE))),
        payment=OuterRef("pk"),
        provider=provider,
        invoice__state__in=OWED,
        invoice__in_flight_minor=0,
    )
    return Payment.objects.filter(Exists(last_tried), provider=provider, state=State.FAILED)


def list_with_next_try(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """The same with `next_try_on`: the day on which autopay tries one of its invoices again; None if on none.

    What is held after a dispute is not tried by itself.
    """
    held = PaymentMethod.objects.filter(customer=OuterRef("customer_id"), is_default=True, held_at__isnull=False)
    tried = Collection.objects.filter(
        ~Exists(held),
        invoice__payment_claims__payment=OuterRef("pk"),
        next_try_on__isnull=False,
        invoice__state__in=OWED,
    )
    return payments.annotate(next_try_on=Subquery(tried.order_by("next_try_on").values("next_try_on")[:1]))


def count_failed(provider: Provider) -> FailedCount:
    """How many there are to work on. One query."""
    # Looked up once for all of them, not once for each.
    held = PaymentMethod.objects.filter(provider=provider, is_default=True, held_at__isnull=False, removed_at=None)
    tried_again = PaymentClaim.objects.filter(
        ~Q(invoice__customer__in=held.values("customer")),
        provider=provider,
        invoice__state__in=OWED,
        invoice__collection__next_try_on__isnull=False,
    )
    again = Q(pk__in=tried_again.values("payment_id"))
    count = list_failed(provider).aggregate(payments=Count("pk"), again=Count("pk", filter=again))
    return FailedCount(count["payments"], count["again"], count["payments"] - count["again"])


def count_failed_of(customer: Customer) -> FailedCount:
    """The same of one customer. One query."""
    failed = list_failed(customer.provider).filter(customer=customer)
    count = list_with_next_try(failed).aggregate(payments=Count("pk"), again=Count("next_try_on"))
    return FailedCount(count["payments"], count["again"], count["payments"] - count["again"])


@dataclass(frozen=True)
class GivenUp:
    """What of a customer autopay has given up and is still owed: how many invoices, minor units of what is due.

    last_on: the day on which it gave up the last of them; None for none.
    """

    invoices: int
    due_minor: int
    last_on: date | None


def find_given_up(customer: Customer) -> GivenUp:
    """What of the customer autopay does not try again by itself. One query."""
    given_up = Invoice.objects.filter(
        provider_id=customer.provider_id,
        customer=customer,
        state__in=OWED,
        by_hand=False,
        in_flight_minor=0,
        collection__given_up_on__isnull=False,
    )
    found = given_up.aggregate(
        invoices=Count("pk"), due_minor=Sum("due_minor", default=0), last_on=Max("collection__given_up_on")
    )
    return GivenUp(found["invoices"], found["due_minor"], found["last_on"])


def _has_later_claim(invoice: str, payment: str) -> Exists:
    """Whether something was tried for the invoice after the payment."""
    return Exists(PaymentClaim.objects.filter(invoice=OuterRef(invoice), payment__gt=OuterRef(payment)))


def list_still_owed(payment_ids: Iterable[int]) -> Mapping[int, list[StillOwed]]:
    """What of failed payments is still owed, by payment, lowest invoice number first. One query.

    An invoice stands with each payment that was for it, whichever was the last.
    """
    claims = PaymentClaim.objects.filter(payment__in=list(payment_ids), invoice__state__in=OWED)
    found = claims.order_by("invoice__number").values_list(
        "payment_id",
        "invoice_id",
        "invoice__number",
        "invoice__due_minor",
        "invoice__collection__tries",
        "invoice__collection__next_try_on",
        "invoice__collection__given_up_on",
    )
    by_payment: dict[int, list[StillOwed]] = defaultdict(list)
    for payment_id, invoice_id, number, due_minor, tries, next_try_on, given_up_on in found:
        owed = StillOwed(invoice_id, number, due_minor, tries or 0, next_try_on, given_up_on)
        by_payment[payment_id].append(owed)
    return by_payment
