from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

# As the searches of lists write it: letters are compared in upper case, but those of a phone number as they are.
TEXT_INSIDE = """
CREATE INDEX customer_text_inside ON customer USING gin (
    upper(number::text) gin_trgm_ops, upper(name::text) gin_trgm_ops, upper(email::text) gin_trgm_ops,
    (phone::text) gin_trgm_ops
)
"""


class Migration(migrations.Migration):
    """What the Customer List is sorted by and searched in."""

    dependencies = [("customers", "0002_guards"), ("providers", "0003_limits")]
    operations = [
        TrigramExtension(),
        migrations.RunSQL(TEXT_INSIDE, "DROP INDEX customer_text_inside"),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["provider", "customer_type", "number"], name="customer_by_type"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["provider", "status", "number"], name="customer_by_status"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["provider", "autopay", "number"], name="customer_by_autopay"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["provider", "email", "number"], name="customer_by_email"),
        ),
    ]
