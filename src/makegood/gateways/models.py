from django.db import models
from django.db.models import Q

from makegood.customers.models import Customer
from makegood.gateways.rules import EventAbout, EventState, GatewayKind, MovementKind
from makegood.providers.models import Provider, Staff


class Gateway(models.Model):
    """A provider's account with a processor. One is active at a time; earlier ones stay with what they charged.

    publishable_key: for the processor's own forms; no secret. secret_key, webhook_secret: sealed, see `sealing`.
    secret_hint: the last four characters of the secret key, to be recognised by. account: what the processor calls the
    account that the keys are of; empty as long as it has not said it.
    token: the part of the address of webhooks that nobody can guess.
    balance_until: up to when what moved the processor's balance was fetched; None if never.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=10, choices=GatewayKind.choices)
    active = models.BooleanField(default=True)
    publishable_key = models.CharField(max_length=255, blank=True, default="")
    secret_key = models.TextField(blank=True, default="")
    secret_hint = models.CharField(max_length=4, blank=True, default="")
    account = models.CharField(max_length=255, blank=True, default="", db_default="")
    webhook_secret = models.TextField(blank=True, default="")
    token = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    balance_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "gateway"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="gateway_same_provider"),
            models.UniqueConstraint(fields=["provider"], condition=Q(active=True), name="gateway_one_active"),
            models.CheckConstraint(name="gateway_kind_known", condition=Q(kind__in=GatewayKind.values)),
            models.CheckConstraint(
                name="gateway_has_its_key", condition=Q(kind="sandbox", secret_key="") | ~Q(secret_key="")
            ),
            models.CheckConstraint(name="gateway_token_long", condition=Q(token__regex=r"^[A-Za-z0-9_-]{32,64}$")),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class GatewayCustomer(models.Model):
    """What a processor calls a customer."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False)
    reference = models.CharField(max_length=255)

    class Meta:
        db_table = "gateway_customer"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "customer"], name="gateway_customer_once"),
            models.UniqueConstraint(fields=["gateway", "reference"], name="gateway_customer_reference_once"),
            models.CheckConstraint(name="gateway_customer_reference_given", condition=~Q(reference="")),
        ]

    def __str__(self) -> str:
        return self.reference


class GatewayEvent(models.Model):
    """What a processor sent by itself. Stored before anything is done about it, and only once.

    reference: of the object that it tells of; charge: of what was charged, where the event says so.
    happened_at: when, by the processor. attempts, next_try_at: of handling it. outcome: what was done, in words.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, db_constraint=False, db_index=False)
    event_id = models.CharField(max_length=255)
    type = models.CharField(max_length=100)
    about = models.CharField(max_length=10, choices=EventAbout.choices)
    reference = models.CharField(max_length=255, blank=True, default="")
    charge = models.CharField(max_length=255, blank=True, default="")
    payload = models.JSONField()
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=EventState.choices, default=EventState.RECEIVED)
    attempts = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "gateway_event"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_event_once"),
            models.CheckConstraint(name="gateway_event_state_known", condition=Q(state__in=EventState.values)),
            models.CheckConstraint(
                name="gateway_event_handled_once",
                condition=Q(state="received", handled_at=None, next_try_at__isnull=False)
                | ~Q(state="received") & Q(handled_at__isnull=False, next_try_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="received"), name="gateway_event_waiting"),
            models.Index(fields=["provider", "-id"], name="gateway_event_newest_first"),
            models.Index(fields=["gateway", "charge"], condition=~Q(charge=""), name="gateway_event_of_charge"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class BalanceEvent(models.Model):
    """What moved a processor's balance, as it says; minor units, signed, before the fee. Append only.

    day: the provider's day on which it happened. charge: the reference of what was charged; source: of what moved it.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, db_constraint=False, db_index=False)
    reference = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=MovementKind.choices)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    source = models.CharField(max_length=255, blank=True, default="")
    charge = models.CharField(max_length=255, blank=True, default="")
    happened_at = models.DateTimeField()
    day = models.DateField()

    class Meta:
        db_table = "balance_event"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference"], name="balance_event_once"),
            models.CheckConstraint(name="balance_event_kind_known", condition=Q(kind__in=MovementKind.values)),
        ]
        indexes = [
            models.Index(fields=["provider", "day"], name="balance_event_by_day"),
            models.Index(fields=["gateway", "charge"], condition=~Q(charge=""), name="balance_event_of_charge"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"


class SandboxMethod(models.Model):
    """A test method at the sandbox, as a processor would keep it. No part of the provider's books.

    owner: what the sandbox calls its customer. outcome: see `sandbox.outcomes`. setup: how it was entered.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, db_constraint=False, db_index=False)
    reference = models.CharField(max_length=255)
    owner = models.CharField(max_length=255)
    outcome = models.CharField(max_length=40)
    setup = models.CharField(max_length=255, blank=True, default="")
    detached_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_method"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference"], name="sandbox_method_once"),
            models.UniqueConstraint(
                fields=["gateway", "owner", "outcome"],
                condition=Q(detached_at=None, setup=""),
                name="sandbox_method_attached_once",
            ),
            models.UniqueConstraint(
                fields=["gateway", "setup"], condition=~Q(setup=""), name="sandbox_method_entered_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class SandboxCharge(models.Model):
    """What was charged at the sandbox; minor units. What became of it follows from outcome, failure and the time.

    told: how many events about it were sent. next_event_at: when the next one is; None if there is none.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, db_constraint=False, db_index=False)
    reference = models.CharField(max_length=255)
    key = models.CharField(max_length=255)
    owner = models.CharField(max_length=255)
    method = models.CharField(max_length=255)
    outcome = models.CharField(max_length=40)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    amount_minor = models.BigIntegerField()
    created_at = models.DateTimeField()
    told = models.SmallIntegerField(default=0)
    next_event_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_charge"
        constraints = [
            models.UniqueConstraint(fields=["provider", "id"], name="sandbox_charge_same_provider"),
            models.UniqueConstraint(fields=["gateway", "key"], name="sandbox_charge_once"),
            models.UniqueConstraint(fields=["gateway", "reference"], name="sandbox_charge_reference_once"),
            models.CheckConstraint(name="sandbox_charge_of_something", condition=Q(amount_minor__gt=0)),
        ]
        indexes = [
            models.Index(fields=["gateway", "method"], name="sandbox_charge_of_method"),
            models.Index(fields=["gateway", "created_at"], name="sandbox_charge_by_time"),
            models.Index(
                fields=["gateway", "next_event_at"],
                condition=Q(next_event_at__isnull=False),
                name="sandbox_charge_to_tell",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class SandboxRefund(models.Model):
    """What was given back at the sandbox; minor units. Otherwise as `SandboxCharge`."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, db_constraint=False, db_index=False)
    charge = models.ForeignKey(SandboxCharge, models.PROTECT, db_constraint=False, related_name="refunds")
    reference = models.CharField(max_length=255)
    key = models.CharField(max_length=255)
    amount_minor = models.BigIntegerField()
    failure_code = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()
    told = models.SmallIntegerField(default=0)
    next_event_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_refund"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "key"], name="sandbox_refund_once"),
            models.UniqueConstraint(fields=["gateway", "reference"], name="sandbox_refund_reference_once"),
            models.CheckConstraint(name="sandbox_refund_of_something", condition=Q(amount_minor__gt=0)),
        ]
        indexes = [
            models.Index(fields=["gateway", "created_at"], name="sandbox_refund_by_time"),
            models.Index(
                fields=["gateway", "next_event_at"],
                condition=Q(next_event_at__isnull=False),
                name="sandbox_refund_to_tell",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
