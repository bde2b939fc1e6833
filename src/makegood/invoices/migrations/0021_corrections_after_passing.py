from django.db import migrations


class Migration(migrations.Migration):
    """What was billed is corrected also where days have passed since: invoice lines say which days those are."""

    dependencies = [("invoices", "0020_list_indexes"), ("orders", "0007_pauses")]
    operations = [
        migrations.RemoveField(model_name="orderbilling", name="passed_until"),
    ]
