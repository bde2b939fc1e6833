from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Provider(models.Model):
    """A service provider: the tenant. Currency and its decimals are fixed at the first journal entry.

    day_reached: the newest of the provider's days that has begun; the provider's calendar never goes back behind it.
    The limits are in minor units; one that is empty does not hold anybody back. `makegood.providers.rules` says what
    each means.
    """

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    currency_digits = models.PositiveSmallIntegerField()
    timezone = models.CharField(max_length=64)
    end_customer_billing = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    day_reached = models.DateField(null=True)
    agent_credit_limit_minor = models.BigIntegerField(null=True)
    billing_credit_limit_minor = models.BigIntegerField(null=True)
    manager_credit_limit_minor = models.BigIntegerField(null=True)
    run_limit_minor = models.BigIntegerField()
    person_day_limit_minor = models.BigIntegerField(null=True)
    provider_day_limit_minor = models.BigIntegerField(null=True)
    largest_funds_minor = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "provider"
        constraints = [
            models.CheckConstraint(name="provider_currency_digits", condition=Q(currency_digits__range=(0, 4))),
            models.CheckConstraint(
                name="provider_limits_positive",
                condition=Q(agent_credit_limit_minor__gte=0, run_limit_minor__gte=0, largest_funds_minor__gt=0),
            ),
            models.CheckConstraint(
                name="provider_further_limits_positive",
                condition=Q(billing_credit_limit_minor__gte=0, manager_credit_limit_minor__gte=0)
                & Q(person_day_limit_minor__gte=0, provider_day_limit_minor__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StaffManager(BaseUserManager["Staff"]):
    """Finds staff by e-mail address, whatever its case; addresses are stored in lower case."""

    def get_by_natural_key(self, username: str | None) -> "Staff":
        return self.get(email=(username or "").strip().lower())


class Staff(AbstractBaseUser):
    """A person who works for one or several providers. Logs in by e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    objects = StaffManager()

    class Meta:
        db_table = "staff"
        constraints = [models.CheckConstraint(name="staff_email_lower_case", condition=Q(email=Lower("email")))]

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What a person may do for a provider; `makegood.providers.rules` says what each allows."""

    VIEWER = "viewer", "Viewer"
    AGENT = "agent", "Agent"
    BILLING = "billing", "Billing"
    MANAGER = "manager", "Manager"
    ADMIN = "admin", "Admin"


class Membership(models.Model):
    """A person's role with one provider."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT)
    role = models.CharField(max_length=10, choices=Role.choices)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(fields=["provider", "staff"], name="membership_once"),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.staff} ({self.role})"
