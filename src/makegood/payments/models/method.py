"""What customers pay with, as the processor knows it."""

from django.db import models
from django.db.models import Q

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.gateways.rules import MethodKind
from makegood.providers.models import Provider, Staff


class PaymentMethod(models.Model):
    """A card or bank account of a customer, kept by the processor. No number of a card ever stands here.

    reference: what the processor calls it. expires_on: the last day on which a card can be used. Removed ones stay.
    detached_at: when the processor has taken note of the removal; until then it is told again.
    held_at, held_for: since when, and for the dispute of which payment, autopay does not charge it; see `holding`.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False, related_name="methods")
    gateway = models.ForeignKey(Gateway, models.PROTECT, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=4, choices=MethodKind.choices)
    reference = models.CharField(max_length=255)
    brand = models.CharField(max_length=40, blank=True, default="")
    last_four = models.CharField(max_length=4)
    expires_on = models.DateField(null=True)
    is_default = models.BooleanField(default=False)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False, related_name="+")
    created_at = models.DateTimeField()
    removed_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False, related_name="+")
    removed_at = models.DateTimeField(null=True)
    detached_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    held_for = models.ForeignKey(
        "payments.Payment", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        db_table = "payment_method"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="payment_method_same_provider"),
            models.UniqueConstraint(fields=["gateway", "reference"], name="payment_method_reference_once"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_default=True), name="payment_method_one_default"
            ),
            models.CheckConstraint(name="payment_method_kind_known", condition=Q(kind__in=MethodKind.values)),
            models.CheckConstraint(
                name="payment_method_default_is_there", condition=Q(is_default=False) | Q(removed_at=None)
            ),
            models.CheckConstraint(
                name="payment_method_detached_if_removed",
                condition=Q(detached_at=None) | Q(removed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_method_held_for_a_payment",
                condition=Q(held_at=None, held_for=None) | Q(held_at__isnull=False, held_for__isnull=False),
            ),
            # The number of a card has twelve digits or more; four of them are all that is kept.
            models.CheckConstraint(
                name="payment_method_no_number",
                condition=Q(last_four__regex=r"^[0-9A-Za-z]{4}$")
                & ~Q(reference="")
                & ~Q(reference__regex=r"^[0-9 -]{8,}$")
                & ~Q(brand__regex=r"[0-9]{5,}"),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "id"], name="payment_method_of_customer"),
            models.Index(
                fields=["provider", "expires_on"],
                condition=Q(is_default=True, expires_on__isnull=False),
                include=["customer_id"],
                name="payment_method_by_expiry",
            ),
            models.Index(
                fields=["gateway", "removed_at"],
                condition=Q(removed_at__isnull=False, detached_at=None),
                name="payment_method_to_detach",
            ),
            models.Index(
                fields=["provider"],
                condition=Q(held_at__isnull=False, removed_at=None),
                include=["customer_id"],
                name="payment_method_on_hold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand or self.get_kind_display()} ending {self.last_four}"
