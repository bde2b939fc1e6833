from django.db import models
from django.db.models import Q

from makegood.customers.models import Customer
from makegood.providers.models import Provider, Staff


class EmailTemplate(models.Model):
    """Whether a provider sends e-mail of a kind. Without a row, what the kind says counts."""

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    name = models.CharField(max_length=40)
    active = models.BooleanField()

    class Meta:
        db_table = "email_template"
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="email_template_name_unique"),
            models.CheckConstraint(name="email_template_name_given", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class EmailTemplateVersion(models.Model):
    """The texts of an e-mail template in one language, as somebody saved them. Append only; the highest number counts.

    withdrawn: from here on the language has no texts of its own any more; its texts are empty.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    name = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    number = models.IntegerField()
    subject = models.CharField(max_length=500)
    text = models.TextField()
    html = models.TextField()
    withdrawn = models.BooleanField(default=False)
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, db_index=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "email_template_version"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "name", "language", "number"], name="email_template_version_once"
            ),
            models.CheckConstraint(name="email_template_version_number", condition=Q(number__gt=0)),
            models.CheckConstraint(name="email_template_version_named", condition=~Q(name="") & ~Q(language="")),
            models.CheckConstraint(
                name="email_template_version_has_texts",
                condition=Q(withdrawn=True, subject="", text="", html="")
                | Q(withdrawn=False) & ~Q(subject="") & ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language}), version {self.number}"


class EmailSettings(models.Model):
    """Whom a provider's e-mail comes from, and how many messages leave in a minute at most."""

    provider = models.OneToOneField(Provider, models.PROTECT, primary_key=True)
    sender_name = models.CharField(max_length=200, blank=True, default="")
    sender_address = models.CharField(max_length=254, blank=True, default="")
    reply_to = models.CharField(max_length=254, blank=True, default="")
    per_minute = models.IntegerField()

    class Meta:
        db_table = "email_settings"
        constraints = [
            models.CheckConstraint(name="email_settings_per_minute", condition=Q(per_minute__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.sender_name} <{self.sender_address}>"


class EmailSending(models.Model):
    """How a provider's e-mail is getting on. Without a row nothing of it has been sent yet.

    next_at: not before then leaves another message (the limit per minute).
    trouble: why nothing leaves, in a sentence; empty while all is well. Since when, how often in a row, and until when
    nothing is tried. lasting: somebody has to change a setting. told_at: when the managers were told of it.
    """

    provider = models.OneToOneField(Provider, models.PROTECT, primary_key=True)
    next_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=500, blank=True, default="")
    trouble_since = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    lasting = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "email_sending"
        constraints = [
            models.CheckConstraint(
                name="email_sending_trouble_has_moment",
                condition=Q(trouble="", trouble_since=None, failures=0, paused_until=None, lasting=False, told_at=None)
                | ~Q(trouble="") & Q(trouble_since__isnull=False, failures__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.trouble or "All is well."


class Message(models.Model):
    """One e-mail to a customer: the outbox, and afterwards what the customer has received.

    template: the name of the kind of e-mail. cause_type, cause_id: what it tells of, such as a run.
    reason: of *not sent* one of `Reason`; of *failed* what the mail server or the template answered; while *waiting*
    what stood against the last attempt, if there was one.
    due_at: not to be sent before. claimed_until: a process is sending it now, and has until then.
    address, subject, version: as sent; empty before. version is null for the built-in texts.

    A hot table: rows come from locked parents in the same statement, and `makegood verify` proves the references.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        NOT_SENT = "not_sent", "Not sent"
        FAILED = "failed", "Failed"

    class Reason(models.TextChoices):
        NO_ADDRESS = "no_address", "The customer has no e-mail address."
        OPTED_OUT = "opted_out", "The customer does not want e-mail."
        TEMPLATE_INACTIVE = "template_inactive", "The e-mail template was not active."
        CREDIT_TAKEN_BACK = "credit_taken_back", "The credit was taken back before the message left."
        OUT_OF_DATE = "out_of_date", "What it tells of had changed before the message left."

    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False, db_index=False, related_name="messages")
    cause_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    version = models.ForeignKey(EmailTemplateVersion, models.PROTECT, null=True, db_constraint=False, db_index=False)
    attempts = models.IntegerField(default=0)
    template = models.CharField(max_length=40)
    cause_type = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State.choices)
    reason = models.CharField(max_length=500, blank=True, default="")
    address = models.CharField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "message"
        constraints = [
            # What two messages differ in comes first: comparing words is what an index entry costs.
            models.UniqueConstraint(fields=["cause_id", "customer", "cause_type", "template"], name="message_once"),
            models.CheckConstraint(
                name="message_state_known", condition=Q(state__in=["waiting", "sent", "not_sent", "failed"])
            ),
            models.CheckConstraint(
                name="message_reason_fits",
                condition=Q(state="sent", reason="")
                | Q(
                    state="not_sent",
                    reason__in=["no_address", "opted_out", "template_inactive", "credit_taken_back", "out_of_date"],
                )
                | Q(state="failed") & ~Q(reason="")
                | Q(state="waiting", reason="")
                | Q(state="waiting", attempts__gt=0),
            ),
            models.CheckConstraint(
                name="message_sent_has_moment",
                condition=Q(state="sent", sent_at__isnull=False, attempts__gt=0) & ~Q(address="") & ~Q(subject="")
                | ~Q(state="sent") & Q(sent_at=None),
            ),
            models.CheckConstraint(
                name="message_due_while_waiting",
                condition=Q(state="waiting", due_at__isnull=False) | ~Q(state="waiting") & Q(due_at=None),
            ),
            models.CheckConstraint(
                name="message_claimed_while_waiting", condition=Q(claimed_until=None) | Q(state="waiting")
            ),
            models.CheckConstraint(name="message_attempts", condition=Q(attempts__gte=0)),
        ]
        indexes = [
            models.Index(fields=["provider", "due_at"], condition=Q(state="waiting"), name="message_due"),
            models.Index(fields=["customer", "-id"], name="message_of_customer"),
            models.Index(fields=["provider", "-id"], name="message_newest_first"),
            models.Index(
                fields=["provider", "state", "-id"],
                condition=Q(state__in=["not_sent", "failed"]),
                name="message_not_arrived",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} to customer {self.customer_id}"

    @property
    def reason_words(self) -> str:
        """Why it is where it is, in a sentence; empty where there is nothing to say."""
        is_known = self.state == Message.State.NOT_SENT and self.reason in Message.Reason.values
        return str(Message.Reason(self.reason).label) if is_known else self.reason


class MessageBody(models.Model):
    """What was sent, word for word. Append only, written together with *sent*; read one by one, so kept apart."""

    message = models.OneToOneField(Message, models.PROTECT, primary_key=True, db_constraint=False, related_name="body")
    provider = models.ForeignKey(Provider, models.PROTECT, db_constraint=False, db_index=False)
    text = models.TextField()
    html = models.TextField(blank=True, default="")

    class Meta:
        db_table = "message_body"

    def __str__(self) -> str:
        return f"body of message {self.message_id}"
