"""What happens where most customers pay by autopay: refunds, pay-outs, charges by hand, cards that come and go."""

import random
from functools import partial

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.gateways.selectors import get_active_gateway
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.payments.services.by_hand import collect_by_hand, turn_back
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.methods import add_method_by_reference, make_default
from makegood.payments.services.pay_out import pay_out
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.payments.ways import ByHand
from tests.scenarios.year_of_events import EVENTS, Events, NothingToDo, Year

OUTCOMES = {
    "card_succeeds": 40,
    "card_insufficient_once": 8,
    "card_declined": 8,
    "card_stolen": 3,
    "card_timeout": 6,
    "card_late": 4,
    "card_disputed": 8,
    "card_dispute_won": 8,
    "card_refund_fails": 4,
    "card_refund_bounces": 4,
    "card_refund_timeout": 4,
    "card_refund_pending": 4,
    "sepa_succeeds": 8,
    "sepa_fails": 4,
    "sepa_returned": 6,
}
"""How many of a hundred and some methods end how."""


def pick_outcome(chance: random.Random) -> str:
    """One of the test methods of the sandbox."""
    return chance.choices(list(OUTCOMES), weights=list(OUTCOMES.values()))[0]


class AutopayYear(Year):
    """The events of a year, and what people do with cards besides."""

    @property
    def events(self) -> Events:
        return (*EVENTS, *MORE)

    @property
    def gateway(self) -> Gateway:
        return get_active_gateway(self.provider)

    def _key(self) -> str:
        return f"{self.today} {self.chance.getrandbits(64)}"

    def give_a_method(self) -> None:
        customer = self._customer()
        method = add_method_by_reference(
            membership=self.manager, customer=customer, reference=pick_outcome(self.chance)
        )
        if not method.is_default:
            make_default(membership=self.manager, method=method)

    def charge_by_hand(self) -> None:
        invoice = self._invoice(state__in=("open", "late"), in_flight_minor=0)
        wanted = [invoice] if self.chance.random() < 0.5 else None
        charge_invoices(membership=self.manager, customer=invoice.customer, invoices=wanted, key=self._key())
        collect_now(provider=self.provider)

    def refund(self) -> None:
        invoice = self._refundable()
        most = invoice.paid_minor + invoice.used_minor
        amount = self.chance.choice((most, most, max(most // 3, 1), min(most, 500), most + 1))
        follow = self.chance.choice(("settle", "settle", "leave_open"))
        ask = partial(
            refund_invoice, membership=self.manager, invoice=invoice, amount_minor=amount, follow=follow, reason="Slow"
        )
        try:
            ask(key=self._key())
        except Refused as refused:
            if refused.code != "way_gone":
                raise
            ask(key=self._key(), by_hand=ByHand("cash"))

    def _refundable(self) -> Invoice:
        if self.chance.random() < 0.7:
            return self._invoice(state__in=("paid", "open", "late"), paid_minor__gt=0)
        return self._invoice(state__in=("paid", "open", "late"), used_minor__gt=0)

    def pay_something_out(self) -> None:
        rich = self._customers(credits__kind="overpayment", credits__remaining_minor__gt=0)
        if not rich:
            raise NothingToDo
        amount = self.chance.choice((100, 700, 1234))
        way = "bank_transfer" if self.chance.random() < 0.4 else "gateway"
        pay_out(
            membership=self.manager,
            customer=rich[0],
            amount_minor=amount,
            way=way,
            reason="He asked",
            key=self._key(),
        )

    def take_over(self) -> None:
        collect_by_hand(membership=self.manager, invoice=self._invoice(state="late", by_hand=False), reason="He called")

    def turn_one_back(self) -> None:
        turn_back(membership=self.manager, invoice=self._invoice(state__in=("open", "late"), by_hand=True))

    def switch_autopay(self) -> None:
        customer = self._customer()
        Customer.objects.filter(pk=customer.pk).update(autopay=not customer.autopay)


MORE: Events = (
    (AutopayYear.give_a_method, 0.3),
    (AutopayYear.charge_by_hand, 0.4),
    (AutopayYear.refund, 0.6),
    (AutopayYear.pay_something_out, 0.3),
    (AutopayYear.take_over, 0.1),
    (AutopayYear.turn_one_back, 0.3),
    (AutopayYear.switch_autopay, 0.1),
)
