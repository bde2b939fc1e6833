from django.db import models
from django.db.models import Q

from makegood.ledger.models import GLCode
from makegood.providers.models import Provider


class TransactionTemplate(models.Model):
    """Prepared values for a credit or a charge. The amount, in minor units, is positive; direction is a field."""

    class Direction(models.TextChoices):
        CREDIT = "credit", "Credit"
        CHARGE = "charge", "Charge"

    class Kind(models.TextChoices):
        GOODWILL = "goodwill", "Goodwill"
        OUTAGE = "outage", "Outage"
        CORRECTION = "correction", "Correction"

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    name = models.CharField(max_length=100)
    direction = models.CharField(max_length=6, choices=Direction.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.GOODWILL)
    amount_minor = models.BigIntegerField(null=True)
    description = models.CharField(max_length=500, blank=True, default="")
    gl_code = models.ForeignKey(GLCode, models.PROTECT, null=True, db_constraint=False, db_index=False)
    notify = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        db_table = "transaction_template"
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="transaction_template_name_unique"),
            models.UniqueConstraint(fields=["provider", "id"], name="transaction_template_same_provider"),
            models.CheckConstraint(
                name="transaction_template_direction", condition=Q(direction__in=["credit", "charge"])
            ),
            models.CheckConstraint(
                name="transaction_template_kind", condition=Q(kind__in=["goodwill", "outage", "correction"])
            ),
            models.CheckConstraint(
                name="transaction_template_amount", condition=Q(amount_minor=None) | Q(amount_minor__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name
