from django.db import migrations, models
from django.db.models import Q

# As the search of the list writes it.
REASON_INSIDE = "CREATE INDEX refund_reason_inside ON refund USING gin (upper(reason::text) gin_trgm_ops)"


class Migration(migrations.Migration):
    """Refunds and pay-outs of some days, of a rare state, with a word in their reason, and those that bounced."""

    dependencies = [("payments", "0012_held_and_lost")]
    operations = [
        migrations.AddIndex("refund", models.Index(fields=["provider", "created_at"], name="refund_by_day")),
        migrations.AddIndex(
            "refund",
            models.Index(fields=["provider", "state", "-id"], condition=~Q(state="done"), name="refund_not_done"),
        ),
        migrations.AddIndex(
            "refundtransfer",
            models.Index(fields=["refund"], condition=Q(bounced_at__isnull=False), name="refund_transfer_bounced"),
        ),
        migrations.RunSQL([REASON_INSIDE], "DROP INDEX refund_reason_inside"),
    ]
