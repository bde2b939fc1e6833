from django.db import migrations

from makegood.kit.migration_operations import append_only, belongs_to, never_deleted

# What a processor sent is fixed; what became of it is written down.
SENT_IS_FIXED = """
REVOKE UPDATE ON gateway_event FROM makegood_app;
GRANT UPDATE (state, attempts, next_try_at, handled_at, outcome) ON gateway_event TO makegood_app;
"""


class Migration(migrations.Migration):
    """What holds gateways together in the database itself."""

    dependencies = [("gateways", "0001_initial"), ("customers", "0001_initial")]
    operations = [
        never_deleted("gateway"),
        never_deleted("gateway_customer"),
        never_deleted("gateway_event"),
        append_only("balance_event"),
        belongs_to("gateway_customer", "gateway_id", "gateway"),
        belongs_to("gateway_customer", "customer_id", "customer"),
        belongs_to("gateway_event", "gateway_id", "gateway"),
        belongs_to("balance_event", "gateway_id", "gateway"),
        migrations.RunSQL([SENT_IS_FIXED], "GRANT UPDATE ON gateway_event TO makegood_app"),
    ]
