from django.db import migrations

from makegood.kit.migration_operations import belongs_to, never_deleted


class Migration(migrations.Migration):
    """Templates are deactivated, never removed; their GL code is of the same provider."""

    dependencies = [("transaction_templates", "0001_initial"), ("ledger", "0002_guards")]
    operations = [
        never_deleted("transaction_template"),
        belongs_to("transaction_template", "gl_code_id", "gl_code"),
    ]
