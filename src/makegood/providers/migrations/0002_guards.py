from django.db import migrations

from makegood.kit.migration_operations import never_deleted

AUDIT_NAMES_US = """
ALTER TABLE audit_entry
    ADD CONSTRAINT audit_entry_provider FOREIGN KEY (provider_id) REFERENCES provider (id),
    ADD CONSTRAINT audit_entry_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
"""
AUDIT_FORGETS_US = """
ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_provider, DROP CONSTRAINT audit_entry_staff
"""


class Migration(migrations.Migration):
    """Providers, staff and memberships are deactivated, never removed; the audit names only those that exist."""

    dependencies = [("providers", "0001_initial"), ("kit", "0001_roles"), ("audit", "0002_guards")]
    operations = [
        never_deleted("provider"),
        never_deleted("staff"),
        never_deleted("membership"),
        migrations.RunSQL(AUDIT_NAMES_US, AUDIT_FORGETS_US),
    ]
