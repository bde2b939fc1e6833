import django.db.models.deletion
from django.db import migrations, models

from makegood.kit.migration_operations import belongs_to, never_deleted

# Whose pause it is, and when it began, is fixed.
BEGINNING_IS_FIXED = (
    "REVOKE UPDATE ON order_pause FROM makegood_app; GRANT UPDATE (until) ON order_pause TO makegood_app"
)

# Until now nothing was billed of what a person had suspended, neither before nor after the suspension.
SUSPENDED_NOW = """
INSERT INTO order_pause (provider_id, customer_id, order_id, from_on)
SELECT provider_id, customer_id, id, from_date
FROM customer_order
WHERE status = 'suspended' AND suspended_late_on IS NULL
"""


class Migration(migrations.Migration):
    """Days on which orders are not used."""

    dependencies = [
        ("customers", "0003_list_indexes"),
        ("orders", "0006_never_began"),
        ("providers", "0004_day_reached"),
    ]
    operations = [
        migrations.CreateModel(
            name="OrderPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("until", models.DateField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pauses",
                        to="orders.order",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "db_table": "order_pause",
                "constraints": [
                    models.UniqueConstraint(fields=("order", "from_on"), name="order_pause_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)), fields=("order",), name="order_pause_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("from_on")), _connector="OR"),
                        name="order_pause_days",
                    ),
                ],
            },
        ),
        never_deleted("order_pause"),
        belongs_to("order_pause", "customer_id", "customer"),
        belongs_to("order_pause", "order_id", "customer_order"),
        migrations.RunSQL([BEGINNING_IS_FIXED], "GRANT UPDATE ON order_pause TO makegood_app"),
        migrations.RunSQL([SUSPENDED_NOW], migrations.RunSQL.noop),
    ]
