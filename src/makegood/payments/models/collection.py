"""Collecting invoices from payment methods: what is in flight, and when it is tried again."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.payments.models.payment import Payment
from makegood.payments.rules import DEFAULT_RETRY_DAYS
from makegood.providers.models import Provider


def default_retry_days() -> list[int]:
    """The schedule of a provider that has not chosen one."""
    return list(DEFAULT_RETRY_DAYS)


class CollectionSettings(models.Model):
    """How a provider collects; made with the first change, the defaults hold until then.

    retry_days: after how many days a failed collection is tried again, one for each further try; empty for none.
    charges_per_hour, amount_per_hour_minor: what may be submitted within sixty minutes; None for no limit.
    at_once: how many charges are under way at the processor at the same time.
    """

    provider = models.OneToOneField(Provider, models.PROTECT, primary_key=True, related_name="collection_settings")
    retry_days = ArrayField(models.PositiveSmallIntegerField(), default=default_retry_days)
    charges_per_hour = models.IntegerField(null=True)
    amount_per_hour_minor = models.BigIntegerField(null=True)
    at_once = models.PositiveSmallIntegerField(default=8)

    class Meta:
        db_table = "collection_settings"
        constraints = [
            models.CheckConstraint(
                name="collection_settings_limits",
                condition=(Q(charges_per_hour=None) | Q(charges_per_hour__gt=0))
                & (Q(amount_per_hour_minor=None) | Q(amount_per_hour_minor__gt=0))
                & Q(at_once__range=(1, 32), retry_days__len__lte=10),
            ),
        ]

    def __str__(self) -> str:
        return f"again after {self.retry_days}"


class Collection(models.Model):
    """How the collection of an invoice by autopay stands, once it has been tried.

    tries: how many payments for it have failed. next_try_on: the day of the provider on which autopay tries again; None
    while a payment is under way, when it succeeded, and when it was given up.
    """

    invoice = models.OneToOneField(
        Invoice, models.PROTECT, primary_key=True, db_constraint=False, related_name="collection"
    )
    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False)
    last_payment = models.ForeignKey(Payment, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    tries = models.SmallIntegerField(default=0)
    next_try_on = models.DateField(null=True)
    given_up_on = models.DateField(null=True)

    class Meta:
        db_table = "collection"
        constraints = [
            models.CheckConstraint(
                name="collection_given_up_or_tried", condition=Q(next_try_on=None) | Q(given_up_on=None)
            ),
            models.CheckConstraint(name="collection_tries_count", condition=Q(tries__gte=0)),
        ]
        indexes = [
            models.Index(
                fields=["provider", "next_try_on"],
                condition=Q(next_try_on__isnull=False),
                include=["customer_id"],
                name="collection_to_try",
            ),
            models.Index(
                fields=["provider", "given_up_on"], condition=Q(given_up_on__isnull=False), name="collection_given_up"
            ),
        ]

    def __str__(self) -> str:
        return f"invoice {self.invoice_id}: {self.tries} tries"


class PaymentClaim(models.Model):
    """What a payment that was asked for is to pay of an invoice, in minor units.

    open: while the payment is in flight; the invoice's in_flight_minor is the sum of its open claims, and it has one.
    """

    pk = models.CompositePrimaryKey("payment_id", "invoice_id")
    payment = models.ForeignKey(Payment, models.PROTECT, db_constraint=False, db_index=False, related_name="claims")
    invoice = models.ForeignKey(Invoice, models.PROTECT, db_constraint=False, related_name="payment_claims")
    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    amount_minor = models.BigIntegerField()
    open = models.BooleanField(default=True)

    class Meta:
        db_table = "payment_claim"
        constraints = [
            models.CheckConstraint(name="payment_claim_of_something", condition=Q(amount_minor__gt=0)),
            models.UniqueConstraint(fields=["invoice"], condition=Q(open=True), name="payment_claim_one_in_flight"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of invoice {self.invoice_id}"
