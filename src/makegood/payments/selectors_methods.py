"""Reads of payment methods."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.invoices.models import Invoice
from makegood.invoices.outlook import foresee
from makegood.invoices.rules import OWED
from makegood.kit.refusal import Refused
from makegood.payments.method_rules import SOON, Expiry, HasMethod, expiry_of
from makegood.payments.models import Collection, PaymentMethod
from makegood.payments.selectors_invoice import next_day_of_autopay
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


def list_methods(customer: Customer) -> QuerySet[PaymentMethod]:
    """All payment methods that the customer has and had: the default first, then the newest; removed ones last."""
    methods = PaymentMethod.objects.filter(provider_id=customer.provider_id, customer=customer)
    with_people = methods.select_related("gateway", "created_by", "removed_by")
    return with_people.order_by(F("removed_at").desc(nulls_first=True), "-is_default", "-id")


def list_usable_methods(customer: Customer) -> list[PaymentMethod]:
    """Those that can be charged now, by a person at least: the default first, then the newest. One query."""
    return list(list_methods(customer).filter(removed_at=None, gateway__active=True))


def find_default_method(customer: Customer) -> PaymentMethod | None:
    """What autopay charges; None if there is nothing that can be charged now, such as one of an earlier processor."""
    methods = PaymentMethod.objects.select_related("gateway").filter(provider_id=customer.provider_id)
    return methods.filter(customer=customer, is_default=True, gateway__active=True).first()


def get_method(provider: Provider, pk: int) -> PaymentMethod:
    """The provider's payment method of that id, with its customer and gateway; Refused if there is none."""
    methods = PaymentMethod.objects.select_related("provider", "customer", "customer__provider", "gateway")
    method = methods.filter(provider=provider, pk=pk).first()
    if method is None:
        raise Refused("method_unknown", f"{provider.name} has no such payment method.", "method")
    return method


def has_default_method(provider: Provider, choice: str) -> Q:
    """The condition on a customer of the provider for a choice of `HasMethod`.

    *Yes* has those that expire soon too, and what is held after a dispute is *held* alone. One that only an earlier
    processor could charge is none.
    """
    today = today_of(provider)
    active = Gateway.objects.filter(provider=provider, active=True).values("pk")
    defaults = PaymentMethod.objects.filter(
        customer=OuterRef("pk"), provider=provider, is_default=True, gateway_id=Subquery(active[:1])
    )
    lasting = Q(expires_on=None) | Q(expires_on__gte=today)
    if choice == HasMethod.NO:
        return Q(~Exists(defaults))
    if choice == HasMethod.HELD:
        return Q(Exists(defaults.filter(held_at__isnull=False)))
    defaults = defaults.filter(held_at=None)
    if choice == HasMethod.YES:
        return Q(Exists(defaults.filter(lasting)))
    until = {"expires_on__lt": today} if choice == HasMethod.EXPIRED else {"expires_on__range": (today, today + SOON)}
    return Q(Exists(defaults.filter(**until)))


def with_default_method(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Adds `default_method`, of which `read_has_method` says what it means; found on an index for each shown row."""
    defaults = PaymentMethod.objects.filter(
        customer=OuterRef("pk"), provider=OuterRef("provider_id"), is_default=True, gateway__active=True
    ).values(found=JSONObject(expires_on="expires_on", held_at="held_at"))
    return customers.annotate(default_method=Subquery(defaults))


def read_has_method(default_method: dict[str, str | None] | None, today: date) -> HasMethod:
    """What `with_default_method` has found. today: the provider's day."""
    if default_method is None:
        return HasMethod.NO
    if default_method["held_at"]:
        return HasMethod.HELD
    expires_on = default_method["expires_on"]
    expiry = expiry_of(date.fromisoformat(expires_on) if expires_on else None, today)
    return {Expiry.FINE: HasMethod.YES, Expiry.SOON: HasMethod.EXPIRING, Expiry.EXPIRED: HasMethod.EXPIRED}[expiry]


@dataclass(frozen=True)
class NextCollection:
    """What autopay charges next as things stand, in minor units: what Available Funds leave of what is due then."""

    on: date
    amount_minor: int
    invoices: int


def find_next_collection(customer: Customer) -> NextCollection | None:
    """When autopay charges the customer next, switched on or not; None while nothing that is issued waits for it.

    Four statements at most. What is under way, given up or collected by hand is not waited for, and nothing is while
    the default method is held after a dispute.
    """
    next_day = next_day_of_autopay(customer.provider)
    tried = {each.invoice_id: each for each in Collection.objects.filter(customer=customer, invoice__state__in=OWED)}
    waiting: dict[date, list[Invoice]] = {}
    owed = Invoice.objects.filter(provider_id=customer.provider_id, customer=customer, state__in=OWED)
    held = PaymentMethod.objects.filter(customer=customer, is_default=True, held_at__isnull=False)
    for invoice in owed.filter(~Exists(held), by_hand=False, in_flight_minor=0):
        collection = tried.get(invoice.pk)
        planned = collection.next_try_on if collection else invoice.collect_on
        if planned is not None:
            waiting.setdefault(max(planned, next_day), []).append(invoice)
    outlooks = foresee(invoice for invoices in waiting.values() for invoice in invoices)
    for on in sorted(waiting):
        left = [outlooks[each.pk].left_minor if each.pk in outlooks else each.due_minor for each in waiting[on]]
        if sum(left):
            return NextCollection(on, sum(left), sum(1 for each in left if each))
    return None
