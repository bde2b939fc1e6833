from django.db import migrations

from makegood.kit.migration_operations import belongs_to, never_deleted


class Migration(migrations.Migration):
    """Customers stay, and their figures are theirs."""

    dependencies = [("customers", "0001_initial"), ("kit", "0001_roles")]
    operations = [
        never_deleted("customer"),
        never_deleted("customer_figures"),
        belongs_to("customer_figures", "customer_id", "customer"),
        migrations.RunSQL(
            "ALTER TABLE customer_figures SET (fillfactor = 80)", "ALTER TABLE customer_figures RESET (fillfactor)"
        ),
    ]
