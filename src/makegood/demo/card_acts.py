"""What the people of the demo provider do with cards, refunds and pay-outs in the three months that it plays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from makegood.customers.models import Customer
from makegood.demo.cards import outcome_of
from makegood.demo.choosing import choose
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED, State
from makegood.payments.models import PaymentMethod
from makegood.payments.paying_out import preview_pay_out
from makegood.payments.refunding import preview_refund
from makegood.payments.rules import Follow, Way
from makegood.payments.services.by_hand import turn_back
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.methods import add_method_by_reference
from makegood.payments.services.pay_out import pay_out
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.providers.models import Membership, Provider

NEW_CARDS = (
    "card_succeeds",
    "card_declined",
    "card_insufficient_once",
    "card_disputed",
    "card_declined",
    "card_succeeds",
    "card_disputed",
)
"""What customers of whom autopay has given up bring instead: one does as well as before, one better."""


@dataclass(frozen=True)
class CardActs:
    """Who does it: a person who may bill. Whom it concerns is chosen by chance that is the same each time."""

    billing: Membership

    @property
    def provider(self) -> Provider:
        return self.billing.provider

    def occasions(self) -> dict[int, Callable[[date], None]]:
        """By how many days of the play have passed."""
        return {
            56: self._charge_by_hand,
            62: self._refund_and_settle,
            64: self._refund_in_part,
            68: self._leave_open,
            70: self._pay_out,
            78: self._turn_back,
            83: self._charge_by_hand,
            84: self._leave_open,
            85: self._take_new_cards,
            91: self._refund_slowly,
            92: self._take_a_slow_card,
        }

    def _charge_by_hand(self, day: date) -> None:
        """Whoever telephones has the card charged: some cards do, and some do not."""
        owed = Invoice.objects.select_related("customer").filter(
            provider=self.provider, state__in=OWED, in_flight_minor=0, customer__billing_enabled=True
        )
        cards = PaymentMethod.objects.filter(provider=self.provider, is_default=True).values("customer")
        for invoice in choose(list(owed.filter(customer__in=cards).order_by("id")), 5, f"charges {day.day}"):
            charge_invoices(
                membership=self.billing,
                customer=invoice.customer,
                invoices=[invoice],
                key=f"demo charge {invoice.pk} {day.isoformat()}",
            )
        # Where days are played nobody else submits them.
        collect_now(provider=self.provider)

    def _refund_and_settle(self, day: date) -> None:
        for invoice in choose(list(self._list_paid_by_card()), 3, "refunds"):
            self._refund(invoice, None, Follow.SETTLE, "The line was never connected")
        for outcome in ("card_refund_bounces", "card_refund_fails"):
            those = [each for each in self._list_paid_by_card() if outcome_of(each.customer.number) == outcome]
            for invoice in choose(those, 1, outcome):
                self._refund(invoice, None, Follow.SETTLE, "Billed twice")

    def _refund_in_part(self, day: date) -> None:
        """The last part of what is given back by these goes to Available Funds, which have paid some too."""
        mixed = [invoice for invoice in self._list_paid_by_card() if invoice.used_minor]
        for invoice in choose(mixed, 2, "mixed refunds"):
            self._refund(invoice, invoice.paid_minor + invoice.used_minor // 2, Follow.SETTLE, "Slower than agreed")
        for invoice in choose(list(self._list_paid_by_card()), 2, "partial refunds"):
            self._refund(invoice, invoice.paid_minor // 2, Follow.SETTLE, "Two weeks without service")

    def _leave_open(self, day: date) -> None:
        for invoice in choose(list(self._list_paid_by_card()), 2, f"left open {day.day}"):
            self._refund(invoice, None, Follow.LEAVE_OPEN, "The wrong card was charged; pays by bank transfer instead")

    def _turn_back(self, day: date) -> None:
        by_hand = Invoice.objects.filter(provider=self.provider, state__in=OWED, by_hand=True, in_flight_minor=0)
        for invoice in choose(list(by_hand.order_by("id")), 1, "turned back"):
            turn_back(membership=self.billing, invoice=invoice)

    def _pay_out(self, day: date) -> None:
        """Who has paid ahead and leaves gets the rest back."""
        paid_ahead = Customer.objects.filter(
            provider=self.provider, credits__kind="overpayment", credits__remaining_minor__gt=0
        )
        for customer in choose(list(paid_ahead.distinct().order_by("id")), 4, "pay-outs"):
            most = preview_pay_out(membership=self.billing, customer=customer, way=Way.BANK_TRANSFER)
            if most.refusal is None:
                pay_out(
                    membership=self.billing,
                    customer=customer,
                    amount_minor=most.amount_minor,
                    way=Way.BANK_TRANSFER,
                    reference=f"{day:%y%m%d}-{customer.number}",
                    reason="Had paid ahead and wants the rest back",
                    key=f"demo pay-out {customer.pk}",
                )

    def _take_new_cards(self, day: date) -> None:
        """Autopay begins again on the next day; a few of these cards fail as well, or are disputed."""
        chosen = choose(self._list_given_up(), len(NEW_CARDS), "new cards")
        for customer, outcome in zip(chosen, NEW_CARDS, strict=False):
            add_method_by_reference(membership=self.billing, customer=customer, reference=outcome, as_default=True)
            if outcome == "card_succeeds":
                # Who is on the telephone has the new card charged at once.
                charge_invoices(membership=self.billing, customer=customer, key=f"demo new card {customer.pk}")
        collect_now(provider=self.provider)

    def _refund_slowly(self, day: date) -> None:
        """On the last day it is under way still."""
        slow = [each for each in self._list_paid_by_card() if outcome_of(each.customer.number) == "card_refund_pending"]
        for invoice in choose(slow, 1, "slow refunds"):
            self._refund(invoice, None, Follow.SETTLE, "Moved away before the month began")

    def _take_a_slow_card(self, day: date) -> None:
        """On the last day nobody knows yet whether it was charged; the processor says so two days later."""
        for customer in choose(self._list_given_up(), 1, "slow card"):
            add_method_by_reference(membership=self.billing, customer=customer, reference="card_late", as_default=True)
            charge_invoices(membership=self.billing, customer=customer, key=f"demo slow card {customer.pk}")
        collect_now(provider=self.provider)

    def _list_given_up(self) -> list[Customer]:
        """Of whom autopay has given up something that is owed and not under way."""
        given_up = Customer.objects.select_related("provider").filter(
            provider=self.provider,
            invoices__state__in=OWED,
            invoices__in_flight_minor=0,
            invoices__collection__given_up_on__isnull=False,
        )
        return list(given_up.distinct().order_by("id"))

    def _list_paid_by_card(self) -> QuerySet[Invoice]:
        paid = Invoice.objects.select_related("customer", "provider").filter(
            provider=self.provider,
            state=State.PAID,
            paid_minor__gt=0,
            payment_allocations__payment__payment_method__kind="card",
            refunds=None,
        )
        return paid.distinct().order_by("id")

    def _refund(self, invoice: Invoice, amount_minor: int | None, follow: Follow, reason: str) -> None:
        """So much of it, or all that can go back, unless something stands against it."""
        seen = preview_refund(membership=self.billing, invoice=invoice, amount_minor=amount_minor)
        settles = follow == Follow.SETTLE
        if seen.refusal is None and not (settles and seen.settle_refusal):
            refund_invoice(
                membership=self.billing,
                invoice=invoice,
                amount_minor=seen.amount_minor,
                follow=follow,
                gl_code=seen.gl_code if settles else None,
                reason=reason,
                key=f"demo refund {invoice.pk}",
            )
