from django.db import migrations

from makegood.kit.migration_operations import belongs_to, never_deleted


class Migration(migrations.Migration):
    """What was imported, and by which map, is never removed; the content of a file is, when it is done with."""

    dependencies = [("imports", "0001_initial"), ("providers", "0002_guards")]
    operations = [
        never_deleted("import_map"),
        never_deleted("file_import"),
        belongs_to("file_import_part", "file_import_id", "file_import"),
    ]
