"""Money that goes back to a customer: refunds of invoices and pay-outs of Available Funds."""

from django.db import models
from django.db.models import F, Q

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.invoices.models import Invoice
from makegood.ledger.models import GLCode, JournalEntry
from makegood.payments.models.payment import Payment
from makegood.payments.rules import (
    LONGEST_FAILURE,
    LONGEST_KEY,
    LONGEST_NOTE,
    LONGEST_REFERENCE,
    Follow,
    RefundPurpose,
    RefundState,
    TransferState,
    Way,
)
from makegood.providers.models import Provider, Staff


class Refund(models.Model):
    """The decision to give money back, in minor units: of what paid an invoice, or of Available Funds.

    amount_minor: all of it; funds_minor: what of it goes back to the credits that had paid the invoice, after its
    transfers; the rest is in transfers. funds_returned: whether that has been booked.
    follow: what becomes of the invoice. gl_code: of the credits that settle it. credit: what settled the funds' part.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False, related_name="refunds")
    purpose = models.CharField(max_length=7, choices=RefundPurpose.choices)
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="refunds"
    )
    amount_minor = models.BigIntegerField()
    funds_minor = models.BigIntegerField(default=0)
    funds_returned = models.BooleanField(default=False)
    follow = models.CharField(max_length=10, choices=Follow.choices, blank=True, default="")
    gl_code = models.ForeignKey(GLCode, models.PROTECT, null=True, db_constraint=False, db_index=False)
    credit = models.ForeignKey(Credit, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+")
    state = models.CharField(max_length=7, choices=RefundState.choices, default=RefundState.PENDING)
    reason = models.CharField(max_length=LONGEST_NOTE)
    key = models.CharField(max_length=LONGEST_KEY)
    request_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False, related_name="+")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "refund"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="refund_same_provider"),
            models.UniqueConstraint(fields=["provider", "key"], name="refund_key_unique"),
            models.UniqueConstraint(fields=["invoice"], condition=Q(state="pending"), name="refund_one_pending"),
            models.CheckConstraint(
                name="refund_amounts",
                condition=Q(amount_minor__gt=0, funds_minor__gte=0, funds_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(name="refund_state_known", condition=Q(state__in=RefundState.values)),
            models.CheckConstraint(
                name="refund_settled_once",
                condition=Q(state="pending", settled_at=None) | ~Q(state="pending") & Q(settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="refund_of_an_invoice_or_funds",
                condition=Q(purpose="refund", invoice__isnull=False, follow="settle", gl_code__isnull=False)
                | Q(purpose="refund", invoice__isnull=False, follow="leave_open", gl_code=None)
                | Q(purpose="pay_out", invoice=None, follow="", gl_code=None, funds_minor=0),
            ),
            models.CheckConstraint(
                name="refund_settles_funds_that_came_back",
                condition=Q(credit=None) | Q(follow="settle", funds_returned=True, funds_minor__gt=0),
            ),
            models.CheckConstraint(
                name="refund_funds_come_back_at_the_end",
                condition=Q(funds_returned=False) | Q(state="done", funds_minor__gt=0),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="refund_of_customer"),
            models.Index(fields=["invoice", "id"], condition=Q(invoice__isnull=False), name="refund_of_invoice"),
            models.Index(fields=["provider", "created_at"], name="refund_by_day"),
            models.Index(fields=["provider", "state", "-id"], condition=~Q(state="done"), name="refund_not_done"),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk}"

    @property
    def to_methods_minor(self) -> int:
        """What of it is to go to where payments came from, in minor units."""
        return self.amount_minor - self.funds_minor


class RefundTransfer(models.Model):
    """A part of a refund that goes back to what one payment came from, in minor units.

    way: through the processor, or by hand; then gl_code is of type cash and it is done when it is written down.
    payment: whose money it is; None for a pay-out by hand of money that no one payment brought.
    attempt_key: the same key never gives back twice. reference: the processor's, or what the bank says.
    held_until: until when somebody is at it. next_check_at: when it is asked about again. checks: how often it was.
    credit: what settled its part of the invoice; what a pay-out takes is in entries of credits.
    bounced: the bank did not take it after all, and it became Available Funds again.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    refund = models.ForeignKey(Refund, models.PROTECT, db_constraint=False, related_name="transfers")
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, db_constraint=False, related_name="transfers")
    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, db_constraint=False, db_index=False)
    way = models.CharField(max_length=13, choices=Way.choices)
    amount_minor = models.BigIntegerField()
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    state = models.CharField(max_length=9, choices=TransferState.choices, default=TransferState.CREATED)
    attempt_key = models.UUIDField(unique=True)
    reference = models.CharField(max_length=max(255, LONGEST_REFERENCE), blank=True, default="")
    failure_code = models.CharField(max_length=60, blank=True, default="")
    failure = models.CharField(max_length=LONGEST_FAILURE, blank=True, default="")
    submitted_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    checks = models.SmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    credit = models.ForeignKey(Credit, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+")
    bounced_at = models.DateTimeField(null=True)
    bounce_credit = models.ForeignKey(
        Credit, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    journal_entry = models.ForeignKey(
        JournalEntry, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    booked_on = models.DateField(null=True)

    class Meta:
        db_table = "refund_transfer"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="refund_transfer_same_provider"),
            models.UniqueConstraint(
                fields=["gateway", "reference"],
                condition=Q(way="gateway") & ~Q(reference=""),
                name="refund_transfer_reference_once",
            ),
            models.CheckConstraint(name="refund_transfer_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="refund_transfer_state_known", condition=Q(state__in=TransferState.values)),
            models.CheckConstraint(
                name="refund_transfer_way",
                condition=Q(way="gateway", gateway__isnull=False, payment__isnull=False)
                | Q(way__in=["cash", "bank_transfer"], gateway=None, state="succeeded"),
            ),
            models.CheckConstraint(
                name="refund_transfer_settled",
                condition=Q(state__in=["succeeded", "failed"], settled_at__isnull=False, held_until=None)
                | Q(state__in=["created", "submitted", "unknown"], settled_at=None),
            ),
            models.CheckConstraint(
                name="refund_transfer_booked",
                condition=~Q(state="succeeded") | Q(journal_entry__isnull=False, booked_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_check_at"],
                condition=Q(state__in=["created", "submitted", "unknown"]),
                name="refund_transfer_under_way",
            ),
            models.Index(fields=["refund"], condition=Q(bounced_at__isnull=False), name="refund_transfer_bounced"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of refund {self.refund_id}"
