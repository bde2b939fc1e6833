"""What the people of the demo provider do in the three months that it plays, on which day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef

from makegood.credits.models import Credit, Kind
from makegood.credits.services.change_credit import change_credit
from makegood.credits.services.give_credit import CreditValues, fill_values, prepare_credit_run
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.customers.selectors import list_customers
from makegood.demo.card_acts import CardActs
from makegood.demo.choosing import choose
from makegood.demo.habits import Habit, Owed, habit_of, pays_minor, pays_on
from makegood.demo.names import STORM_AREA
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED, State
from makegood.invoices.services.add_charge import fill_charge_values, prepare_charge_run
from makegood.kit.filters import FilterValues
from makegood.ledger.selectors import get_gl_code
from makegood.orders.models import Order
from makegood.orders.services.change_order import change_price
from makegood.orders.services.order_status import resume_order, terminate_order
from makegood.payments.models import Payment, PaymentMethod
from makegood.payments.rules import Method
from makegood.payments.services.record_payment import record_payment
from makegood.payments.services.reverse_payment import reverse_payment
from makegood.providers.models import Membership, Provider
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run, Selection
from makegood.runs.services.select import select_listed, select_matching
from makegood.runs.services.start_run import start_run
from makegood.transaction_templates.selectors import get_charge_template, get_credit_template

# Who has a balance with the former system, by the filters of the Customer List, and how much, in minor units.
BALANCES: tuple[tuple[dict[str, list[str]], int], ...] = (
    ({"autopay": ["yes"], "type": ["residential"]}, 2_500),
    ({"autopay": ["yes"], "type": ["business"]}, 5_000),
    ({"autopay": ["no"], "type": ["residential"], "area": ["Cedar Flats", "Mill Creek", "Harbor District"]}, 32_000),
)


@dataclass(frozen=True)
class Acts:
    """The people, and the first day of the play. What they do is chosen by chance that is the same each time."""

    first: date
    billing: Membership
    manager: Membership

    @property
    def provider(self) -> Provider:
        return self.billing.provider

    def on(self, day: date) -> None:
        """What they do on a day of the provider, once its own work is done. Opens transactions."""
        self._pay(day)
        passed = (day - self.first).days
        for occasions in (self._occasions(), CardActs(self.billing).occasions()):
            if passed in occasions:
                occasions[passed](day)

    def _occasions(self) -> dict[int, Callable[[date], None]]:
        """By how many days of the play have passed."""
        return {
            1: self._take_balances_over,
            4: self._activate_orders,
            20: self._change_prices,
            33: self._charge_visits,
            41: self._credit_storm,
            47: self._terminate_orders,
            52: self._give_goodwill,
            58: self._return_payment,
            66: self._void_invoice,
            74: self._charge_visits,
            81: self._write_off,
            86: self._give_goodwill,
        }

    def _take_balances_over(self, day: date) -> None:
        """What customers had with the former system: it pays their first invoices, or a part, by itself."""
        for filter, amount_minor in BALANCES:
            matching = {**filter, "status": ["active"]}
            selection = select_matching(membership=self.manager, list_name="customers", values=matching)
            values = fill_values(
                provider=self.provider,
                template=None,
                amount_minor=amount_minor,
                description="Balance taken over from the former billing system",
                gl_code=get_gl_code(self.provider, "4920"),
            )
            self._credit(self.manager, values, selection, matching)

    def _pay(self, day: date) -> None:
        owed = Invoice.objects.filter(provider=self.provider, state__in=OWED, issued_on__lt=day, in_flight_minor=0)
        # What autopay collects nobody pays, unless it has been given up.
        cards = PaymentMethod.objects.filter(customer=OuterRef("customer"), is_default=True)
        owed = owed.exclude(Exists(cards), customer__autopay=True, collection__given_up_on=None)
        # What is covered by Available Funds nobody pays.
        owed = owed.filter(customer__balance__funds_minor__lt=F("due_minor"))
        fields = ("id", "customer_id", "customer__number", "issued_on", "due_on", "due_minor")
        paying = {}
        for pk, customer_id, number, issued_on, due_on, due_minor in owed.order_by("id").values_list(*fields):
            seen = Owed(number, issued_on, due_on, due_minor)
            if pays_on(seen) == day:
                paying[pk] = (customer_id, pays_minor(seen))
        customers = Customer.objects.in_bulk({customer_id for customer_id, _ in paying.values()})
        for pk, (customer_id, amount_minor) in paying.items():
            record_payment(
                membership=self.billing,
                customer=customers[customer_id],
                method=Method.CASH if pk % 9 == 0 else Method.BANK_TRANSFER,
                amount_minor=amount_minor,
                received_on=day,
                reference="" if pk % 9 == 0 else f"{day:%y%m%d}-{pk}",
                key=f"demo invoice {pk}",
            )

    def _activate_orders(self, day: date) -> None:
        pending = Order.objects.filter(provider=self.provider, status="pending", from_date__lt=day)
        for order in choose(list(pending.order_by("number")), 12, "activate"):
            resume_order(order=order, staff_id=self.billing.staff_id)

    def _change_prices(self, day: date) -> None:
        for order in choose(self._active_orders(), 6, "prices"):
            price_minor = order.price_minor + 500
            change_price(order=order, price_minor=price_minor, effective_from=day, staff_id=self.billing.staff_id)

    def _terminate_orders(self, day: date) -> None:
        for order in choose(self._active_orders(), 8, "ends"):
            terminate_order(order=order, to_date=day + timedelta(days=3), staff_id=self.billing.staff_id)

    def _charge_visits(self, day: date) -> None:
        template = get_charge_template(self.provider, "Technician visit")
        values = fill_charge_values(
            provider=self.provider, template=template, amount_minor=None, description=None, gl_code=None, tax_rate=None
        )
        customers = choose(self._billed_customers(), 9, f"visits {(day - self.first).days}")
        selection = select_listed(
            membership=self.billing, list_name="customers", record_ids=[customer.pk for customer in customers]
        )
        chosen = [customer.number for customer in customers]
        run, _ = prepare_charge_run(
            membership=self.billing, selection=selection, unit="customer", values=values, chosen=chosen
        )
        self._finish(run, self.billing)

    def _credit_storm(self, day: date) -> None:
        matching = {"area": [STORM_AREA], "status": ["active"]}
        selection = select_matching(membership=self.manager, list_name="customers", values=matching)
        self._credit(self.manager, self._template("Storm outage"), selection, matching)

    def _give_goodwill(self, day: date) -> None:
        customers = choose(self._billed_customers(), 8, f"goodwill {(day - self.first).days}")
        selection = select_listed(
            membership=self.manager, list_name="customers", record_ids=[customer.pk for customer in customers]
        )
        chosen = [customer.number for customer in customers]
        run = self._credit(self.manager, self._template("Goodwill 5"), selection, chosen)
        # Some of them have to be used soon, are not, and expire.
        for credit in Credit.objects.filter(run_row__run=run, kind=Kind.GOODWILL).order_by("id")[:5]:
            change_credit(
                membership=self.manager,
                credit=credit,
                key=f"demo expiry {credit.pk}",
                expires_on=day + timedelta(days=5),
            )

    def _return_payment(self, day: date) -> None:
        paid = Payment.objects.filter(provider=self.provider, method=Method.BANK_TRANSFER, reversed_on=None)
        bounced = [each for each in paid.select_related("customer").order_by("id") if self._pays_promptly(each)]
        for payment in choose(bounced, 2, "bounced"):
            reverse_payment(
                membership=self.billing, payment=payment, reason="Returned by the bank", key=f"demo back {payment.pk}"
            )

    def _void_invoice(self, day: date) -> None:
        open_ones = Invoice.objects.filter(provider=self.provider, state=State.OPEN, paid_minor=0, used_minor=0)
        for invoice in choose(list(open_ones.order_by("id")), 1, "void"):
            void_invoice(membership=self.manager, invoice=invoice, reason="Billed to the wrong household")

    def _write_off(self, day: date) -> None:
        late = Invoice.objects.filter(
            provider=self.provider, state=State.LATE, customer__balance__funds_minor=0
        ).select_related("customer")
        never = [each for each in late.order_by("id") if habit_of(each.customer.number) is Habit.NEVER]
        for invoice in choose(never, 2, "write off"):
            write_off_invoice(membership=self.manager, invoice=invoice, reason="The customer has moved away")

    def _template(self, name: str) -> CreditValues:
        template = get_credit_template(self.provider, name)
        return fill_values(provider=self.provider, template=template, amount_minor=None, description=None, gl_code=None)

    def _credit(
        self,
        membership: Membership,
        values: CreditValues,
        selection: Selection,
        chosen: FilterValues | Sequence[str],
    ) -> Run:
        run, _ = prepare_credit_run(
            membership=membership, selection=selection, unit="customer", values=values, chosen=chosen
        )
        return self._finish(run, membership)

    def _finish(self, run: Run, membership: Membership) -> Run:
        start_run(run=run, membership=membership)
        carry_out(run.pk)
        return run

    def _billed_customers(self) -> list[Customer]:
        return list(list_customers(self.provider).filter(status="active", billing_enabled=True).order_by("number"))

    def _active_orders(self) -> list[Order]:
        orders = Order.objects.select_related("provider", "customer").filter(provider=self.provider, status="active")
        return list(orders.order_by("number"))

    def _pays_promptly(self, payment: Payment) -> bool:
        return habit_of(payment.customer.number) is Habit.PROMPT
