"""What moved the money of payments, and the disputes that take it back."""

from django.db import models
from django.db.models import F, Q

from makegood.gateways.failures import say_dispute
from makegood.gateways.models import Gateway
from makegood.gateways.rules import DisputeState
from makegood.ledger.models import JournalEntry
from makegood.payments.models.payment import Payment
from makegood.providers.models import Provider


class PaymentMovement(models.Model):
    """What moved the money of a payment: one entry for each booking on its GL code. Append only.

    amount_minor: signed; positive when the money came. number: counts the movements of a payment from 1.
    transfer: the refund's part that it belongs to, by number.
    """

    class Type(models.TextChoices):
        RECEIVED = "received", "Received"
        REFUNDED = "refunded", "Refunded"
        PAID_OUT = "paid_out", "Paid out"
        BOUNCED = "bounced", "Refund not taken"
        RETURNED = "returned", "Returned"
        WON_BACK = "won_back", "Won back"
        REVERSED = "reversed", "Reversed"

    pk = models.CompositePrimaryKey("payment_id", "number")
    payment = models.ForeignKey(Payment, models.PROTECT, db_constraint=False, db_index=False, related_name="movements")
    number = models.IntegerField()
    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    journal_entry = models.ForeignKey(
        JournalEntry, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    transfer_id = models.BigIntegerField(null=True)
    type = models.CharField(max_length=8, choices=Type.choices)
    amount_minor = models.BigIntegerField()
    created_at = models.DateTimeField()
    booked_on = models.DateField()
    effective_on = models.DateField(null=True)

    class Meta:
        db_table = "payment_movement"
        constraints = [
            models.CheckConstraint(
                name="payment_movement_sign",
                condition=Q(type__in=["received", "bounced", "won_back"], amount_minor__gt=0)
                | Q(type__in=["refunded", "paid_out", "returned", "reversed"], amount_minor__lt=0),
            ),
            models.CheckConstraint(
                name="payment_movement_first_is_received",
                condition=Q(number=1, type="received") | Q(number__gt=1) & ~Q(type="received"),
            ),
        ]
        indexes = [models.Index(fields=["provider", "booked_on"], name="payment_movement_by_day")]

    def __str__(self) -> str:
        return f"{self.type} {self.amount_minor} of payment {self.payment_id}"


class Dispute(models.Model):
    """A charge that the customer's bank takes back or wants explained; minor units.

    amount_minor: what is disputed. booked_minor: what of it was booked as returned, and not won back.
    answer_by: until when the processor takes evidence.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, db_constraint=False, db_index=False)
    payment = models.ForeignKey(Payment, models.PROTECT, db_constraint=False, related_name="disputes")
    reference = models.CharField(max_length=255)
    state = models.CharField(max_length=7, choices=DisputeState.choices)
    reason = models.CharField(max_length=100, blank=True, default="")
    amount_minor = models.BigIntegerField()
    booked_minor = models.BigIntegerField(default=0)
    answer_by = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dispute"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference"], name="dispute_once"),
            models.CheckConstraint(name="dispute_state_known", condition=Q(state__in=DisputeState.values)),
            models.CheckConstraint(
                name="dispute_amounts",
                condition=Q(amount_minor__gt=0, booked_minor__gte=0, booked_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="dispute_closed",
                condition=Q(state__in=["won", "lost"], closed_at__isnull=False)
                | Q(state__in=["warning", "open"], closed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def why(self) -> str:
        """The bank's reason in a sentence for people."""
        return say_dispute(self.reason)
