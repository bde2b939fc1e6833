from django.db import models


class AuditEntry(models.Model):
    """Who did what to which record, and when. Names changed personal fields, never their values.

    Providers and staff write their own audit, so they stand above it: the keys to them are plain numbers here, and
    the foreign keys are added by the providers' migrations.
    """

    provider_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    staff_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_entry"
        indexes = [models.Index(fields=["provider_id", "subject_type", "subject_id"], name="audit_entry_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"
