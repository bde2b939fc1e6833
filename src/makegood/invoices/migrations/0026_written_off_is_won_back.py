from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What is written off can be so no longer: a payment that a bank took back is won."""

    dependencies = [("invoices", "0025_in_flight")]
    operations = [
        migrations.RemoveConstraint(model_name="receivableentry", name="receivable_entry_sign"),
        migrations.AddConstraint(
            model_name="receivableentry",
            constraint=models.CheckConstraint(
                name="receivable_entry_sign",
                condition=Q(type="issued", number=1)
                | Q(type__in=["returned", "unpaid", "to_funds"], amount_minor__gt=0, number__gt=1)
                | Q(type__in=["used", "paid"], amount_minor__lt=0, number__gt=1)
                | Q(type__in=["voided", "written_off"], number__gt=1),
            ),
        ),
    ]
