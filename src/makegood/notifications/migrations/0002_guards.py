from django.db import migrations

from makegood.kit.migration_operations import never_deleted


class Migration(migrations.Migration):
    """A notification is read, never removed."""

    dependencies = [("notifications", "0001_initial"), ("kit", "0001_roles")]
    operations = [never_deleted("notification")]
