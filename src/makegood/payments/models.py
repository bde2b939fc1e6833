from django.db import models
from django.db.models import F, Q

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.ledger.models import GLCode, JournalEntry
from makegood.payments.rules import LONGEST_KEY, LONGEST_NOTE, LONGEST_REFERENCE, Method, State
from makegood.providers.models import Provider, Staff


class Payment(models.Model):
    """Money that came from a customer, in minor units. What pays no invoice becomes Available Funds.

    received_on: the day on which the money came; effective_on repeats it where it was booked on a later one.
    reference: what the bank or the receipt says. note: for staff.
    allocated_minor: what of it pays invoices now. overpayment_credit: holds what was over.
    gl_code: where the money is, of type cash. key, request_hash: the same request again is recognised.
    reversed_on: the day that the reversal is booked on. The reversal has a key of its own.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False, related_name="payments")
    method = models.CharField(max_length=13, choices=Method.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.SUCCEEDED)
    amount_minor = models.BigIntegerField()
    allocated_minor = models.BigIntegerField()
    received_on = models.DateField()
    reference = models.CharField(max_length=LONGEST_REFERENCE, blank=True, default="")
    note = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    overpayment_credit = models.OneToOneField(
        Credit, models.PROTECT, null=True, db_constraint=False, related_name="payment"
    )
    journal_entry = models.ForeignKey(
        JournalEntry, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    key = models.CharField(max_length=LONGEST_KEY)
    request_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False, related_name="+")
    created_at = models.DateTimeField()
    booked_on = models.DateField()
    effective_on = models.DateField(null=True)
    reversal_reason = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")
    reversal_key = models.CharField(max_length=LONGEST_KEY, null=True)
    reversal_hash = models.CharField(max_length=64, blank=True, default="")
    reversed_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False, related_name="+")
    reversed_at = models.DateTimeField(null=True)
    reversed_on = models.DateField(null=True)
    reversal_journal_entry = models.ForeignKey(
        JournalEntry, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        db_table = "payment"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="payment_same_provider"),
            models.UniqueConstraint(fields=["provider", "key"], name="payment_key_unique"),
            models.UniqueConstraint(fields=["provider", "reversal_key"], name="payment_reversal_key_unique"),
            models.CheckConstraint(
                name="payment_amounts",
                condition=Q(amount_minor__gt=0, allocated_minor__gte=0, allocated_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(name="payment_method_known", condition=Q(method__in=Method.values)),
            models.CheckConstraint(
                name="payment_rest_is_funds",
                condition=Q(state="succeeded", allocated_minor=F("amount_minor"), overpayment_credit=None)
                | Q(state="succeeded", allocated_minor__lt=F("amount_minor"), overpayment_credit__isnull=False)
                | Q(state="reversed", allocated_minor=0),
            ),
            models.CheckConstraint(
                name="payment_dates",
                condition=Q(effective_on=None, received_on=F("booked_on"))
                | Q(effective_on__isnull=False, effective_on=F("received_on"), effective_on__lt=F("booked_on")),
            ),
            models.CheckConstraint(
                name="payment_reversal_whole",
                condition=Q(state="succeeded", reversal_key=None, reversed_at=None, reversed_on=None)
                & Q(reversal_journal_entry=None, reversed_by=None)
                | Q(state="reversed", reversal_key__isnull=False, reversed_at__isnull=False, reversed_on__isnull=False)
                & Q(reversal_journal_entry__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "-id"], name="payment_newest_first"),
            models.Index(fields=["customer", "-id"], name="payment_of_customer"),
            models.Index(fields=["provider", "received_on"], name="payment_by_day"),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"


class PaymentAllocation(models.Model):
    """What of a payment went to an invoice, in minor units; negative when it was taken away again. Append only.

    number: counts the movements of a payment from 1, so that two at the same moment cannot both be booked.
    """

    pk = models.CompositePrimaryKey("payment_id", "number")
    payment = models.ForeignKey(
        Payment, models.PROTECT, db_constraint=False, db_index=False, related_name="allocations"
    )
    number = models.IntegerField()
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, db_constraint=False, related_name="payment_allocations")
    journal_entry = models.ForeignKey(
        JournalEntry, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "payment_allocation"
        constraints = [
            models.CheckConstraint(
                name="payment_allocation_moves_something", condition=Q(number__gt=0) & ~Q(amount_minor=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of payment {self.payment_id}"
