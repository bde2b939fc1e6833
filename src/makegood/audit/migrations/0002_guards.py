from django.db import migrations

from makegood.kit.migration_operations import append_only


class Migration(migrations.Migration):
    """What has been recorded stays."""

    dependencies = [("audit", "0001_initial"), ("kit", "0001_roles")]
    operations = [append_only("audit_entry")]
