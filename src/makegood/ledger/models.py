from django.db import models
from django.db.models import Q

from makegood.customers.models import Customer
from makegood.providers.models import Provider, Staff


class GLCode(models.Model):
    """A general ledger code. Three of each provider are control codes: one each, made with it, never deactivated."""

    class Type(models.TextChoices):
        CASH = "cash", "Cash"
        CLEARING = "clearing", "Clearing"
        RECEIVABLE = "receivable", "Receivable"
        AVAILABLE_FUNDS = "available_funds", "Available Funds"
        CREDIT = "credit", "Credit"
        SERVICE = "service", "Service"
        TAX = "tax", "Tax"
        FEE = "fee", "Fee"
        WRITE_OFF = "write_off", "Write-off"

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    code = models.CharField(max_length=20)
    description = models.CharField(max_length=200, blank=True, default="")
    type = models.CharField(max_length=15, choices=Type.choices)
    active = models.BooleanField(default=True)
    default_for_credits = models.BooleanField(default=False)

    class Meta:
        db_table = "gl_code"
        constraints = [
            models.UniqueConstraint(fields=["provider", "code"], name="gl_code_unique"),
            models.UniqueConstraint(fields=["provider", "id"], name="gl_code_same_provider"),
            models.UniqueConstraint(
                fields=["provider", "type"],
                condition=Q(type__in=["receivable", "available_funds", "clearing"]),
                name="gl_code_one_control_code",
            ),
            models.UniqueConstraint(
                fields=["provider"], condition=Q(default_for_credits=True), name="gl_code_one_default"
            ),
            models.CheckConstraint(
                name="gl_code_control_stays_active",
                condition=Q(active=True) | ~Q(type__in=["receivable", "available_funds", "clearing"]),
            ),
            models.CheckConstraint(
                name="gl_code_default_is_usable",
                condition=Q(default_for_credits=False) | Q(type="credit", active=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.description}".strip()


class JournalEntry(models.Model):
    """One balanced booking. Amounts stand in its lines; names its cause by type and id. Append only."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    booked_on = models.DateField()
    effective_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    event = models.CharField(max_length=40)
    cause_type = models.CharField(max_length=40)
    cause_id = models.BigIntegerField()

    class Meta:
        db_table = "journal_entry"
        constraints = [models.UniqueConstraint(fields=["provider", "id"], name="journal_entry_same_provider")]
        indexes = [
            models.Index(fields=["provider", "booked_on"], name="journal_entry_by_day"),
            models.Index(fields=["provider", "cause_type", "cause_id"], name="journal_entry_by_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.booked_on}"


class JournalLine(models.Model):
    """One side of a journal entry on one GL code, in minor units. Append only; each entry balances at commit."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    entry = models.ForeignKey(JournalEntry, models.PROTECT, db_constraint=False, related_name="lines")
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False)
    debit_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "journal_line"
        constraints = [
            models.CheckConstraint(
                name="journal_line_one_side",
                condition=Q(debit_minor__gt=0, credit_minor=0) | Q(debit_minor=0, credit_minor__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gl_code_id}: {self.debit_minor} / {self.credit_minor}"


class CustomerBalance(models.Model):
    """A customer's Available Funds and receivable, in minor units. One narrow row per customer, which is also its lock.

    closed: whether the customer's status is *closed*, kept by a trigger, so that a change of status takes the lock and
    whoever holds the lock knows it without reading the wide row.
    """

    customer = models.OneToOneField(
        Customer, models.PROTECT, primary_key=True, db_constraint=False, related_name="balance"
    )
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False, db_constraint=False)
    funds_minor = models.BigIntegerField(default=0)
    receivable_minor = models.BigIntegerField(default=0)
    closed = models.BooleanField(default=False)

    class Meta:
        db_table = "customer_balance"
        constraints = [models.CheckConstraint(name="customer_balance_funds", condition=Q(funds_minor__gte=0))]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.funds_minor} / {self.receivable_minor}"


class PeriodClose(models.Model):
    """A month whose books are closed: nothing is dated into it any more. Append only.

    month: its first day. Months are closed in their order and stay closed.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    month = models.DateField()
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False)
    closed_at = models.DateTimeField()

    class Meta:
        db_table = "period_close"
        constraints = [
            models.UniqueConstraint(fields=["provider", "month"], name="period_close_once"),
            models.CheckConstraint(name="period_close_whole_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
