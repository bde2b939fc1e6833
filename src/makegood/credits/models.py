from django.db import models
from django.db.models import F, Q

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.ledger.models import GLCode, JournalEntry
from makegood.providers.models import Provider, Staff
from makegood.runs.models import Run, RunRow
from makegood.transaction_templates.models import TransactionTemplate


class Kind(models.TextChoices):
    """What a credit is. The first three are given; the others come from a payment or an opening balance."""

    GOODWILL = "goodwill", "Goodwill"
    OUTAGE = "outage", "Outage"
    CORRECTION = "correction", "Correction"
    PREPAID = "prepaid", "Prepaid"
    OVERPAYMENT = "overpayment", "Overpayment"


class CreditRun(models.Model):
    """The values of the credit window, one to one with a run of kind *credit*. Amount in minor units.

    use_for: the invoice of the run's one customer that the credit is used for at once.
    """

    run = models.OneToOneField(Run, models.PROTECT, primary_key=True, db_constraint=False, related_name="credit_run")
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    amount_minor = models.BigIntegerField()
    description = models.CharField(max_length=500, blank=True, default="")
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=11, choices=Kind.choices)
    template = models.ForeignKey(TransactionTemplate, models.PROTECT, null=True, db_constraint=False, db_index=False)
    notify = models.BooleanField(default=False)
    use_for = models.ForeignKey(
        Invoice, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="credit_runs"
    )

    class Meta:
        db_table = "credit_run"
        constraints = [
            models.CheckConstraint(name="credit_run_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="credit_run_kind_given", condition=Q(kind__in=["goodwill", "outage", "correction"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} each"


class Credit(models.Model):
    """Money put on a customer's account, in minor units. What remains follows from the parts and is never negative.

    from_invoice: the negative invoice that it comes from.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, related_name="credits")
    run_row = models.OneToOneField(RunRow, models.PROTECT, null=True, db_constraint=False, related_name="credit")
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_constraint=False, db_index=False)
    created_at = models.DateTimeField()
    issued_minor = models.BigIntegerField()
    adjusted_minor = models.BigIntegerField(default=0)
    used_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    expired_minor = models.BigIntegerField(default=0)
    taken_back_minor = models.BigIntegerField(default=0)
    remaining_minor = models.GeneratedField(
        expression=F("issued_minor")
        + F("adjusted_minor")
        - F("used_minor")
        - F("refunded_minor")
        - F("expired_minor")
        - F("taken_back_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    issued_on = models.DateField()
    expires_on = models.DateField(null=True)
    kind = models.CharField(max_length=11, choices=Kind.choices)
    description = models.CharField(max_length=500, blank=True, default="")
    from_invoice = models.ForeignKey(
        Invoice, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="credits"
    )

    class Meta:
        db_table = "credit"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="credit_same_provider"),
            models.UniqueConstraint(
                fields=["from_invoice", "kind"],
                condition=Q(from_invoice__isnull=False),
                name="credit_once_from_invoice_and_kind",
            ),
            models.CheckConstraint(
                name="credit_parts",
                condition=Q(issued_minor__gt=0, used_minor__gte=0, refunded_minor__gte=0)
                & Q(expired_minor__gte=0, taken_back_minor__gte=0),
            ),
            models.CheckConstraint(name="credit_remaining", condition=Q(remaining_minor__gte=0)),
            models.CheckConstraint(name="credit_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="credit_paid_money_never_expires",
                condition=Q(expires_on=None) | Q(kind__in=["goodwill", "outage", "correction"]),
            ),
        ]
        indexes = [
            # Credits are given without a last day, so that giving them does not pay for it.
            models.Index(
                fields=["provider", "expires_on"],
                condition=Q(expires_on__isnull=False),
                name="credit_by_last_day",
            ),
        ]

    def __str__(self) -> str:
        return f"credit {self.pk}"


class CreditEntry(models.Model):
    """One movement of one credit: the sub-ledger of Available Funds. Append only.

    amount_minor: what the customer's funds changed by, in minor units, positive when they grew.
    funds_after_minor: the customer's Available Funds after this movement.
    number: counts the movements of a credit from 1, so that two movements at the same moment cannot both be booked.
    use: what was used or came back; also of a part that came back and was taken back at once.
    """

    class Type(models.TextChoices):
        ISSUED = "issued", "Issued"
        ADJUSTED = "adjusted", "Adjusted"
        USED = "used", "Used"
        RETURNED = "returned", "Returned"
        REFUNDED = "refunded", "Refunded"
        UNREFUNDED = "unrefunded", "Refund failed"
        EXPIRED = "expired", "Expired"
        TAKEN_BACK = "taken_back", "Taken back"

    pk = models.CompositePrimaryKey("credit_id", "number")
    credit = models.ForeignKey(Credit, models.PROTECT, db_constraint=False, db_index=False, related_name="entries")
    number = models.IntegerField()
    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False)
    journal_entry = models.ForeignKey(JournalEntry, models.PROTECT, db_constraint=False, db_index=False)
    run_row = models.ForeignKey(
        RunRow, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    use = models.ForeignKey(
        "CreditUse", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="entries"
    )
    amount_minor = models.BigIntegerField()
    funds_after_minor = models.BigIntegerField()
    created_at = models.DateTimeField()
    booked_on = models.DateField()
    effective_on = models.DateField(null=True)
    type = models.CharField(max_length=10, choices=Type.choices)

    class Meta:
        db_table = "credit_entry"
        constraints = [
            models.UniqueConstraint(
                fields=["run_row"], condition=Q(run_row__isnull=False), name="credit_entry_once_per_run_row"
            ),
            models.CheckConstraint(
                name="credit_entry_sign",
                condition=Q(type__in=["issued", "returned", "unrefunded"], amount_minor__gt=0)
                | Q(type="adjusted") & ~Q(amount_minor=0)
                | Q(type__in=["used", "refunded", "expired", "taken_back"], amount_minor__lt=0),
            ),
            models.CheckConstraint(
                name="credit_entry_first_is_issued",
                condition=Q(number=1, type="issued") | Q(number__gt=1) & ~Q(type="issued"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.amount_minor}"


class CreditUse(models.Model):
    """A part of one credit that paid a part of one invoice, in minor units.

    returned_minor: what came back to the credit since. created_by: who applied it by hand; None for what happened by
    itself.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False)
    credit = models.ForeignKey(Credit, models.PROTECT, db_constraint=False, related_name="uses")
    invoice = models.ForeignKey(Invoice, models.PROTECT, db_constraint=False, related_name="uses")
    journal_entry = models.ForeignKey(JournalEntry, models.PROTECT, db_constraint=False, db_index=False)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_constraint=False, db_index=False)
    amount_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    used_on = models.DateField()

    class Meta:
        db_table = "credit_use"
        constraints = [
            models.CheckConstraint(
                name="credit_use_parts",
                condition=Q(amount_minor__gt=0, returned_minor__gte=0, returned_minor__lte=F("amount_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of credit {self.credit_id}"


class GivenBack(models.Model):
    """What of an overpayment from a negative invoice is paid money that comes back of an earlier invoice. Append only.

    amount_minor: in minor units; what has come back so does not come back so again.
    """

    pk = models.CompositePrimaryKey("credit_id", "invoice_id")
    credit = models.ForeignKey(Credit, models.PROTECT, db_constraint=False, db_index=False, related_name="given_back")
    invoice = models.ForeignKey(Invoice, models.PROTECT, db_constraint=False, related_name="given_back")
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "given_back"
        constraints = [models.CheckConstraint(name="given_back_is_something", condition=Q(amount_minor__gt=0))]

    def __str__(self) -> str:
        return f"{self.amount_minor} of invoice {self.invoice_id}"


class CreditChange(models.Model):
    """One change of one credit by a person: what was before and what is after. Append only.

    number: counts the changes of a credit from 1, so that two changes at the same moment cannot both be booked.
    old_amount_minor, new_amount_minor: issued and adjusted together. taken_back_minor: what a void took back.
    journal_entry: empty where nothing was booked, as when only the description changed.
    request_hash: what was asked for, so that the same key with another request is recognised.
    """

    class Action(models.TextChoices):
        EDITED = "edited", "Edited"
        VOIDED = "voided", "Voided"

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    credit = models.ForeignKey(Credit, models.PROTECT, db_constraint=False, db_index=False, related_name="changes")
    number = models.IntegerField()
    action = models.CharField(max_length=6, choices=Action.choices)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    old_description = models.CharField(max_length=500, blank=True, default="")
    new_description = models.CharField(max_length=500, blank=True, default="")
    old_gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    new_gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    old_amount_minor = models.BigIntegerField()
    new_amount_minor = models.BigIntegerField()
    old_expires_on = models.DateField(null=True)
    new_expires_on = models.DateField(null=True)
    taken_back_minor = models.BigIntegerField(default=0)
    notify = models.BooleanField(default=False)
    created_by = models.ForeignKey(Staff, models.PROTECT, db_index=False)
    created_at = models.DateTimeField()
    booked_on = models.DateField()
    journal_entry = models.ForeignKey(JournalEntry, models.PROTECT, null=True, db_constraint=False, db_index=False)

    class Meta:
        db_table = "credit_change"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="credit_change_same_provider"),
            models.UniqueConstraint(fields=["provider", "key"], name="credit_change_key_unique"),
            models.UniqueConstraint(fields=["credit", "number"], name="credit_change_numbered"),
            models.CheckConstraint(name="credit_change_number_counts", condition=Q(number__gt=0)),
            models.CheckConstraint(
                name="credit_change_amounts", condition=Q(old_amount_minor__gt=0, new_amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="credit_change_void_changes_nothing_else",
                condition=Q(action="edited", taken_back_minor=0)
                | Q(action="voided", taken_back_minor__gt=0, journal_entry__isnull=False)
                & Q(
                    new_description=F("old_description"),
                    new_gl_code=F("old_gl_code"),
                    new_amount_minor=F("old_amount_minor"),
                )
                & (
                    Q(old_expires_on=None, new_expires_on=None)
                    | Q(old_expires_on__isnull=False, new_expires_on__isnull=False, new_expires_on=F("old_expires_on"))
                ),
            ),
        ]
        indexes = [models.Index(fields=["provider", "created_at"], name="credit_change_by_time")]

    def __str__(self) -> str:
        return f"change {self.number} of credit {self.credit_id}"
