from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """When a payment of which the processor knew nothing was ordered again; it counts for the limits of that hour."""

    dependencies = [("payments", "0015_payments_by_amount")]
    operations = [
        migrations.AddField(
            model_name="payment",
            name="ordered_again_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            "payment",
            models.Index(
                fields=["gateway", "ordered_again_at"],
                condition=Q(ordered_again_at__isnull=False),
                name="payment_ordered_again",
            ),
        ),
        migrations.RunSQL(
            "GRANT UPDATE (ordered_again_at) ON payment TO makegood_app",
            "REVOKE UPDATE (ordered_again_at) ON payment FROM makegood_app",
        ),
    ]
