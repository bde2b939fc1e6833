from django.db import migrations, models


class Migration(migrations.Migration):
    """What a draft was made from; days of an order that passed without being billed."""

    dependencies = [("invoices", "0002_guards")]
    operations = [
        migrations.AddField("invoice", "basis", models.BigIntegerField(null=True)),
        migrations.AddField("invoicerun", "charges_only", models.BooleanField(default=False)),
        migrations.AddField("orderbilling", "passed_until", models.DateField(null=True)),
    ]
