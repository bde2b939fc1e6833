import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from makegood.kit.migration_operations import belongs_to, never_deleted

# What differs is fixed; by how much, and since when it does no more, is written down.
FOUND_IS_FIXED = """
REVOKE UPDATE ON clearing_difference FROM makegood_app;
GRANT UPDATE (payment_id, booked_minor, moved_minor, settled_at) ON clearing_difference TO makegood_app;
"""


class Migration(migrations.Migration):
    """What does not agree between the clearing account and processors' balances is known, and told of once."""

    dependencies = [("payments", "0010_payments_reported"), ("providers", "0004_day_reached")]
    operations = [
        migrations.CreateModel(
            name="ClearingDifference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("reference", models.CharField(max_length=255)),
                ("booked_minor", models.BigIntegerField(null=True)),
                ("moved_minor", models.BigIntegerField(null=True)),
                ("found_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="payments.payment",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="providers.provider"
                    ),
                ),
            ],
            options={"db_table": "clearing_difference"},
        ),
        migrations.AddConstraint(
            model_name="clearingdifference",
            constraint=models.UniqueConstraint(
                fields=["provider", "kind", "reference"], condition=Q(settled_at=None), name="clearing_difference_once"
            ),
        ),
        never_deleted("clearing_difference"),
        belongs_to("clearing_difference", "payment_id", "payment"),
        migrations.RunSQL([FOUND_IS_FIXED], "GRANT UPDATE ON clearing_difference TO makegood_app"),
    ]
