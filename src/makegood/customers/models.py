from django.db import models
from django.db.models import F, Q

from makegood.providers.models import Provider


class Customer(models.Model):
    """Who gets invoices. Never deleted; closing is a status."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        CLOSED = "closed", "Closed"

    class Type(models.TextChoices):
        RESIDENTIAL = "residential", "Residential"
        BUSINESS = "business", "Business"

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    country = models.CharField(max_length=100, blank=True, default="")
    customer_type = models.CharField(max_length=11, choices=Type.choices, default=Type.RESIDENTIAL)
    language = models.CharField(max_length=12, default="en")
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.ACTIVE)
    closed_on = models.DateField(null=True)
    billing_enabled = models.BooleanField(default=True)
    autopay = models.BooleanField(default=False)
    email_opt_out = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "customer"
        constraints = [
            models.UniqueConstraint(fields=["provider", "number"], name="customer_number_unique"),
            models.UniqueConstraint(fields=["provider", "id"], name="customer_same_provider"),
            models.CheckConstraint(name="customer_number_given", condition=~Q(number="")),
            models.CheckConstraint(name="customer_status_known", condition=Q(status__in=["active", "closed"])),
            models.CheckConstraint(
                name="customer_type_known", condition=Q(customer_type__in=["residential", "business"])
            ),
        ]
        # Searches inside texts have customer_text_inside, of trigrams; it stands in the migrations alone.
        indexes = [
            models.Index(F("provider"), F("name"), F("id"), name="customer_by_name"),
            models.Index(fields=["provider", "customer_type", "number"], name="customer_by_type"),
            models.Index(fields=["provider", "status", "number"], name="customer_by_status"),
            models.Index(fields=["provider", "autopay", "number"], name="customer_by_autopay"),
            models.Index(fields=["provider", "email", "number"], name="customer_by_email"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class CustomerFigures(models.Model):
    """What lists sort by: stored, kept by the services that change orders, proved by the invariants."""

    customer = models.OneToOneField(
        Customer, models.PROTECT, primary_key=True, db_constraint=False, related_name="figures"
    )
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False, db_constraint=False)
    active_orders = models.IntegerField(default=0)
    monthly_price_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "customer_figures"
        indexes = [
            models.Index(fields=["provider", "active_orders", "customer"], name="customer_figures_orders"),
            models.Index(fields=["provider", "monthly_price_minor", "customer"], name="customer_figures_price"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.active_orders} orders"
