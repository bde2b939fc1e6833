from django.db import migrations, models


class Migration(migrations.Migration):
    """When managers were told of a payment of which nobody knows what became."""

    dependencies = [("payments", "0009_allocations_without_key")]
    operations = [
        migrations.AddField(
            model_name="payment",
            name="reported_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            "GRANT UPDATE (reported_at) ON payment TO makegood_app",
            "REVOKE UPDATE (reported_at) ON payment FROM makegood_app",
        ),
    ]
