from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """When a processor has taken note of a removal; which cards expire when."""

    dependencies = [("payments", "0005_rules_of_payments")]
    operations = [
        migrations.AddField("paymentmethod", "detached_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "paymentmethod",
            models.Index(
                fields=["provider", "expires_on"],
                condition=Q(is_default=True, expires_on__isnull=False),
                include=["customer_id"],
                name="payment_method_by_expiry",
            ),
        ),
        migrations.AddIndex(
            "paymentmethod",
            models.Index(
                fields=["gateway", "removed_at"],
                condition=Q(removed_at__isnull=False, detached_at=None),
                name="payment_method_to_detach",
            ),
        ),
        migrations.AddConstraint(
            "paymentmethod",
            models.CheckConstraint(
                name="payment_method_detached_if_removed", condition=Q(detached_at=None) | Q(removed_at__isnull=False)
            ),
        ),
        migrations.RunSQL(
            "GRANT UPDATE (detached_at) ON payment_method TO makegood_app",
            "REVOKE UPDATE (detached_at) ON payment_method FROM makegood_app",
        ),
    ]
