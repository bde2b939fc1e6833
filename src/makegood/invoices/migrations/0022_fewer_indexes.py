from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Each index of an invoice is written when it is drafted, issued and paid: two that others do the work of go.

    What is owed can be listed by due date, with the index that the days look for late invoices in. How far an order is
    billed is in no index, so that with room in its page a month's update writes none.
    """

    dependencies = [("invoices", "0021_corrections_after_passing")]
    operations = [
        migrations.RemoveIndex("invoice", "invoice_newest_first"),
        migrations.RemoveIndex("charge", "charge_newest_first"),
        migrations.RemoveIndex("invoice", "invoice_by_due_date"),
        migrations.AddIndex(
            "invoice",
            models.Index(
                fields=["provider", "due_on", "id"], condition=Q(state__in=["open", "late"]), name="invoice_by_due_date"
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE order_billing SET (fillfactor = 60)", "ALTER TABLE order_billing RESET (fillfactor)"
        ),
    ]
