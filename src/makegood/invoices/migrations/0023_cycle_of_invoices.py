from django.db import migrations, models
from django.db.models import Q

# Of invoices that are there: a period that ends with a month was monthly, unless the account says otherwise; of what is of no
# period, the account knows best.
WHAT_THEY_WERE_BILLED_WITH = """
UPDATE invoice
SET cycle = told.cycle, billing_day = CASE told.cycle WHEN 'monthly' THEN 1 ELSE told.billing_day END
FROM (
    SELECT
        invoice.id,
        CASE
            WHEN invoice.kind <> 'period' THEN account.cycle
            WHEN after.day > 1 OR account.cycle = 'anniversary' AND account.billing_day = 1 THEN 'anniversary'
            ELSE 'monthly'
        END AS cycle,
        CASE
            WHEN account.cycle = 'anniversary' THEN coalesce(account.billing_day, after.day)
            WHEN invoice.kind = 'period' THEN after.day
        END AS billing_day
    FROM invoice
    JOIN billing_account AS account ON account.customer_id = invoice.customer_id
    CROSS JOIN LATERAL (SELECT extract(day FROM invoice.period_to + 1)::integer AS day) AS after
) AS told
WHERE invoice.id = told.id
"""


class Migration(migrations.Migration):
    """Each invoice says the cycle that it was billed with: what corrects it later goes by that, not by the present one.

    Which invoices were given up is found by an index, for drafts that would correct them.
    """

    dependencies = [("invoices", "0022_fewer_indexes")]
    operations = [
        migrations.AddField("invoice", "billing_day", models.PositiveSmallIntegerField(null=True, default=1)),
        migrations.AddField(
            "invoice",
            "cycle",
            models.CharField(
                max_length=11,
                choices=[("monthly", "On the 1st of the month"), ("anniversary", "On the day of activation")],
                default="monthly",
            ),
        ),
        migrations.RunSQL([WHAT_THEY_WERE_BILLED_WITH], migrations.RunSQL.noop),
        migrations.AddConstraint(
            "invoice",
            models.CheckConstraint(
                name="invoice_cycle",
                condition=Q(cycle="monthly", billing_day=1, billing_day__isnull=False)
                | Q(cycle="anniversary", billing_day=None)
                | Q(cycle="anniversary", billing_day__range=(1, 31)),
            ),
        ),
        migrations.AddIndex(
            "invoice",
            models.Index(
                fields=["customer"],
                condition=Q(number__isnull=False, state__in=["void", "uncollectible"]),
                name="invoice_given_up",
            ),
        ),
    ]
