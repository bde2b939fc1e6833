import django.db.models.deletion
from django.db import migrations, models

from makegood.kit.migration_operations import belongs_to


class Migration(migrations.Migration):
    """What was paid out can come back to its credit; a run can credit a customer for one invoice."""

    dependencies = [
        ("credits", "0007_given_back"),
        ("customers", "0003_list_indexes"),
        ("invoices", "0025_in_flight"),
        ("ledger", "0004_closed_months"),
        ("providers", "0004_day_reached"),
        ("runs", "0006_giving_up_the_rest"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="creditentry",
            name="credit_entry_sign",
        ),
        migrations.AddField(
            model_name="creditrun",
            name="use_for",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credit_runs",
                to="invoices.invoice",
            ),
        ),
        migrations.AlterField(
            model_name="creditentry",
            name="type",
            field=models.CharField(
                choices=[
                    ("issued", "Issued"),
                    ("adjusted", "Adjusted"),
                    ("used", "Used"),
                    ("returned", "Returned"),
                    ("refunded", "Refunded"),
                    ("unrefunded", "Refund failed"),
                    ("expired", "Expired"),
                    ("taken_back", "Taken back"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount_minor__gt", 0), ("type__in", ["issued", "returned", "unrefunded"])),
                    models.Q(("type", "adjusted"), models.Q(("amount_minor", 0), _negated=True)),
                    models.Q(("amount_minor__lt", 0), ("type__in", ["used", "refunded", "expired", "taken_back"])),
                    _connector="OR",
                ),
                name="credit_entry_sign",
            ),
        ),
        belongs_to("credit_run", "use_for_id", "invoice"),
    ]
