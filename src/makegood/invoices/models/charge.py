"""What is billed besides the monthly prices."""

from django.db import models
from django.db.models import F, Q

from makegood.customers.models import Customer
from makegood.invoices.models.invoice import Invoice
from makegood.ledger.models import GLCode
from makegood.orders.models import Order
from makegood.providers.models import Provider, Staff
from makegood.runs.models import Run, RunRow
from makegood.transaction_templates.models import TransactionTemplate


class ChargeRun(models.Model):
    """The values of the charge window, one to one with a run of kind *charge*.

    Each row of the run becomes a charge, which waits for the customer's next invoice. Amount in minor units, tax
    rate in percent.
    """

    run = models.OneToOneField(Run, models.PROTECT, primary_key=True, db_constraint=False, related_name="charge_run")
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    amount_minor = models.BigIntegerField()
    description = models.CharField(max_length=500)
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    template = models.ForeignKey(TransactionTemplate, models.PROTECT, null=True, db_constraint=False, db_index=False)

    class Meta:
        db_table = "charge_run"
        constraints = [
            models.CheckConstraint(name="charge_run_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="charge_run_tax_rate", condition=Q(tax_rate__range=(0, 100))),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} each"


class Charge(models.Model):
    """A one-off charge: waits for the customer's next invoice, or is cancelled before. Amount in minor units.

    late_fee_of: the invoice that it is the late fee of; at most one for each.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for the next invoice"
        INVOICED = "invoiced", "Invoiced"
        CANCELLED = "cancelled", "Cancelled"

    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, related_name="charges")
    order = models.ForeignKey(Order, models.PROTECT, null=True, db_constraint=False, db_index=False)
    run_row = models.OneToOneField(RunRow, models.PROTECT, null=True, db_constraint=False, related_name="charge")
    template = models.ForeignKey(TransactionTemplate, models.PROTECT, null=True, db_constraint=False, db_index=False)
    late_fee_of = models.OneToOneField(Invoice, models.PROTECT, null=True, db_constraint=False, related_name="late_fee")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    amount_minor = models.BigIntegerField()
    description = models.CharField(max_length=500)
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    charged_on = models.DateField()
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_constraint=False, db_index=False)
    created_at = models.DateTimeField()
    cancelled_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=200, null=True)
    request_hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "charge"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="charge_same_provider"),
            models.UniqueConstraint(fields=["provider", "key"], name="charge_key_unique"),
            models.CheckConstraint(name="charge_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="charge_tax_rate", condition=Q(tax_rate__range=(0, 100))),
            models.CheckConstraint(
                name="charge_state_known",
                condition=Q(state__in=["waiting", "invoiced"], cancelled_at=None)
                | Q(state="cancelled", cancelled_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "customer"], condition=Q(state="waiting"), name="charge_waiting"),
        ]

    def __str__(self) -> str:
        return f"charge {self.pk}"


class OrderAdjustment(models.Model):
    """A monthly discount or surcharge on an order, on each invoice whose period begins within its days; minor units.

    A discount takes off at most what the order costs on the same invoice. until_on: the last day, or None.
    """

    class Direction(models.TextChoices):
        CREDIT = "credit", "Discount"
        CHARGE = "charge", "Surcharge"

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, db_constraint=False, related_name="adjustments")
    template = models.ForeignKey(TransactionTemplate, models.PROTECT, null=True, db_constraint=False, db_index=False)
    direction = models.CharField(max_length=6, choices=Direction.choices)
    amount_minor = models.BigIntegerField()
    description = models.CharField(max_length=500)
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "order_adjustment"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="order_adjustment_same_provider"),
            models.CheckConstraint(name="order_adjustment_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="order_adjustment_direction", condition=Q(direction__in=["credit", "charge"])),
            models.CheckConstraint(
                name="order_adjustment_days", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.amount_minor} on order {self.order_id}"
