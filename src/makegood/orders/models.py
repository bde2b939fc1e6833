from django.db import models
from django.db.models import Q

from makegood.customers.models import Customer
from makegood.ledger.models import GLCode
from makegood.providers.models import Provider


class Service(models.Model):
    """What is sold: name, monthly price in minor units, tax rate in percent, GL code."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    name = models.CharField(max_length=100)
    price_minor = models.BigIntegerField()
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    active = models.BooleanField(default=True)

    class Meta:
        db_table = "service"
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="service_name_unique"),
            models.UniqueConstraint(fields=["provider", "id"], name="service_same_provider"),
            models.CheckConstraint(name="service_price", condition=Q(price_minor__gte=0)),
            models.CheckConstraint(name="service_tax_rate", condition=Q(tax_rate__gte=0, tax_rate__lte=100)),
        ]

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """A customer's subscription to one service at one address. *Area* is the service address's.

    suspended_late_on: the day on which it was suspended because the customer was late with paying; None for an order
    that is not suspended, or that a person suspended.
    resumed_late_on: the day on which a person resumed it although the customer was late; it is suspended again only for
    an invoice that becomes late enough after that day.
    never_began: whether it was terminated while it was pending, so that nothing of it is to be paid.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        TERMINATED = "terminated", "Terminated"

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False, db_constraint=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, related_name="orders")
    number = models.CharField(max_length=40)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False)
    street = models.CharField(max_length=200, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    area = models.CharField(max_length=100, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    price_minor = models.BigIntegerField()
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    suspended_late_on = models.DateField(null=True)
    resumed_late_on = models.DateField(null=True)
    never_began = models.BooleanField(default=False, db_default=False)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, db_constraint=False, db_index=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "customer_order"
        constraints = [
            models.UniqueConstraint(fields=["provider", "number"], name="customer_order_number_unique"),
            models.UniqueConstraint(fields=["provider", "id"], name="customer_order_same_provider"),
            models.CheckConstraint(name="customer_order_number_given", condition=~Q(number="")),
            models.CheckConstraint(name="customer_order_price", condition=Q(price_minor__gte=0)),
            models.CheckConstraint(
                name="customer_order_status",
                condition=Q(status__in=["pending", "active", "suspended", "terminated"]),
            ),
            models.CheckConstraint(
                name="customer_order_dates", condition=Q(to_date=None) | Q(to_date__gte=models.F("from_date"))
            ),
            models.CheckConstraint(
                name="customer_order_suspended_late", condition=Q(suspended_late_on=None) | Q(status="suspended")
            ),
            models.CheckConstraint(
                name="customer_order_terminated_ends", condition=~Q(status="terminated") | Q(to_date__isnull=False)
            ),
        ]
        # Searches inside texts have customer_order_text_inside, of trigrams; it stands in the migrations alone.
        indexes = [
            models.Index(fields=["provider", "area", "customer"], name="customer_order_by_area"),
            models.Index(fields=["provider", "area", "number"], name="customer_order_area_sorted"),
            models.Index(fields=["provider", "service", "number"], include=["id"], name="customer_order_by_service"),
            models.Index(fields=["provider", "street", "number"], name="customer_order_by_street"),
            models.Index(fields=["provider", "status", "number"], name="customer_order_by_status"),
            models.Index(fields=["provider", "price_minor", "number"], name="customer_order_by_price"),
            models.Index(fields=["provider", "from_date", "number"], name="customer_order_by_start"),
            models.Index(fields=["provider", "to_date", "number"], name="customer_order_by_end"),
            models.Index(
                fields=["provider", "customer"],
                condition=Q(suspended_late_on__isnull=False),
                name="customer_order_suspended",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderPrice(models.Model):
    """An order's monthly price from a day on, in minor units; the newest is also on the order."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False, db_constraint=False)
    order = models.ForeignKey(Order, models.PROTECT, db_constraint=False, db_index=False, related_name="prices")
    effective_from = models.DateField()
    price_minor = models.BigIntegerField()

    class Meta:
        db_table = "order_price"
        constraints = [
            models.CheckConstraint(name="order_price_amount", condition=Q(price_minor__gte=0)),
        ]
        # Not unique: a price that is corrected on its first day is a further row, and the last one of a day holds.
        indexes = [models.Index(fields=["order", "effective_from"], name="order_price_by_day")]

    def __str__(self) -> str:
        return f"{self.price_minor} from {self.effective_from}"


class OrderPause(models.Model):
    """Days on which a customer did not use an order, as a person had taken it out of use; none of them is billed.

    from_on: the first day that it was not used. until: the first day that it was used again; None while it lasts, also
    beyond the end of an order that ended meanwhile. A pause that was over before a day passed begins and ends on the
    same day.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False, db_constraint=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, db_constraint=False, db_index=False, related_name="pauses")
    from_on = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        db_table = "order_pause"
        constraints = [
            models.UniqueConstraint(fields=["order", "from_on"], name="order_pause_once"),
            models.UniqueConstraint(fields=["order"], condition=Q(until=None), name="order_pause_open"),
            models.CheckConstraint(
                name="order_pause_days", condition=Q(until=None) | Q(until__gte=models.F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: from {self.from_on} until {self.until}"
