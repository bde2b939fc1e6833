from django.db import migrations

from makegood.kit.migration_operations import append_only, belongs_to, never_deleted


class Migration(migrations.Migration):
    """Services and orders stay; all that they name is of the same provider."""

    dependencies = [("orders", "0001_initial"), ("ledger", "0002_guards"), ("customers", "0002_guards")]
    operations = [
        never_deleted("service"),
        never_deleted("customer_order"),
        append_only("order_price"),
        belongs_to("service", "gl_code_id", "gl_code"),
        belongs_to("customer_order", "customer_id", "customer"),
        belongs_to("customer_order", "service_id", "service"),
        belongs_to("customer_order", "replaced_by_id", "customer_order"),
        belongs_to("order_price", "order_id", "customer_order"),
    ]
