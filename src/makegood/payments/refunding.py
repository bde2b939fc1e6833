"""What a refund of an invoice would do, for the preview and for the booking alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from makegood.credits.limits import money_of, require_may_give
from makegood.credits.models import CreditUse
from makegood.credits.services.return_funds import find_taken_back_meanwhile, spread_newest_first
from makegood.credits.services.void_invoice import read_invoice
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_default_credit_gl_code
from makegood.payments.models import Payment
from makegood.payments.refund_refusals import find_refusal_of_invoice, find_refusal_of_person
from makegood.payments.refund_rules import Source, require_refundable_amount, split_in_order
from makegood.payments.rules import Way
from makegood.payments.selectors import list_payments
from makegood.payments.selectors_refunds import keep_undisputed, list_returnable_uses, sum_waiting_to_settle
from makegood.payments.steps import find_refusal_to_give_back
from makegood.payments.ways import ByHand, GoesBack, find_ways
from makegood.payments.withheld import Withheld, find_withheld
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.runs.rules import hash_request

REFUND = "refund invoices"


@dataclass(frozen=True)
class RefundPart:
    """What goes back of one payment, in minor units. gl_code: what it is booked on, None while that is not known.

    gone: why it cannot go back to its payment method; empty if it can.
    """

    payment: Payment
    way: Way
    amount_minor: int
    gl_code: GLCode | None
    gone: str = ""
    reference: str = ""

    @property
    def is_at_once(self) -> bool:
        """Whether it goes back by hand, and is booked with the decision."""
        return self.way != Way.GATEWAY


@dataclass(frozen=True)
class FundsPart:
    """What goes back to the credit that paid it, in minor units.

    becomes: ``kept``; ``lives_on`` where the credit has expired meanwhile, and lives 30 more days; or ``taken_back``
    where the credit was taken back meanwhile, and this part is too.
    """

    use: CreditUse
    amount_minor: int
    becomes: str


@dataclass(frozen=True)
class RefundPreview:
    """What a refund would do; minor units. methods_minor, funds_minor: the most of both that can go back.

    parts: to payment methods, newest payment first; returns: then to credits, newest use first.
    gl_code: that of the settling credit if none is named; None if the settings name none.
    withheld: what of payments cannot go back to their methods although it has paid the invoice.
    settle_refusal: why this person may not settle the invoice with a credit; refusal: why there can be no such refund.
    """

    invoice: Invoice
    amount_minor: int
    methods_minor: int = 0
    funds_minor: int = 0
    parts: tuple[RefundPart, ...] = ()
    returns: tuple[FundsPart, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    today: date = field(default=date.min)
    gl_code: GLCode | None = None
    settle_refusal: Refused | None = None
    refusal: Refused | None = None

    @property
    def most_minor(self) -> int:
        return self.methods_minor + self.funds_minor

    @property
    def to_methods_minor(self) -> int:
        return sum(part.amount_minor for part in self.parts)

    @property
    def to_funds_minor(self) -> int:
        return sum(part.amount_minor for part in self.returns)

    @property
    def due_now_minor(self) -> int:
        return int(self.invoice.due_minor)

    @property
    def due_if_settled_minor(self) -> int:
        """Before what of it is paid by Available Funds, see `funds_pay_it`."""
        return self.due_now_minor

    @property
    def funds_pay_it(self) -> bool:
        """Whether what goes back to credits pays at once of what is due still, as the invoice is Late."""
        comes_back = any(part.becomes != "taken_back" for part in self.returns)
        return comes_back and self.due_now_minor > 0 and self.invoice.state == "late" and not self.invoice.by_hand

    @property
    def due_if_left_open_minor(self) -> int:
        return self.due_now_minor + self.amount_minor

    @property
    def state_if_left_open(self) -> str:
        due_on = self.invoice.due_on
        return "late" if self.invoice.state == "late" or (due_on is not None and due_on < self.today) else "open"

    @property
    def way_gone(self) -> bool:
        return any(part.gone and part.way == Way.GATEWAY for part in self.parts)

    @property
    def fingerprint(self) -> str:
        """The same as long as the same goes back by the same ways, and the same is due."""
        return hash_request(
            {
                "parts": [[part.payment.pk, str(part.way), part.amount_minor] for part in self.parts],
                "returns": [[part.use.pk, part.amount_minor, part.becomes] for part in self.returns],
                "due": self.due_now_minor,
                "state": self.invoice.state,
            }
        )


def preview_refund(
    *, membership: Membership, invoice: Invoice, amount_minor: int | None = None, by_hand: ByHand | None = None
) -> RefundPreview:
    """What `refund_invoice` would do now with so much (minor units), or with all that can go back. Books nothing.

    by_hand: how money goes back whose method is gone. What stands against it is in `refusal`; raises Refused only for
    an invoice of another provider.
    """
    provider = membership.provider
    invoice = read_invoice(membership, invoice)
    preview = plan_refund(membership, provider, invoice, amount_minor, by_hand, today_of(provider))
    if preview.refusal is not None and not preview.way_gone:
        return preview
    return _with_settling(membership, preview)


def plan_refund(
    membership: Membership,
    provider: Provider,
    invoice: Invoice,
    amount_minor: int | None,
    by_hand: ByHand | None,
    today: date,
) -> RefundPreview:
    """What a refund does, or why there can be none; without what follows of it. invoice, provider: as they are now."""
    refusal = find_refusal_of_person(membership, provider, REFUND) or find_refusal_of_invoice(invoice)
    if refusal is not None:
        return RefundPreview(invoice, amount_minor or 0, today=today, refusal=refusal)
    paid = _list_paid(invoice)
    uses = list_returnable_uses(invoice)
    if disputed := _find_disputed(provider, invoice, paid):
        return RefundPreview(invoice, amount_minor or 0, today=today, refusal=disputed)
    ways = find_ways(provider, [payment for payment, _ in paid], by_hand)
    # To payment methods first, what goes back by hand after them.
    paid.sort(key=lambda each: ways[each[0].pk].way != Way.GATEWAY)
    methods_minor = sum(source.most_minor for _, source in paid)
    funds_minor = sum(use.amount_minor - use.returned_minor for use in uses)
    amount = methods_minor + funds_minor if amount_minor is None else amount_minor
    parts = _make_parts(paid, ways, amount)
    left = max(amount - sum(part.amount_minor for part in parts), 0)
    refusal = _find_refusal_of_amount(provider, amount, methods_minor + funds_minor)
    return RefundPreview(
        invoice=invoice,
        amount_minor=amount,
        methods_minor=methods_minor,
        funds_minor=funds_minor,
        parts=parts,
        returns=_make_returns(uses, left, today),
        withheld=find_withheld(provider, paid),
        today=today,
        refusal=refusal or _find_gone(parts) or find_refusal_to_give_back(provider, parts),
    )


def _list_paid(invoice: Invoice) -> list[tuple[Payment, Source]]:
    """The payments that pay the invoice now, newest allocation first, with what of each can go back."""
    found = run_sql(load_sql(__package__, "paid_of_invoice"), {"provider": invoice.provider_id, "invoice": invoice.pk})
    payments = list_payments(invoice.provider).select_related("payment_method", "gateway")
    by_id = payments.in_bulk([row["payment_id"] for row in found])
    paid = []
    for row in found:
        payment = by_id[row["payment_id"]]
        pays_minor = int(row["amount_minor"])
        paid.append((payment, Source(payment.pk, min(pays_minor, payment.refundable_minor), pays_minor)))
    return paid


def _find_disputed(provider: Provider, invoice: Invoice, paid: Sequence[tuple[Payment, Source]]) -> Refused | None:
    can_give = set(keep_undisputed([payment for payment, _ in paid]))
    for payment, _ in paid:
        if payment not in can_give:
            return Refused(
                "payment_disputed",
                f"Payment {payment.pk} of {money_of(provider, payment.amount_minor)}, which paid invoice "
                f"{invoice.number}, is disputed, so nothing of it can be refunded until that is decided.",
                "invoice",
            )
    return None


def _make_parts(
    paid: Sequence[tuple[Payment, Source]], ways: dict[int, GoesBack], amount_minor: int
) -> tuple[RefundPart, ...]:
    parts = split_in_order(amount_minor, [source for _, source in paid])
    return tuple(
        RefundPart(
            payment,
            ways[payment.pk].way,
            parts[payment.pk],
            ways[payment.pk].gl_code,
            ways[payment.pk].gone,
            ways[payment.pk].reference,
        )
        for payment, _ in paid
        if payment.pk in parts
    )


def _make_returns(uses: list[CreditUse], amount_minor: int, today: date) -> tuple[FundsPart, ...]:
    parts = spread_newest_first(uses, amount_minor) if amount_minor else {}
    taken = find_taken_back_meanwhile(parts) if parts else set()

    def becomes(use: CreditUse) -> str:
        if use.pk in taken:
            return "taken_back"
        expires_on = use.credit.expires_on
        return "lives_on" if expires_on is not None and expires_on < today else "kept"

    return tuple(FundsPart(use, parts[use.pk], becomes(use)) for use in uses if use.pk in parts)


def _find_refusal_of_amount(provider: Provider, amount_minor: int, most_minor: int) -> Refused | None:
    if not most_minor:
        return Refused("nothing_refundable", "What paid this invoice has gone back already.", "invoice")
    try:
        require_refundable_amount(amount_minor, most_minor, lambda minor: money_of(provider, minor))
    except Refused as refusal:
        return refusal
    return None


def _find_gone(parts: Sequence[RefundPart]) -> Refused | None:
    for part in parts:
        if part.gone and part.way == Way.GATEWAY:
            return Refused(
                "way_gone", f"{part.gone} Give it as Available Funds instead, or pay it back by hand.", "by_hand"
            )
    return None


def _with_settling(membership: Membership, preview: RefundPreview) -> RefundPreview:
    provider = membership.provider
    try:
        besides = sum_waiting_to_settle(provider, membership.staff_id)
        require_may_give(membership, provider, preview.amount_minor, lock=False, besides=besides)
        settle_refusal = None
    except Refused as refusal:
        settle_refusal = refusal
    try:
        gl_code = get_default_credit_gl_code(provider)
    except Refused:
        gl_code = None
    return replace(preview, gl_code=gl_code, settle_refusal=settle_refusal)
