from django.db import models
from django.db.models import Q

from makegood.providers.models import Provider, Staff


class Notification(models.Model):
    """An entry in a person's Notifications area: a result or an error. Names its subject by type and id."""

    class Level(models.TextChoices):
        SUCCESS = "success", "Done"
        WARNING = "warning", "Done with failures"
        ERROR = "error", "Failed"

    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, db_index=False)
    level = models.CharField(max_length=10, choices=Level.choices)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True, default="")
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notification"
        constraints = [
            models.CheckConstraint(name="notification_level", condition=Q(level__in=["success", "warning", "error"]))
        ]
        indexes = [
            models.Index(fields=["staff", "provider", "-id"], name="notification_of_person"),
            models.Index(fields=["staff", "provider"], condition=Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return self.title
