from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What the Invoice List sorts and filters by: what is left to pay, and the few invoices that are of no period."""

    dependencies = [("invoices", "0003_basis_and_passed")]
    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["provider", "due_minor", "id"], name="invoice_by_left"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["provider", "kind", "id"], condition=~Q(kind="period"), name="invoice_of_no_period"
            ),
        ),
    ]
