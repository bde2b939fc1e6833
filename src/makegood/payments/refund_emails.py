"""The e-mail about money that has gone back: what it says when it leaves."""

from collections.abc import Mapping, Sequence

from django.db.models import Prefetch, QuerySet

from makegood.customers.models import Customer
from makegood.emails.kinds import EmailKind, Variable, register
from makegood.emails.models import Message
from makegood.emails.values import Variables
from makegood.invoices.models import Invoice
from makegood.payments.models import Payment, PaymentMethod, Refund, RefundTransfer
from makegood.payments.payment_emails import money, name_method
from makegood.payments.payment_texts import REFUND
from makegood.payments.rules import Follow, Method, RefundPurpose, RefundState, TransferState, Way
from makegood.providers.models import Provider

REFUND_NAME = "refund"
REFUND_CAUSE = "refund"
"""What the messages name as their cause."""


def register_refund_email() -> None:
    """Makes the kind of e-mail known; called when the application starts."""
    register(
        EmailKind(
            name=REFUND_NAME,
            title="Billing: Refund",
            meaning="Tells customers of money that has gone back to their card, account or Available Funds.",
            active=True,
            texts=REFUND,
            own_variables=(
                Variable("amount", "What has gone back in all, with its currency."),
                Variable("invoice", "The number of the invoice that it had paid; empty for Available Funds paid out."),
                Variable("ways[]", "Where it went, to go over with `{% for way in ways %}`."),
                Variable("ways[].method", "The brand of the card, the sort of debit, or how it was handed over."),
                Variable("ways[].ending", "The last four characters of the card or account; empty for other ways."),
                Variable("ways[].amount", "What went this way."),
                Variable("to_funds", "What went back to the Available Funds; empty if nothing."),
                Variable("due", "What is due of the invoice now; empty if nothing is."),
                Variable(
                    "settled", "Whether a credit settled the invoice, so that the customer does not owe it again."
                ),
            ),
            load=_load,
            find_latest=_find_latest,
            example=_make_example,
        )
    )


def _load(messages: Sequence[Message]) -> Mapping[int, Variables | None]:
    """Nothing is said of what has not gone back, or came back since. Two queries."""
    refunds = _list_refunds().in_bulk([message.cause_id for message in messages])
    return {
        message.pk: _describe_stored(refund)
        for message in messages
        if (refund := refunds.get(message.cause_id)) is not None
    }


def _describe(refund: Refund, transfers: Sequence[RefundTransfer], due_minor: int) -> Variables | None:
    provider = refund.provider
    given = [each for each in transfers if each.state == TransferState.SUCCEEDED and each.bounced_at is None]
    funds_minor = refund.funds_minor if refund.funds_returned else 0
    amount_minor = sum(each.amount_minor for each in given) + funds_minor
    if not amount_minor:
        return None
    return {
        "amount": money(provider, amount_minor),
        "invoice": str(refund.invoice.number) if refund.invoice else "",
        "ways": [_describe_way(each) for each in given],
        "to_funds": money(provider, funds_minor) if funds_minor else None,
        "due": money(provider, due_minor) if due_minor else None,
        "settled": refund.follow == Follow.SETTLE,
    }


def _describe_stored(refund: Refund) -> Variables | None:
    return _describe(refund, list(refund.transfers.all()), refund.invoice.due_minor if refund.invoice else 0)


def _describe_way(transfer: RefundTransfer) -> dict[str, object]:
    amount = money(transfer.refund.provider, transfer.amount_minor)
    if transfer.way == Way.GATEWAY and transfer.payment is not None:
        method, ending = name_method(transfer.payment.payment_method, transfer.payment.method)
        return {"method": method, "ending": ending, "amount": amount}
    return {"method": str(Way(transfer.way).label), "ending": "", "amount": amount}


def _list_refunds() -> QuerySet[Refund]:
    transfers = RefundTransfer.objects.select_related("payment__payment_method", "refund__provider").order_by("pk")
    return Refund.objects.select_related("provider", "invoice").prefetch_related(Prefetch("transfers", transfers))


def _find_latest(customer: Customer) -> Variables | None:
    refunds = _list_refunds().filter(customer=customer, state__in=(RefundState.DONE, RefundState.PARTLY))
    refund = refunds.order_by("-pk").first()
    return _describe_stored(refund) if refund else None


def _make_example(provider: Provider) -> Variables:
    unit = 10**provider.currency_digits
    invoice = Invoice(provider=provider, number=10234)
    refund = Refund(
        provider=provider,
        purpose=RefundPurpose.REFUND,
        invoice=invoice,
        amount_minor=60 * unit,
        funds_minor=20 * unit,
        funds_returned=True,
        follow=Follow.SETTLE,
        state=RefundState.DONE,
    )
    method = PaymentMethod(provider=provider, kind=Method.CARD, brand="Visa", last_four="4242")
    payment = Payment(provider=provider, method=Method.CARD, payment_method=method)
    card = RefundTransfer(
        refund=refund, payment=payment, way=Way.GATEWAY, amount_minor=40 * unit, state=TransferState.SUCCEEDED
    )
    return _describe(refund, [card], 0) or {}
