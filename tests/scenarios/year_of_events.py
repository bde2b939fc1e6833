"""What happens to a provider's customers in a year: by chance, each time the same, and all through the services."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TypeVar

from django.db.models import Model, QuerySet

from makegood.credits.models import Credit
from makegood.credits.services.apply_funds import apply_now
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.customers.services import edit_customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.orders.services.change_order import change_price
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.order_status import resume_order, suspend_order, terminate_order
from makegood.payments.models import Payment
from makegood.providers.models import Membership
from makegood.runs.models import Run
from tests.support import records
from tests.support.charges import adjust, charge
from tests.support.paying import pay, reverse

M = TypeVar("M", bound=Model)
SERVICES = ("DSL", "Fiber", "TV")


class NothingToDo(Exception):
    """There is nobody, or nothing, that it could happen to."""


class Year:
    """The events of a year. counted: how often each was done, and how often refused."""

    @property
    def events(self) -> "Events":
        """What can happen."""
        return EVENTS

    def __init__(self, manager: Membership, seed: int) -> None:
        self.manager = manager
        self.provider = manager.provider
        self.chance = random.Random(seed)
        self.counted: Counter[str] = Counter()
        self.today = date.min
        self._to_take_back: list[tuple[date, Run]] = []

    def live(self, today: date) -> None:
        """What happens on one day, after its own work is done."""
        self.today = today
        for event, a_day in self.events:
            whole = int(a_day)
            for _ in range(whole + (self.chance.random() < a_day - whole)):
                self._try(event.__name__, partial(event, self))
        if today.day == 10:
            self._try("storm", self.storm)
        for run in [run for day, run in self._to_take_back if day == today]:
            self._try("take_back", partial(records.take_back, self.manager, run))

    def _try(self, name: str, event: Callable[[], object]) -> None:
        try:
            event()
        except Refused as refused:
            self.counted[f"refused {refused.code}"] += 1
        except NothingToDo:
            self.counted["nothing to do"] += 1
        else:
            self.counted[name] += 1

    def _some(self, things: Sequence[int], most: int = 1) -> list[int]:
        return sorted(self.chance.sample(things, min(most, len(things))))

    def _customers(self, most: int = 1, **which: object) -> list[Customer]:
        ids = list(Customer.objects.filter(provider=self.provider, **which).order_by("id").values_list("pk", flat=True))
        found = Customer.objects.select_related("provider").filter(pk__in=self._some(ids, most))
        return list(found.order_by("id"))

    def _customer(self) -> Customer:
        return self._customers(status="active")[0]

    def _order(self, status: str = "active") -> Order:
        orders = Order.objects.filter(provider=self.provider, status=status)
        return self._one(orders.select_related("provider", "customer"))

    def _invoice(self, **which: object) -> Invoice:
        invoices = Invoice.objects.filter(provider=self.provider, number__isnull=False, **which)
        return self._one(invoices.select_related("provider", "customer__provider"))

    def _credit(self) -> Credit:
        credits = Credit.objects.filter(provider=self.provider, remaining_minor__gt=0, kind="goodwill")
        return self._one(credits.select_related("customer__provider", "provider", "gl_code", "run_row__run"))

    def _one(self, records: QuerySet[M]) -> M:
        """One of the records."""
        number = records.count()
        if not number:
            raise NothingToDo
        return records.order_by("pk")[self.chance.randrange(number)]

    # Events, one after the other in `EVENTS`.

    def join(self) -> None:
        number = f"N{self.counted['join'] + 1}"
        customer = records.add_customer(
            self.provider, number, areas=(), autopay=self.chance.random() < 0.3, billing_enabled=True
        )
        self._sell(customer, f"{number}-1")

    def buy_more(self) -> None:
        self._sell(self._customer(), f"M{self.counted['buy_more'] + 1}-1")

    def _sell(self, customer: Customer, number: str) -> None:
        since = self.today - timedelta(days=self.chance.choice((0, 0, 0, 3, 20)))
        area = self.chance.choice(("North", "South"))
        records.add_order(customer, number, service=self.chance.choice(SERVICES), area=area, from_date=since)

    def change_a_price(self) -> None:
        order = self._order()
        price = order.price_minor + self.chance.choice((-300, 100, 155, 500))
        day = self.today + timedelta(days=self.chance.choice((-10, 0, 0, 5, 25)))
        change_price(order=order, price_minor=max(price, 0), effective_from=day, staff_id=None)

    def end_an_order(self) -> None:
        last_day = self.today + timedelta(days=self.chance.choice((-3, 0, 0, 12, 40)))
        terminate_order(order=self._order(), to_date=last_day, staff_id=None)

    def suspend(self) -> None:
        suspend_order(order=self._order(), staff_id=None)

    def resume(self) -> None:
        resume_order(order=self._order("suspended"), staff_id=None)

    def leave(self) -> None:
        close_customer(customer=self._customer(), staff_id=None)

    def switch_billing(self) -> None:
        disabled = self._customers(billing_enabled=False)
        customer = disabled[0] if disabled and self.chance.random() < 0.6 else self._customer()
        edit_customer(customer=customer, staff_id=None, billing_enabled=not customer.billing_enabled)

    def storm(self) -> None:
        """Many are credited at once; some of the runs are taken back, and some of the credits have a last day."""
        customers = self._customers(self.chance.randint(60, 200))
        run = records.credit(self.manager, customers=customers, amount_minor=self.chance.choice((750, 2500, 6000)))
        given = list(Credit.objects.filter(run_row__run=run).order_by("id").values_list("pk", flat=True))
        for pk in self._some(given, 6):
            credit = Credit.objects.select_related("customer__provider", "gl_code", "run_row__run").get(pk=pk)
            last_day = self.today + timedelta(days=self.chance.randint(0, 45))
            self._try("let_expire", partial(records.edit, self.manager, credit, expires_on=last_day))
        if self.chance.random() < 0.4:
            self._to_take_back.append((self.today + timedelta(days=self.chance.randint(1, 25)), run))

    def credit_one(self) -> None:
        amount = self.chance.choice((100, 999, 2000, 8000))
        records.credit(self.manager, customers=self._customers(), amount_minor=amount)

    def change_a_credit(self) -> None:
        records.edit(self.manager, self._credit(), amount_minor=self.chance.choice((50, 500, 3000)))

    def void_a_credit(self) -> None:
        records.void(self.manager, self._credit())

    def charge_some(self) -> None:
        customers = self._customers(self.chance.randint(1, 20), status="active")
        charge(self.manager, customers=customers, amount_minor=1500, tax_rate="8.875")

    def discount_one(self) -> None:
        last_day = self.today + timedelta(days=120)
        adjust(self.manager, self._order(), from_on=self.today, until_on=last_day)

    def pay_what_is_due(self) -> None:
        soon = self.today + timedelta(days=4)
        invoice = self._invoice(state__in=("open", "late"), due_on__lte=soon)
        amount = self.chance.choice(
            (invoice.due_minor,) * 4 + (invoice.due_minor + 1234, max(invoice.due_minor // 3, 1))
        )
        named = {invoice: min(amount, invoice.due_minor)} if self.chance.random() < 0.3 else None
        pay(self.manager, invoice.customer, amount, allocations=named)

    def bounce(self) -> None:
        since = self.today - timedelta(days=60)
        payments = Payment.objects.filter(provider=self.provider, state="succeeded", received_on__gte=since)
        reverse(self.manager, self._one(payments.select_related("customer")))

    def use_now(self) -> None:
        invoice = self._invoice(state__in=("open", "late"), customer__balance__funds_minor__gt=0)
        apply_now(membership=self.manager, customer=invoice.customer)

    def void_an_invoice(self) -> None:
        invoice = self._invoice(issued_on__gte=self.today - timedelta(days=45))
        again = self.chance.random() < 0.5
        void_invoice(membership=self.manager, invoice=invoice, reason="Wrong", bill_again=again)

    def give_up(self) -> None:
        invoice = self._invoice(state="late", due_on__lte=self.today - timedelta(days=40))
        write_off_invoice(membership=self.manager, invoice=invoice, reason="Moved away")


Events = tuple[tuple[Callable[..., object], float], ...]
"""Each with how often it happens on a day, on average."""

EVENTS: Events = (
    (Year.join, 0.25),
    (Year.buy_more, 0.2),
    (Year.change_a_price, 0.4),
    (Year.end_an_order, 0.2),
    (Year.suspend, 0.12),
    (Year.resume, 0.12),
    (Year.leave, 0.1),
    (Year.switch_billing, 0.12),
    (Year.credit_one, 0.4),
    (Year.change_a_credit, 0.25),
    (Year.void_a_credit, 0.15),
    (Year.charge_some, 0.15),
    (Year.discount_one, 0.06),
    (Year.pay_what_is_due, 2.5),
    (Year.bounce, 0.15),
    (Year.use_now, 0.15),
    (Year.void_an_invoice, 0.2),
    (Year.give_up, 0.3),
)

RATES = {"Fiber": (5000, Decimal("8.875")), "TV": (1299, Decimal(20))}
"""Price in minor units and tax in percent of what is sold besides DSL."""
