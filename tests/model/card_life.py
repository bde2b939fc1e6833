"""A customer who pays by card, what can happen to the money, and a processor that is nothing but a sum.

The processor here only keeps count of what it holds: what it charged, less what went back and what banks took. That
has to be what the clearing account says. What the processor answers is booked by what books a real one's answers.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet, Sum

from makegood.credits.services.apply_funds import apply_now
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.gateways.handlers import NotYet
from makegood.gateways.interface import Charge
from makegood.gateways.interface import Refund as Answer
from makegood.gateways.rules import Standing
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalLine
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Payment, RefundTransfer
from makegood.payments.paying_out import preview_pay_out
from makegood.payments.refund_rules import UNDER_WAY
from makegood.payments.refunding import preview_refund
from makegood.payments.rules import IN_FLIGHT
from makegood.payments.services.book_results import Answer as ChargeAnswer
from makegood.payments.services.book_results import book_results
from makegood.payments.services.book_transfer import book_transfer
from makegood.payments.services.by_hand import turn_back
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.handle_dispute import book_dispute
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import movements, records
from tests.support.autopay import add_card, add_gateway
from tests.support.paying import pay, reverse
from tests.support.refunding import give_out
from tests.support.refunding import refund as ask_for_refund
from tests.support.returns import said_of

M = TypeVar("M")

SUCCEEDED, FAILED, PROCESSING = Standing.SUCCEEDED, Standing.FAILED, Standing.PROCESSING


class NothingThere(Exception):
    """There is nothing that the deed could be done to."""


IMPOSSIBLE = (NothingThere, Refused, NotYet)
"""What a deed may end with; then nothing has happened."""


class CardLife:
    """The customer of a provider of its own. `which` chooses among what there is, oldest first, round and round."""

    def __init__(self, slug: str) -> None:
        provider = records.add_provider(slug)
        self.clerk: Membership = records.add_person(provider, email=f"clerk@{slug}.example")
        self.manager = records.add_person(provider, "manager", f"manager@{slug}.example")
        add_gateway(provider, kind="stripe")
        self.provider, self.customer = provider, records.add_customer(provider, "C1")
        add_card(self.customer)
        self.held_minor = 0
        self.disputes: dict[str, tuple[Payment, int, str]] = {}

    def owe(self, which: int, amount: int) -> None:
        """An invoice, due long ago, lately, today or in some weeks."""
        due_on = today_of(self.provider) + timedelta(days=(-30, -3, 0, 20)[which % 4])
        movements.owe(self.customer, amount, due_on=due_on)

    def pay_cash(self, which: int, amount: int) -> None:
        pay(self.clerk, self.customer, amount, method="cash")

    def pay_part_in_cash(self, which: int, amount: int) -> None:
        invoice: Invoice = self._choose(self._owed(), which)
        part = min(amount, invoice.due_minor)
        pay(self.clerk, self.customer, amount, method="cash", allocations={invoice: part})

    def reverse_cash(self, which: int, amount: int) -> None:
        reverse(self.clerk, self._choose(self._payments(purpose="hand", state="succeeded"), which))

    def credit(self, which: int, amount: int) -> None:
        records.credit(self.clerk, customers=[self.customer], amount_minor=amount)

    def use_funds(self, which: int, amount: int) -> None:
        apply_now(membership=self.clerk, customer=self.customer)

    def charge(self, which: int, amount: int) -> None:
        """One invoice, or all that is owed."""
        owed = list(self._owed())
        one = [owed[which % len(owed)]] if owed and which % 2 else None
        charge_invoices(membership=self.clerk, customer=self.customer, invoices=one, key=secrets.token_hex(8))

    def succeed(self, which: int, amount: int = 0) -> None:
        self._answer(self._choose(self._payments(state__in=IN_FLIGHT), which), SUCCEEDED)

    def fail(self, which: int, amount: int = 0) -> None:
        self._answer(self._choose(self._payments(state__in=IN_FLIGHT), which), FAILED)

    def process(self, which: int, amount: int = 0) -> None:
        self._answer(self._choose(self._payments(state__in=IN_FLIGHT), which), PROCESSING)

    def succeed_late(self, which: int, amount: int = 0) -> None:
        self._answer(self._choose(self._payments(state="failed"), which), SUCCEEDED)

    def refund(self, which: int, amount: int) -> None:
        """What is settled leaves due what was due, unless what comes back pays a Late invoice at once."""
        invoice: Invoice = self._choose(
            Invoice.objects.filter(customer=self.customer, state__in=[*OWED, "paid"]), which
        )
        preview = preview_refund(membership=self.manager, invoice=invoice)
        if preview.refusal:
            raise preview.refusal
        part = min(amount, preview.most_minor)
        follow = ("settle", "leave_open")[which // 2 % 2]
        preview = preview_refund(membership=self.manager, invoice=invoice, amount_minor=part)
        due_minor = invoice.due_minor
        ask_for_refund(self.manager, invoice, part, follow=follow)
        invoice.refresh_from_db()
        if follow == "settle" and not preview.funds_pay_it:
            assert invoice.due_minor == due_minor, "what was settled changed what is due"

    def pay_out(self, which: int, amount: int) -> None:
        way = ("gateway", "cash")[which % 2]
        preview = preview_pay_out(membership=self.manager, customer=self.customer, way=way)
        if preview.refusal:
            raise preview.refusal
        give_out(self.manager, self.customer, min(amount, preview.amount_minor), way=way)

    def give_back(self, which: int, amount: int = 0) -> None:
        self._say(self._choose(self._transfers(state__in=UNDER_WAY), which), SUCCEEDED)

    def refuse_to_give_back(self, which: int, amount: int = 0) -> None:
        self._say(self._choose(self._transfers(state__in=UNDER_WAY), which), FAILED)

    def bounce(self, which: int, amount: int = 0) -> None:
        """The bank sends back what went back."""
        self._say(self._choose(self._transfers(state="succeeded", bounced_at=None), which), FAILED)

    def give_back_after_all(self, which: int, amount: int = 0) -> None:
        self._say(self._choose(self._transfers(state="failed", refund__purpose="refund"), which), SUCCEEDED)

    def dispute(self, which: int, amount: int, state: str = "") -> str:
        """A bank takes back what is left of a payment, or part of it; gives what it calls the dispute."""
        payment = self._choose(self._booked(), which)
        part, state = min(amount, _left_of(payment)), state or ("open", "lost", "warning")[which % 3]
        reference = f"dp_{self.customer.pk}_{len(self.disputes)}"
        self._dispute(reference, payment, part, state)
        return reference

    def dispute_and_win(self, which: int, amount: int) -> None:
        """That is as if nothing had been."""
        before = self._position()
        self.end_dispute_of(self.dispute(which, amount, "open"), "won")
        assert self._position() == before, "a dispute that was won changed something"

    def end_dispute(self, which: int, amount: int = 0) -> None:
        known = [reference for reference, (_, _, state) in self.disputes.items() if state != "won"]
        reference = self._choose(known, which)
        is_inquiry = self.disputes[reference][2] == "warning"
        self.end_dispute_of(reference, "won" if is_inquiry or which % 2 else "lost")

    def end_dispute_of(self, reference: str, state: str) -> None:
        payment, part, _ = self.disputes[reference]
        self._dispute(reference, payment, part, state)

    def void(self, which: int, amount: int = 0) -> None:
        invoice: Invoice = self._choose(
            Invoice.objects.filter(customer=self.customer, state__in=[*OWED, "paid"]), which
        )
        void_invoice(membership=self.manager, invoice=invoice, reason="Wrong")

    def write_off(self, which: int, amount: int = 0) -> None:
        write_off_invoice(membership=self.manager, invoice=self._choose(self._owed(), which), reason="Gone")

    def turn_back(self, which: int, amount: int = 0) -> None:
        turn_back(membership=self.manager, invoice=self._choose(self._owed().filter(by_hand=True), which))

    def require_same(self) -> None:
        """The clearing account is what the processor holds; a pay-out has left it with the decision."""
        leaving = self._transfers(refund__purpose="pay_out", state__in=UNDER_WAY).aggregate(all=Sum("amount_minor"))
        assert self._booked_on("clearing") == self.held_minor - (leaving["all"] or 0)

    def figures(self) -> tuple[int, int]:
        """What the customer owes and has."""
        balance = get_balance(self.provider.pk, self.customer.pk)
        return balance.receivable_minor, balance.funds_minor

    def _answer(self, payment: Payment, standing: Standing) -> None:
        was_booked = payment.booked_on is not None
        Payment.objects.filter(pk=payment.pk, state="created").update(
            state="submitted", submitted_at=payment.created_at
        )
        code = "card_declined" if standing == FAILED else ""
        said = Charge(f"pi_{payment.pk}", str(payment.attempt_key), standing, payment.amount_minor, code, code)
        book_results(provider=self.provider, answers=[ChargeAnswer(payment.pk, said)])
        if standing == SUCCEEDED and not was_booked:
            self.held_minor += payment.amount_minor

    def _say(self, transfer: RefundTransfer, standing: Standing) -> None:
        assert transfer.payment is not None
        before = transfer.state
        code = "declined" if standing == FAILED else ""
        charge, key = transfer.payment.gateway_reference, str(transfer.attempt_key)
        said = Answer(f"re_{transfer.pk}", key, charge, standing, transfer.amount_minor, code, code)
        book_transfer(provider=self.provider, transfer_id=transfer.pk, refund=said)
        transfer.refresh_from_db()
        if transfer.state == "succeeded" and before != "succeeded":
            self.held_minor -= transfer.amount_minor
        elif before == "succeeded" and standing == FAILED:
            self.held_minor += transfer.amount_minor

    def _dispute(self, reference: str, payment: Payment, amount: int, state: str) -> None:
        payment.refresh_from_db()
        book_dispute(provider=self.provider, payment=payment, said=said_of(payment, amount, state, reference))
        before = self.disputes.get(reference, (payment, amount, "warning"))[2]
        self.disputes[reference] = (payment, amount, state)
        self.held_minor -= amount * ((state in ("open", "lost")) - (before in ("open", "lost")))

    def _position(self) -> tuple[int, int]:
        """What the customer owes less what the customer has, and what is written off."""
        owed, funds = self.figures()
        return owed - funds, self._booked_on("write_off")

    def _booked_on(self, type_: str) -> int:
        lines = JournalLine.objects.filter(provider=self.provider, gl_code__type=type_)
        found = lines.aggregate(debit=Sum("debit_minor"), credit=Sum("credit_minor"))
        return (found["debit"] or 0) - (found["credit"] or 0)

    def _owed(self) -> "QuerySet[Invoice]":
        return Invoice.objects.filter(customer=self.customer, state__in=OWED)

    def _issued(self) -> "QuerySet[Invoice]":
        return Invoice.objects.filter(customer=self.customer, state__in=[*OWED, "paid"])

    def _payments(self, **which: object) -> "QuerySet[Payment]":
        return Payment.objects.filter(customer=self.customer, **which)

    def _booked(self) -> list[Payment]:
        """The payments by card of which something is left that a bank could take."""
        booked = self._payments(state__in=["succeeded", "disputed", "returned"], gateway__isnull=False)
        return [payment for payment in booked.order_by("pk") if _left_of(payment) > 0]

    def _transfers(self, **which: object) -> "QuerySet[RefundTransfer]":
        return RefundTransfer.objects.filter(customer=self.customer, way="gateway", **which)

    @staticmethod
    def _choose(among: "Sequence[M] | QuerySet[Any]", which: int) -> M:
        found: list[M] = list(among.order_by("pk")) if isinstance(among, QuerySet) else list(among)
        if not found:
            raise NothingThere
        return found[which % len(found)]


def _left_of(payment: Payment) -> int:
    """What a bank could take of it; where a refund is among it that is under way, the dispute has to wait."""
    return int(payment.refundable_minor + payment.refunding_minor)
