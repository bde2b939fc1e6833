"""What does not agree between the clearing account and processors' balances."""

from django.db import models
from django.db.models import Q

from makegood.payments.models.payment import Payment
from makegood.providers.models import Provider


class ClearingDifference(models.Model):
    """Of a charge, a refund or the disputes of a charge something else is booked than has moved at the processor.

    reference: what the processor calls it. payment: the one that it is of, if any. booked_minor, moved_minor: minor
    units, signed; None where a side has nothing of it. found_at: when it was seen first, and managers were told.
    settled_at: since when it agrees, or lies too far back to be compared; None while it differs.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=10)
    reference = models.CharField(max_length=255)
    booked_minor = models.BigIntegerField(null=True)
    moved_minor = models.BigIntegerField(null=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "clearing_difference"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "reference"], condition=Q(settled_at=None), name="clearing_difference_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
