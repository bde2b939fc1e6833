from django.db import models
from django.db.models import Q

from makegood.days.rules import FIRST_STEP, Step
from makegood.providers.models import Provider


class ProviderDay(models.Model):
    """One day of a provider's calendar: how far its work has come, and what it did.

    Days follow each other without a gap; the next begins when the one before it is finished.
    step: the next to do; empty when the day is finished. did: what was done, by the names in `rules.NAMES`: how many
    customers, and how much in minor units. billing: whether End Customer Billing was on when the day began; if not, it
    passed. failures: how often a step failed. failed_step, failure, failed_at: the last time; they stay when it went
    well later.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    day = models.DateField()
    step = models.CharField(max_length=20, blank=True, default=FIRST_STEP)
    did = models.JSONField(default=dict)
    billing = models.BooleanField(default=True)
    failures = models.IntegerField(default=0)
    failed_step = models.CharField(max_length=20, blank=True, default="")
    failure = models.CharField(max_length=500, blank=True, default="")
    failed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "provider_day"
        constraints = [
            models.UniqueConstraint(fields=["provider", "day"], name="provider_day_once"),
            models.UniqueConstraint(
                fields=["provider"], condition=Q(finished_at=None), name="provider_day_one_at_a_time"
            ),
            models.CheckConstraint(name="provider_day_step_known", condition=Q(step__in=[*Step.values, ""])),
            models.CheckConstraint(
                name="provider_day_finished_after_last_step",
                condition=Q(step="", finished_at__isnull=False) | ~Q(step="") & Q(finished_at=None),
            ),
            models.CheckConstraint(
                name="provider_day_failure_has_moment",
                condition=Q(failures=0, failed_step="", failure="", failed_at=None)
                | Q(failures__gt=0, failed_at__isnull=False) & ~Q(failed_step="") & ~Q(failure=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None
