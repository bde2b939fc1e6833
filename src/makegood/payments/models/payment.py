"""Payments, what they pay, and what moved their money."""

from django.db import models
from django.db.models import F, Q

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.invoices.models import Invoice
from makegood.ledger.models import GLCode, JournalEntry
from makegood.payments.models.method import PaymentMethod
from makegood.payments.rules import (
    LONGEST_FAILURE,
    LONGEST_KEY,
    LONGEST_NOTE,
    LONGEST_REFERENCE,
    Method,
    Purpose,
    State,
)
from makegood.providers.models import Provider, Staff


class Payment(models.Model):
    """Money that came from a customer, or that a processor was asked to charge; minor units.

    Once booked, it is what pays invoices now (allocated_minor), what became Available Funds (over_minor), what went
    back by refunds of invoices (refunded_minor) and what bank, dispute or reversal took back (returned_minor).
    lost_minor: what of the refunded a bank took besides, as that had gone back by hand; it is written off.
    refunding_minor: on its way back. paid_out_minor: what went back to its payment method out of Available Funds.
    What pays no invoice becomes Available Funds, in overpayment_credit.
    received_on: the day on which the money came; effective_on repeats it where it was booked on a later one. Both None
    until there is any. reference: what the bank or the receipt says. note: for staff. gl_code: where the money is: of
    type cash, or clearing for what a processor holds. key, request_hash: the same request again is recognised.
    payment_method, gateway, gateway_reference, attempt_key: what the processor is asked to charge, what it calls it,
    and the key with which it never charges twice. collect_day: of autopay, one payment for each customer and day.
    failure_code: the processor's word; failure: in words for people. held_until: until when somebody is at it.
    ordered_again_at: when it was submitted once more, more than an hour later, as nothing had arrived.
    next_check_at: when it is submitted, or asked about again. checks: how often it was asked about in vain, one time
    after the other. reported_at: when managers were told that nobody knows what became of it.
    reversed_on: the day that the reversal is booked on. The reversal has a key of its own.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False, related_name="payments")
    method = models.CharField(max_length=13, choices=Method.choices)
    purpose = models.CharField(max_length=7, choices=Purpose.choices, default=Purpose.HAND)
    state = models.CharField(max_length=9, choices=State.choices, default=State.SUCCEEDED)
    amount_minor = models.BigIntegerField()
    allocated_minor = models.BigIntegerField(default=0)
    over_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    refunding_minor = models.BigIntegerField(default=0)
    paid_out_minor = models.BigIntegerField(default=0)
    returned_minor = models.BigIntegerField(default=0)
    lost_minor = models.BigIntegerField(default=0, db_default=0)
    received_on = models.DateField(null=True)
    reference = models.CharField(max_length=LONGEST_REFERENCE, blank=True, default="")
    note = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")
    gl_code = models.ForeignKey(GLCode, models.PROTECT, db_constraint=False, db_index=False)
    payment_method = models.ForeignKey(PaymentMethod, models.PROTECT, null=True, db_constraint=False, db_index=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, db_constraint=False, db_index=False)
    gateway_reference = models.CharField(max_length=255, blank=True, default="")
    attempt_key = models.UUIDField(null=True, unique=True)
    collect_day = models.DateField(null=True)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    failure = models.CharField(max_length=LONGEST_FAILURE, blank=True, default="")
    submitted_at = models.DateTimeField(null=True)
    ordered_again_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    checks = models.SmallIntegerField(default=0)
    reported_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    overpayment_credit = models.OneToOneField(
        Credit, models.PROTECT, null=True, db_constraint=False, related_name="payment"
    )
    journal_entry = models.ForeignKey(
        JournalEntry, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    key = models.CharField(max_length=LONGEST_KEY)
    request_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False, related_name="+")
    created_at = models.DateTimeField()
    booked_on = models.DateField(null=True)
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
            models.UniqueConstraint(
                fields=["customer", "collect_day"],
                condition=Q(collect_day__isnull=False),
                name="payment_one_for_each_collect_day",
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_reference"],
                condition=~Q(gateway_reference=""),
                name="payment_gateway_reference_once",
            ),
            models.CheckConstraint(name="payment_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="payment_method_known", condition=Q(method__in=Method.values)),
            models.CheckConstraint(
                name="payment_amounts",
                condition=Q(amount_minor__gt=0, allocated_minor__gte=0, over_minor__gte=0, refunded_minor__gte=0)
                & Q(refunding_minor__gte=0, paid_out_minor__gte=0, returned_minor__gte=0)
                & Q(lost_minor__gte=0, lost_minor__lte=F("refunded_minor")),
            ),
            # What goes back is never more than what came.
            models.CheckConstraint(
                name="payment_gives_back_at_most_itself",
                condition=Q(
                    amount_minor__gte=F("refunded_minor")
                    + F("refunding_minor")
                    + F("paid_out_minor")
                    + F("returned_minor")
                ),
            ),
            # All of what is booked is somewhere, and nothing of what is not.
            models.CheckConstraint(
                name="payment_is_somewhere",
                condition=Q(
                    state__in=["succeeded", "disputed", "returned", "reversed"],
                    journal_entry__isnull=False,
                    booked_on__isnull=False,
                    amount_minor=F("allocated_minor") + F("over_minor") + F("refunded_minor") + F("returned_minor"),
                )
                | Q(
                    state__in=["created", "submitted", "unknown", "failed"],
                    journal_entry=None,
                    booked_on=None,
                    allocated_minor=0,
                    over_minor=0,
                    refunded_minor=0,
                    refunding_minor=0,
                    paid_out_minor=0,
                    returned_minor=0,
                ),
            ),
            models.CheckConstraint(
                name="payment_over_is_funds",
                condition=Q(over_minor=0) | Q(overpayment_credit__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_returned_fits_state",
                condition=Q(state__in=["returned", "disputed"], returned_minor__gt=0)
                | Q(state__in=["returned", "disputed"], lost_minor__gt=0)
                | Q(state="reversed", returned_minor=F("amount_minor"), lost_minor=0)
                | ~Q(state__in=["returned", "disputed", "reversed"]) & Q(returned_minor=0, lost_minor=0),
            ),
            models.CheckConstraint(
                name="payment_by_hand_or_processor",
                condition=Q(purpose="hand", gateway=None, payment_method=None, attempt_key=None, gateway_reference="")
                & Q(method__in=["cash", "bank_transfer"], state__in=["succeeded", "reversed"])
                | Q(purpose__in=["autopay", "charge"], gateway__isnull=False, payment_method__isnull=False)
                & Q(attempt_key__isnull=False, method__in=["card", "ach", "sepa"])
                & ~Q(state="reversed"),
            ),
            models.CheckConstraint(
                name="payment_autopay_has_its_day",
                condition=Q(purpose="autopay", collect_day__isnull=False) | ~Q(purpose="autopay") & Q(collect_day=None),
            ),
            models.CheckConstraint(
                name="payment_dates",
                condition=Q(booked_on=None, received_on=None, effective_on=None)
                | Q(effective_on=None, received_on=F("booked_on"))
                | Q(effective_on__isnull=False, effective_on=F("received_on"), effective_on__lt=F("booked_on")),
            ),
            models.CheckConstraint(
                name="payment_under_way_is_looked_after",
                condition=Q(state__in=["created", "submitted", "unknown"], next_check_at__isnull=False, settled_at=None)
                | ~Q(state__in=["created", "submitted", "unknown"]) & Q(next_check_at=None, held_until=None),
            ),
            models.CheckConstraint(
                name="payment_reversal_whole",
                condition=~Q(state="reversed")
                & Q(reversal_key=None, reversed_at=None, reversed_on=None)
                & Q(reversal_journal_entry=None, reversed_by=None)
                | Q(state="reversed", reversal_key__isnull=False, reversed_at__isnull=False, reversed_on__isnull=False)
                & Q(reversal_journal_entry__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "-id"], name="payment_newest_first"),
            models.Index(fields=["customer", "-id"], name="payment_of_customer"),
            models.Index(fields=["provider", "received_on"], name="payment_by_day"),
            models.Index(fields=["provider", "amount_minor", "id"], name="payment_by_amount"),
            models.Index(
                fields=["provider", "-id"],
                condition=~Q(refunded_minor=0, refunding_minor=0, paid_out_minor=0),
                name="payment_given_back",
            ),
            models.Index(
                fields=["gateway", "next_check_at"],
                condition=Q(state__in=["created", "submitted", "unknown"]),
                name="payment_under_way",
            ),
            models.Index(
                fields=["gateway", "submitted_at"], condition=Q(submitted_at__isnull=False), name="payment_submitted"
            ),
            models.Index(
                fields=["gateway", "ordered_again_at"],
                condition=Q(ordered_again_at__isnull=False),
                name="payment_ordered_again",
            ),
            models.Index(fields=["provider", "state", "-id"], condition=~Q(state="succeeded"), name="payment_by_state"),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"

    @property
    def refundable_minor(self) -> int:
        """What can still go back to where it came from."""
        gone = self.refunded_minor + self.refunding_minor + self.paid_out_minor + self.returned_minor
        return int(self.amount_minor - gone)


class PaymentAllocation(models.Model):
    """What of a payment went to an invoice, in minor units; negative when it was taken away again. Append only.

    number: counts the movements of a payment from 1, so that two at the same moment cannot both be booked.
    """

    pk = models.CompositePrimaryKey("payment_id", "number")
    payment = models.ForeignKey(
        Payment, models.PROTECT, db_constraint=False, db_index=False, related_name="allocations"
    )
    number = models.IntegerField()
    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
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
