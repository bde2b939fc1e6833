"""The same deeds on a real provider, through the services, and what it says of its customers. In minor units."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from makegood.accounting.services.close_month import close_month
from makegood.credits.models import Credit, Kind
from makegood.credits.services.apply_funds import apply_now
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.customers.services import edit_customer
from makegood.days.models import ProviderDay
from makegood.days.services.work_day import work_days
from makegood.invoices.models import Charge, Invoice
from makegood.invoices.services.billing_cycle import set_billing_cycle
from makegood.invoices.services.cancel_charge import cancel_charge
from makegood.invoices.services.discard_draft import discard_draft
from makegood.invoices.services.invoice_run import bill_now, prepare_invoice_run
from makegood.kit.refusal import Refused
from makegood.ledger.models import CustomerBalance
from makegood.orders.models import Order
from makegood.orders.services.change_order import change_price
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.order_status import resume_order, suspend_order, terminate_order
from makegood.payments.models import Payment
from makegood.payments.services.record_payment import record_payment
from makegood.payments.services.reverse_payment import reverse_payment
from makegood.providers.models import Provider
from makegood.runs.models import Run
from makegood.runs.services.start_run import start_run
from tests.model.days import Terms
from tests.support import charges, records
from tests.support.billing import add_billing_provider, add_taxed_service, on_day

slugs = (f"model-{number}" for number in count(1))


@dataclass(frozen=True)
class Shape:
    """What kind of provider it is. rates: tax in percent, as it is typed; each a service of its own."""

    currency: str
    digits: int
    terms: Terms
    rates: tuple[str, ...] = ("0", "8.875", "20")

    @property
    def unit(self) -> int:
        return int(10**self.digits)


class Real:
    """The provider. Customers, credits and the rest are named by their place: the first is 0."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.today = shape.terms.first_day
        self.provider = self._add_provider()
        with self.now():
            self.clerk = records.add_person(self.provider, "manager")
            for rate in shape.rates:
                add_taxed_service(self.provider, f"Taxed {rate}", tax_rate=rate)
        self.runs: list[Run] = []
        self._keys = count(1)
        self.work()

    def _add_provider(self) -> Provider:
        terms = self.shape.terms
        return add_billing_provider(
            next(slugs),
            currency=self.shape.currency,
            timezone="UTC",
            invoices_from=terms.first_day,
            prices_include_tax=terms.with_tax,
            due_days=terms.due_days,
            autopay_days=terms.autopay_days,
            late_fee="fixed" if terms.fee else "none",
            late_fee_minor=terms.fee or None,
            late_fee_grace_days=terms.grace_days,
        )

    def now(self) -> AbstractContextManager[None]:
        """Inside the block it is the provider's day."""
        return on_day(self.today)

    def work(self) -> None:
        """The daily job, for all days up to today. Whatever fails, fails the test."""
        with self.now():
            assert work_days(provider=self.provider)
        last = ProviderDay.objects.filter(provider=self.provider).order_by("-day")[0]
        assert (last.day, last.is_finished) == (self.today, True), last.failure
        self.provider.refresh_from_db()

    def let_pass(self, days: int) -> None:
        self.today += timedelta(days=days)
        self.work()

    def try_to(self, deed: Callable[[], object]) -> bool:
        """Whether it is done, and not refused."""
        try:
            with self.now():
                deed()
        except Refused:
            return False
        return True

    # People and what they are sold.

    def join(self, *, is_monthly: bool, pays_early: bool) -> bool:
        number = f"P{len(self.customers()) + 1}"

        def add() -> None:
            customer = records.add_customer(self.provider, number, areas=(), autopay=pays_early)
            if not is_monthly:
                customer.billing_account.__class__.objects.filter(customer=customer).update(
                    cycle="anniversary", billing_day=None
                )

        return self.try_to(add)

    def sell(self, person: int, price: int, rate: str, from_day: date) -> bool:
        number = f"O{Order.objects.filter(provider=self.provider).count() + 1}"
        customer = self.customers()[person]
        return self.try_to(
            lambda: records.add_order(
                customer, number, service=f"Taxed {rate}", price_minor=price, from_date=from_day, area=""
            )
        )

    def reprice(self, person: int, sold: int, price: int, from_day: date) -> bool:
        order = self.orders_of(person)[sold]
        return self.try_to(lambda: change_price(order=order, price_minor=price, effective_from=from_day, staff_id=None))

    def end(self, person: int, sold: int, days_ago: int = 0) -> bool:
        order = self.orders_of(person)[sold]
        last_day = max(order.from_date, self.today - timedelta(days=days_ago))
        return order.status != "terminated" and self.try_to(
            lambda: terminate_order(order=order, to_date=last_day, staff_id=None)
        )

    def suspend(self, person: int, sold: int) -> bool:
        order = self.orders_of(person)[sold]
        return self.try_to(lambda: suspend_order(order=order, staff_id=None))

    def resume(self, person: int, sold: int) -> bool:
        order = self.orders_of(person)[sold]
        return self.try_to(lambda: resume_order(order=order, staff_id=None))

    def close(self, person: int) -> bool:
        return self.try_to(lambda: close_customer(customer=self.customers()[person], staff_id=None))

    def switch_billing(self, person: int) -> bool:
        customer = self.customers()[person]
        on = not customer.billing_enabled
        return self.try_to(lambda: edit_customer(customer=customer, staff_id=None, billing_enabled=on))

    def change_cycle(self, person: int, to_monthly: bool) -> bool:
        cycle = "monthly" if to_monthly else "anniversary"
        customer = self.customers()[person]
        return self.try_to(lambda: set_billing_cycle(membership=self.clerk, customer=customer, cycle=cycle))

    # Charges and drafts.

    def charge(self, person: int, amount: int, rate: str) -> bool:
        asked = {"customers": [self.customers()[person]], "amount_minor": amount, "tax_rate": rate}
        return self.try_to(lambda: charges.charge(self.clerk, **asked))

    def cancel_charge(self, person: int, charge: int) -> bool:
        found = Charge.objects.filter(customer=self.customers()[person]).order_by("id")[charge]
        return self.try_to(lambda: cancel_charge(membership=self.clerk, charge=found))

    def bill_now(self, person: int) -> bool:
        customer, key = self.customers()[person], f"bill {next(self._keys)}"
        return self.try_to(lambda: records.finish(bill_now(membership=self.clerk, customer=customer, key=key)))

    def bill_all_but(self, person: int) -> bool:
        customer = self.customers()[person]

        def bill() -> None:
            run, _ = prepare_invoice_run(membership=self.clerk, provider=self.provider, day=self.today)
            for draft in Invoice.objects.filter(run_row__run=run, customer=customer):
                discard_draft(membership=self.clerk, invoice=draft)
            records.finish(start_run(run=run, membership=self.clerk))

        return self.try_to(bill)

    # Credits.

    def give(self, people: Sequence[int], amount: int) -> bool:
        everybody = self.customers()
        chosen = [everybody[person] for person in people]
        return self.try_to(lambda: self.runs.append(records.credit(self.clerk, customers=chosen, amount_minor=amount)))

    def change_amount(self, person: int, lot: int, amount: int) -> bool:
        credit = self.credits_of(person)[lot]
        return self.try_to(lambda: records.edit(self.clerk, credit, amount_minor=amount))

    def let_expire(self, person: int, lot: int, day: date | None) -> bool:
        credit = self.credits_of(person)[lot]
        return self.try_to(lambda: records.edit(self.clerk, credit, expires_on=day))

    def void_credit(self, person: int, lot: int) -> bool:
        credit = self.credits_of(person)[lot]
        return self.try_to(lambda: records.void(self.clerk, credit))

    def take_back(self, gift: int) -> bool:
        return self.try_to(lambda: records.take_back(self.clerk, records.reload(self.runs[gift])))

    # Bills and money.

    def apply_now(self, person: int) -> bool:
        return self.try_to(lambda: apply_now(membership=self.clerk, customer=self.customers()[person]))

    def void_bill(self, person: int, bill: int, *, again: bool, charges_wait: bool) -> bool:
        invoice = self.invoices_of(person)[bill]
        asked: dict[str, Any] = {"reason": "Wrong", "bill_again": again, "charges_wait": charges_wait}
        return self.try_to(lambda: void_invoice(membership=self.clerk, invoice=invoice, **asked))

    def write_off(self, person: int, bill: int) -> bool:
        invoice = self.invoices_of(person)[bill]
        return self.try_to(lambda: write_off_invoice(membership=self.clerk, invoice=invoice, reason="Gone"))

    def pay(self, person: int, amount: int, bill: int | None = None) -> bool:
        named = None
        if bill is not None:
            invoice = self.invoices_of(person)[bill]
            named = {invoice: min(amount, invoice.due_minor)}
        return self.try_to(
            lambda: record_payment(
                membership=self.clerk,
                customer=self.customers()[person],
                method="cash",
                amount_minor=amount,
                received_on=self.today,
                allocations=named,
                key=f"payment {next(self._keys)}",
            )
        )

    def reverse(self, person: int, payment: int) -> bool:
        found = Payment.objects.filter(customer=self.customers()[person]).order_by("id")[payment]
        key = f"reversal {next(self._keys)}"
        return self.try_to(lambda: reverse_payment(membership=self.clerk, payment=found, reason="Bounced", key=key))

    def close_month(self, month: date) -> bool:
        return self.try_to(lambda: close_month(membership=self.clerk, month=month))

    # What there is.

    def customers(self) -> list[Customer]:
        return list(Customer.objects.filter(provider=self.provider).select_related("provider").order_by("id"))

    def orders_of(self, person: int) -> list[Order]:
        orders = Order.objects.filter(customer=self.customers()[person]).select_related("provider", "customer")
        return list(orders.order_by("id"))

    def credits_of(self, person: int) -> list[Credit]:
        credits = Credit.objects.select_related("customer__provider", "provider", "gl_code", "run_row__run")
        return list(credits.filter(customer=self.customers()[person]).order_by("id"))

    def invoices_of(self, person: int) -> list[Invoice]:
        invoices = Invoice.objects.select_related("provider", "customer")
        return list(invoices.filter(customer=self.customers()[person], number__isnull=False).order_by("id"))

    def describe(self) -> dict[str, list[object]]:
        """Balances, credits, invoices and waiting charges of all customers, as `described` says the model's."""
        balances = CustomerBalance.objects.filter(provider=self.provider).order_by("customer_id")
        said: dict[int, list[object]] = {
            balance.customer_id: [("balance", balance.funds_minor, balance.receivable_minor)] for balance in balances
        }
        for invoice in Invoice.objects.filter(provider=self.provider, number__isnull=False).order_by("id"):
            amounts = (invoice.total_minor, invoice.due_minor, invoice.used_minor, invoice.paid_minor)
            said[invoice.customer_id].append(("bill", invoice.state, invoice.due_on, *amounts))
        for credit in Credit.objects.filter(provider=self.provider).order_by("id"):
            gone = (credit.used_minor, credit.expired_minor, credit.taken_back_minor)
            is_paid_money = credit.kind == Kind.OVERPAYMENT
            said[credit.customer_id].append(("lot", credit.remaining_minor, *gone, credit.expires_on, is_paid_money))
        waiting = Charge.objects.filter(provider=self.provider, state="waiting").order_by("id")
        for charge in waiting:
            said[charge.customer_id].append(("charge", charge.amount_minor))
        return {f"P{place}": each for place, (_, each) in enumerate(sorted(said.items()), start=1)}
