"""Invoices, their lines and taxes, and the sub-ledger of receivables."""

from django.db import models
from django.db.models import F, Q

from makegood.customers.models import Customer
from makegood.invoices.models.settings import BillingAccount
from makegood.invoices.rules import State
from makegood.ledger.models import GLCode, JournalEntry
from makegood.orders.models import Order
from makegood.providers.models import Provider, Staff
from makegood.runs.models import Run, RunRow


class InvoiceRun(models.Model):
    """What an invoice run was asked for, one to one with a run of kind *invoice*.

    day: periods that begin up to this day of the provider are billed; nobody's for charges_only.
    """

    run = models.OneToOneField(Run, models.PROTECT, primary_key=True, db_constraint=False, related_name="invoice_run")
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    day = models.DateField()
    charges_only = models.BooleanField(default=False)

    class Meta:
        db_table = "invoice_run"

    def __str__(self) -> str:
        return f"invoices of {self.day}"


class InvoiceCounter(models.Model):
    """The last invoice number of a provider. One update for each chunk of invoices: numbers have no gaps."""

    provider = models.OneToOneField(Provider, models.PROTECT, primary_key=True, related_name="+")
    last_number = models.BigIntegerField(default=0)

    class Meta:
        db_table = "invoice_counter"
        constraints = [models.CheckConstraint(name="invoice_counter_counts", condition=Q(last_number__gte=0))]

    def __str__(self) -> str:
        return str(self.last_number)


class Invoice(models.Model):
    """What a customer is billed, in minor units. What is due follows from the parts and, once issued, is not negative.

    run_row: the row of the invoice run that made it. period_from, period_to: first and last day that it is about.
    collect_on: when Available Funds are used for it by themselves: the autopay date, else the due date.
    to_funds_minor: what a negative invoice gave to the Available Funds. late_on, settled_on: since when it is late, and
    nothing of it is due. basis: a hash of all that the draft was made from, to be found the same when it is issued.
    in_flight_minor: what payments under way are to pay of what is due; nothing else pays it meanwhile. by_hand: people
    alone collect it: no autopay, no funds by themselves, no reminder, fee or suspension. cycle, billing_day: those that
    the customer was billed with; None where an anniversary was not known yet. number: given at the issue.
    """

    class Kind(models.TextChoices):
        PERIOD = "period", "Period"
        FINAL = "final", "Final"
        SINGLE = "single", "Single"

    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False, related_name="invoices")
    run_row = models.OneToOneField(RunRow, models.PROTECT, null=True, db_constraint=False, related_name="invoice")
    number = models.BigIntegerField(null=True)
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    written_off_minor = models.BigIntegerField(default=0)
    voided_minor = models.BigIntegerField(default=0)
    to_funds_minor = models.BigIntegerField(default=0)
    in_flight_minor = models.BigIntegerField(default=0, db_default=0)
    by_hand = models.BooleanField(default=False, db_default=False)
    total_minor = models.GeneratedField(
        expression=F("net_minor") + F("tax_minor"), output_field=models.BigIntegerField(), db_persist=True
    )
    due_minor = models.GeneratedField(
        expression=F("net_minor")
        + F("tax_minor")
        + F("to_funds_minor")
        - F("used_minor")
        - F("paid_minor")
        - F("written_off_minor")
        - F("voided_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    created_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    period_from = models.DateField()
    period_to = models.DateField()
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    collect_on = models.DateField(null=True)
    late_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    reminders_sent = models.SmallIntegerField(default=0)
    billing_day = models.PositiveSmallIntegerField(null=True, default=1)
    basis = models.BigIntegerField(null=True)
    cycle = models.CharField(max_length=11, choices=BillingAccount.Cycle.choices, default=BillingAccount.Cycle.MONTHLY)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    state = models.CharField(max_length=13, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_constraint=False, db_index=False)

    class Meta:
        db_table = "invoice"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="invoice_same_provider"),
            models.UniqueConstraint(fields=["provider", "number"], name="invoice_number_once"),
            models.UniqueConstraint(
                fields=["customer", "period_from"],
                condition=Q(kind="period") & ~Q(state="void"),
                name="invoice_once_per_period",
            ),
            models.CheckConstraint(name="invoice_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="invoice_kind_known", condition=Q(kind__in=["period", "final", "single"])),
            models.CheckConstraint(
                name="invoice_cycle",
                condition=Q(cycle="monthly", billing_day=1, billing_day__isnull=False)
                | Q(cycle="anniversary", billing_day=None)
                | Q(cycle="anniversary", billing_day__range=(1, 31)),
            ),
            models.CheckConstraint(name="invoice_period", condition=Q(period_to__gte=F("period_from"))),
            models.CheckConstraint(
                name="invoice_parts",
                condition=Q(used_minor__gte=0, paid_minor__gte=0, written_off_minor__gte=0, voided_minor__gte=0)
                & Q(to_funds_minor__gte=0),
            ),
            models.CheckConstraint(
                name="invoice_issued_has_number",
                condition=Q(number=None, issued_on=None, due_on=None, collect_on=None, state__in=["draft", "void"])
                | Q(number__isnull=False, issued_on__isnull=False, due_on__isnull=False, collect_on__isnull=False)
                & ~Q(state="draft"),
            ),
            models.CheckConstraint(
                name="invoice_due_fits_state",
                condition=Q(number=None)
                | Q(state__in=["open", "late"], due_minor__gt=0, settled_on=None)
                | Q(state__in=["paid", "void", "uncollectible"], due_minor=0, settled_on__isnull=False),
            ),
            models.CheckConstraint(
                name="invoice_in_flight_is_due",
                condition=Q(in_flight_minor__gte=0, in_flight_minor__lte=F("due_minor")) | Q(in_flight_minor=0),
            ),
            models.CheckConstraint(
                name="invoice_parts_fit_state",
                condition=(Q(voided_minor=0) | Q(state="void"))
                & (Q(written_off_minor=0) | Q(state="uncollectible"))
                & (Q(to_funds_minor=0) | Q(net_minor__lt=-F("tax_minor"))),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="invoice_of_customer"),
            models.Index(
                fields=["provider", "collect_on"],
                include=["customer_id"],
                condition=Q(state="open"),
                name="invoice_to_collect",
            ),
            models.Index(
                fields=["provider", "due_on", "id"], condition=Q(state__in=["open", "late"]), name="invoice_by_due_date"
            ),
            models.Index(fields=["provider", "customer"], condition=Q(state="late"), name="invoice_late"),
            models.Index(fields=["customer"], condition=Q(state__in=["open", "late"]), name="invoice_owed"),
            models.Index(
                fields=["customer"],
                condition=Q(number__isnull=False, state__in=["void", "uncollectible"]),
                name="invoice_given_up",
            ),
            models.Index(fields=["provider", "state", "-id"], name="invoice_by_state"),
            models.Index(fields=["provider", "due_minor", "id"], name="invoice_by_left"),
            models.Index(fields=["provider", "kind", "id"], condition=~Q(kind="period"), name="invoice_of_no_period"),
        ]

    def __str__(self) -> str:
        return f"invoice {self.number}" if self.number else f"draft {self.pk}"


class InvoiceLine(models.Model):
    """One line of an invoice, in minor units. Append only.

    amount_minor: as priced; net_minor: without tax, the same where prices do not include it. from_on, to_on: first and
    last day that it is for; None for one-off lines. tax_rate: in percent.
    """

    class Kind(models.TextChoices):
        SERVICE = "service", "Service"
        PRICE_CHANGE = "price_change", "Price change"
        UNUSED_TIME = "unused_time", "Unused time"
        ADJUSTMENT = "adjustment", "Adjustment"
        CHARGE = "charge", "Charge"

    pk = models.CompositePrimaryKey("invoice_id", "position")
    invoice = models.ForeignKey(Invoice, models.PROTECT, db_constraint=False, db_index=False, related_name="lines")
    position = models.IntegerField()
    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, null=True, db_constraint=False, db_index=False)
    charge = models.ForeignKey(
        "invoices.Charge", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    adjustment = models.ForeignKey(
        "invoices.OrderAdjustment", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    amount_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    description = models.CharField(max_length=500)

    class Meta:
        db_table = "invoice_line"
        constraints = [
            models.CheckConstraint(
                name="invoice_line_kind_known",
                condition=Q(kind__in=["service", "price_change", "unused_time", "adjustment", "charge"]),
            ),
            models.CheckConstraint(
                name="invoice_line_days", condition=Q(from_on=None, to_on=None) | Q(to_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="invoice_line_charge", condition=Q(kind="charge", charge__isnull=False) | Q(charge=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description}: {self.amount_minor}"


class InvoiceTax(models.Model):
    """The tax of one rate on one invoice, rounded once; minor units, rate in percent. Append only."""

    pk = models.CompositePrimaryKey("invoice_id", "tax_rate")
    invoice = models.ForeignKey(Invoice, models.PROTECT, db_constraint=False, db_index=False, related_name="taxes")
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3)
    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        db_table = "invoice_tax"

    def __str__(self) -> str:
        return f"{self.tax_rate} %: {self.tax_minor}"


class ReceivableEntry(models.Model):
    """One movement of what is due of one invoice: the sub-ledger of receivables. Append only.

    amount_minor: what the customer owes more by it, in minor units; negative when the customer owes less.
    number: counts the movements of an invoice from 1, so that two at the same moment cannot both be booked.
    cause: what it comes from, by type and id: the invoice itself, a use of a credit, a payment.
    """

    class Type(models.TextChoices):
        ISSUED = "issued", "Issued"
        USED = "used", "Available Funds used"
        RETURNED = "returned", "Available Funds returned"
        PAID = "paid", "Paid"
        UNPAID = "unpaid", "Payment reversed"
        WRITTEN_OFF = "written_off", "Written off"
        VOIDED = "voided", "Voided"
        TO_FUNDS = "to_funds", "Turned into Available Funds"

    pk = models.CompositePrimaryKey("invoice_id", "number")
    invoice = models.ForeignKey(Invoice, models.PROTECT, db_constraint=False, db_index=False, related_name="entries")
    number = models.IntegerField()
    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False)
    journal_entry = models.ForeignKey(JournalEntry, models.PROTECT, db_constraint=False, db_index=False)
    cause_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    created_at = models.DateTimeField()
    booked_on = models.DateField()
    effective_on = models.DateField(null=True)
    cause_type = models.CharField(max_length=20)
    type = models.CharField(max_length=11, choices=Type.choices)

    class Meta:
        db_table = "receivable_entry"
        constraints = [
            models.CheckConstraint(
                name="receivable_entry_sign",
                condition=Q(type="issued", number=1)
                | Q(type__in=["returned", "unpaid", "to_funds"], amount_minor__gt=0, number__gt=1)
                | Q(type__in=["used", "paid"], amount_minor__lt=0, number__gt=1)
                | Q(type__in=["voided", "written_off"], number__gt=1),
            ),
        ]
        indexes = [models.Index(fields=["provider", "booked_on"], name="receivable_entry_by_day")]

    def __str__(self) -> str:
        return f"{self.type} {self.amount_minor}"
