"""How a provider bills, and how far each customer and order has been billed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from makegood.customers.models import Customer
from makegood.ledger.models import GLCode
from makegood.orders.models import Order
from makegood.providers.models import Provider


def _default_reminder_days() -> list[int]:
    return [3, 10]


class BillingSettings(models.Model):
    """How a provider bills. Rates and percentages in percent, amounts in minor units, days on the provider's calendar.

    invoices_from: the first day that invoices are made for; without it none are made.
    review_drafts: invoices of the daily job stay drafts until a person has looked at them and issues them.
    prices_include_tax: whether prices, charges and adjustments are gross; fixed by the first invoice.
    due_days: days from the issue to the due date. autopay_days: the same to the autopay date of who pays by it.
    late_fee_grace_days: how many days after the due date the fee is charged. reminder_days: the same for e-mails.
    suspend_after_days: the same for the suspension of the customer's orders; None for never.
    GL codes: None for the provider's first active one of the type (tax, fee, write-off, fee).
    """

    class LateFee(models.TextChoices):
        NONE = "none", "None"
        FIXED = "fixed", "A fixed amount"
        PERCENT = "percent", "A percentage of what is left to pay"

    provider = models.OneToOneField(Provider, models.PROTECT, primary_key=True, related_name="billing_settings")
    invoices_from = models.DateField(null=True)
    review_drafts = models.BooleanField(default=False)
    prices_include_tax = models.BooleanField(default=False)
    due_days = models.PositiveSmallIntegerField(default=14)
    autopay_days = models.PositiveSmallIntegerField(default=5)
    charge_tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    late_fee = models.CharField(max_length=7, choices=LateFee.choices, default=LateFee.NONE)
    late_fee_minor = models.BigIntegerField(null=True)
    late_fee_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    late_fee_grace_days = models.PositiveSmallIntegerField(default=5)
    reminder_days = ArrayField(models.SmallIntegerField(), default=_default_reminder_days, blank=True)
    suspend_after_days = models.PositiveSmallIntegerField(null=True)
    tax_gl_code = models.ForeignKey(
        GLCode, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    late_fee_gl_code = models.ForeignKey(
        GLCode, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    write_off_gl_code = models.ForeignKey(
        GLCode, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    charge_gl_code = models.ForeignKey(
        GLCode, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "billing_settings"
        constraints = [
            models.CheckConstraint(
                name="billing_settings_days",
                condition=Q(due_days__lte=365, autopay_days__lte=F("due_days"), late_fee_grace_days__lte=365)
                & (Q(suspend_after_days=None) | Q(suspend_after_days__range=(1, 365))),
            ),
            models.CheckConstraint(
                name="billing_settings_late_fee",
                condition=Q(late_fee="none")
                | Q(late_fee="fixed", late_fee_minor__isnull=False, late_fee_minor__gt=0)
                | Q(late_fee="percent", late_fee_percent__isnull=False, late_fee_percent__range=(0, 100)),
            ),
            models.CheckConstraint(name="billing_settings_tax_rate", condition=Q(charge_tax_rate__range=(0, 100))),
        ]

    def __str__(self) -> str:
        return f"billing of provider {self.provider_id}"


class BillingAccount(models.Model):
    """How a customer is billed, and how far. One narrow row for each customer, made with the customer.

    billing_day: the day of the month on which periods begin: 1 for the monthly cycle; for the anniversary cycle that of
    the activation, or a short month's last day; None until it is known.
    next_period_on: the first day that is not billed yet; None while there is nothing to bill.
    """

    class Cycle(models.TextChoices):
        MONTHLY = "monthly", "On the 1st of the month"
        ANNIVERSARY = "anniversary", "On the day of activation"

    customer = models.OneToOneField(
        Customer, models.PROTECT, primary_key=True, db_constraint=False, related_name="billing_account"
    )
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False, db_constraint=False)
    cycle = models.CharField(max_length=11, choices=Cycle.choices, default=Cycle.MONTHLY)
    billing_day = models.PositiveSmallIntegerField(null=True, default=1)
    next_period_on = models.DateField(null=True)

    class Meta:
        db_table = "billing_account"
        constraints = [
            models.CheckConstraint(
                name="billing_account_day",
                condition=Q(cycle="monthly", billing_day=1, billing_day__isnull=False)
                | Q(cycle="anniversary", billing_day=None)
                | Q(cycle="anniversary", billing_day__range=(1, 31)),
            ),
        ]
        indexes = [models.Index(fields=["provider", "next_period_on", "customer"], name="billing_account_due")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.cycle}"


class OrderBilling(models.Model):
    """How far an order has been billed.

    billed_until: the first day that is neither billed nor has passed without being billed. price_id: the newest of the
    order's recorded prices when it was billed, so that a later change of a day that has been billed is seen and made up
    for.
    """

    order = models.OneToOneField(
        Order, models.PROTECT, primary_key=True, db_constraint=False, related_name="order_billing"
    )
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False, db_constraint=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False)
    billed_until = models.DateField()
    price_id = models.BigIntegerField()

    class Meta:
        db_table = "order_billing"

    def __str__(self) -> str:
        return f"{self.order_id}: until {self.billed_until}"
