import django.db.models.deletion
from django.db import migrations, models

from makegood.kit.migration_operations import append_only, belongs_to


class Migration(migrations.Migration):
    """What comes back of an invoice is paid money up to what was paid, and else a correction: two credits at most."""

    dependencies = [
        ("credits", "0006_last_day"),
        ("invoices", "0002_guards"),
        ("providers", "0004_day_reached"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="credit", name="credit_once_from_invoice"),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("from_invoice__isnull", False)),
                fields=("from_invoice", "kind"),
                name="credit_once_from_invoice_and_kind",
            ),
        ),
        migrations.CreateModel(
            name="GivenBack",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "credit_id", "invoice_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "credit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given_back",
                        to="credits.credit",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given_back",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="providers.provider"
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
            ],
            options={
                "db_table": "given_back",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="given_back_is_something"),
                ],
            },
        ),
        append_only("given_back"),
        belongs_to("given_back", "credit_id", "credit"),
        belongs_to("given_back", "invoice_id", "invoice"),
    ]
