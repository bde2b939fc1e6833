"""What a pay-out of prepaid and overpaid Available Funds would do, for the preview and for the booking alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from makegood.credits.limits import money_of
from makegood.credits.models import Credit, Kind
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.invoices.rules import State as InvoiceState
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Payment
from makegood.payments.refund_refusals import find_refusal_of_person
from makegood.payments.refund_rules import Held, Source, split_own_first, take_oldest_first
from makegood.payments.rules import State, Way
from makegood.payments.selectors_refunds import keep_undisputed
from makegood.payments.steps import find_refusal_to_give_back
from makegood.payments.ways import find_gone
from makegood.providers.models import Membership, Provider
from makegood.runs.rules import hash_request

PAY_OUT = "pay out Available Funds"


@dataclass(frozen=True)
class PayOutPart:
    """What is paid out of the money of one payment, in minor units.

    payment: None for money that no one payment brought.
    """

    payment: Payment | None
    way: Way
    amount_minor: int


@dataclass(frozen=True)
class PaidCredit:
    """What is paid out of a credit, in minor units."""

    credit: Credit
    amount_minor: int


@dataclass(frozen=True)
class PayOutPreview:
    """What a pay-out would do; minor units. most_minor: all that can be paid out; by_method_minor: to methods."""

    customer: Customer
    way: Way
    amount_minor: int
    most_minor: int = 0
    by_method_minor: int = 0
    parts: tuple[PayOutPart, ...] = ()
    credits: tuple[PaidCredit, ...] = ()
    funds_after_minor: int = 0
    refusal: Refused | None = None

    @property
    def fingerprint(self) -> str:
        """The same as long as the same is paid out of the same credits by the same ways."""
        return hash_request(
            {
                "parts": [[each.payment.pk if each.payment else None, each.amount_minor] for each in self.parts],
                "credits": [[each.credit.pk, each.amount_minor] for each in self.credits],
                "way": str(self.way),
                "funds": self.funds_after_minor,
            }
        )


def preview_pay_out(
    *, membership: Membership, customer: Customer, amount_minor: int | None = None, way: str = Way.GATEWAY
) -> PayOutPreview:
    """What `pay_out` would do now with so much (minor units), or with all that can be paid out so. Books nothing.

    What stands against it is in `refusal`; raises Refused only for a customer of another provider.
    """
    return plan_pay_out(membership, membership.provider, customer, amount_minor, way)


def plan_pay_out(
    membership: Membership, provider: Provider, customer: Customer, amount_minor: int | None, way: str
) -> PayOutPreview:
    """What a pay-out does, or why there can be none. provider: as it is now."""
    if customer.provider_id != provider.pk:
        raise Refused("customer_unknown", f"There is no customer {customer.number}.", "customer")
    refusal = find_refusal_of_person(membership, provider, PAY_OUT)
    if way not in Way.values:
        refusal = refusal or Refused("way_unknown", f"The ways are {', '.join(Way.values)}.", "way")
    if refusal is not None:
        return PayOutPreview(customer, Way.GATEWAY, amount_minor or 0, refusal=refusal)
    credits = list_paid_credits(customer)
    payments = _list_refundable(provider, customer)
    most_minor = sum(credit.remaining_minor for credit in credits)
    by_method_minor = min(most_minor, sum(payment.refundable_minor for payment in payments))
    limit_minor = by_method_minor if way == Way.GATEWAY else most_minor
    amount = limit_minor if amount_minor is None else amount_minor
    held = [Held(credit.pk, credit.remaining_minor, _payment_of(credit)) for credit in credits]
    taken = take_oldest_first(amount, held)
    by_id = {credit.pk: credit for credit in credits}
    funds_minor = get_balance(provider.pk, customer.pk).funds_minor
    parts = _split(taken, payments, Way(way), by_id)
    return PayOutPreview(
        customer=customer,
        way=Way(way),
        amount_minor=amount,
        most_minor=most_minor,
        by_method_minor=by_method_minor,
        parts=parts,
        credits=tuple(PaidCredit(by_id[each.credit_id], each.amount_minor) for each in taken),
        funds_after_minor=funds_minor - sum(each.amount_minor for each in taken),
        refusal=_find_late(provider, customer)
        or _find_refusal(provider, amount, most_minor, by_method_minor, Way(way))
        or find_refusal_to_give_back(provider, parts),
    )


def list_paid_credits(customer: Customer) -> list[Credit]:
    """The customer's credits of paid money that hold something, oldest first."""
    credits = Credit.objects.select_related("payment", "gl_code").filter(
        provider_id=customer.provider_id,
        customer=customer,
        kind__in=(Kind.PREPAID, Kind.OVERPAYMENT),
        remaining_minor__gt=0,
    )
    return list(credits.order_by("issued_on", "id"))


def _list_refundable(provider: Provider, customer: Customer) -> list[Payment]:
    """The customer's payments of which something can go back to its payment method, newest first."""
    found = Payment.objects.select_related("payment_method", "gateway", "gl_code").filter(
        provider=provider, customer=customer, state__in=(State.SUCCEEDED, State.RETURNED), gateway__isnull=False
    )
    payments = keep_undisputed([payment for payment in found.order_by("-id") if payment.refundable_minor > 0])
    gone = find_gone(provider, payments)
    return [payment for payment in payments if payment.pk not in gone]


def _payment_of(credit: Credit) -> int | None:
    payment = getattr(credit, "payment", None)
    return payment.pk if payment is not None else None


def _split(
    taken: Sequence[Held], refundable: Sequence[Payment], way: Way, credits: dict[int, Credit]
) -> tuple[PayOutPart, ...]:
    if way == Way.GATEWAY:
        by_id = {payment.pk: payment for payment in refundable}
        sources = [Source(payment.pk, payment.refundable_minor) for payment in refundable]
        parts, _ = split_own_first(taken, sources)
        return tuple(PayOutPart(by_id[pk], way, part) for pk, part in parts.items())
    own = {each.payment_id: credits[each.credit_id].payment for each in taken if each.payment_id is not None}
    # What a processor holds it holds still: of that nothing has gone back, and a bank can take it all.
    owners = [payment for payment in own.values() if payment.gateway_id is None and payment.refundable_minor > 0]
    sources = [Source(payment.pk, payment.refundable_minor) for payment in owners]
    given = {payment.pk: 0 for payment in owners}
    for each in taken:
        # By hand nothing says that it is another payment's money.
        part, _ = split_own_first([each], [source for source in sources if source.payment_id == each.payment_id])
        for pk, amount_minor in part.items():
            given[pk] += amount_minor
    by_hand = [PayOutPart(payment, way, given[payment.pk]) for payment in owners if given[payment.pk]]
    without = sum(each.amount_minor for each in taken) - sum(given.values())
    return (*by_hand, PayOutPart(None, way, without)) if without else tuple(by_hand)


def _find_late(provider: Provider, customer: Customer) -> Refused | None:
    late = Invoice.objects.filter(provider=provider, customer=customer, state=InvoiceState.LATE)
    found = late.order_by("due_on", "id").first()
    if found is None:
        return None
    return Refused(
        "late_invoices",
        f"Invoice {found.number} is late with {money_of(provider, found.due_minor)} due. Nothing is paid out as long "
        "as a late invoice is owed; use the Available Funds for it.",
        "customer",
    )


def _find_refusal(
    provider: Provider, amount_minor: int, most_minor: int, by_method_minor: int, way: Way
) -> Refused | None:
    if not most_minor:
        return Refused(
            "nothing_to_pay_out", "The customer has no prepaid or overpaid Available Funds to pay out.", "customer"
        )
    if way == Way.GATEWAY and not by_method_minor:
        return Refused(
            "amount_over_methods",
            "No payment of this customer can take anything back. Pay it out in cash or by bank transfer.",
            "way",
        )
    if amount_minor <= 0:
        return Refused("amount_zero", "The amount must be greater than zero.", "amount")
    if amount_minor > most_minor:
        return Refused("amount_over_funds", f"At most {money_of(provider, most_minor)} can be paid out.", "amount")
    if way == Way.GATEWAY and amount_minor > by_method_minor:
        return Refused(
            "amount_over_methods",
            f"At most {money_of(provider, by_method_minor)} can go back to payment methods. Pay the rest out in cash "
            "or by bank transfer.",
            "amount",
        )
    return None
