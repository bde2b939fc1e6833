from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The largest payments, and the few of which something went back, are found without reading all of them."""

    dependencies = [("payments", "0014_allocations_checked_by_key")]
    operations = [
        migrations.AddIndex(
            "payment", models.Index(fields=["provider", "amount_minor", "id"], name="payment_by_amount")
        ),
        migrations.AddIndex(
            "payment",
            models.Index(
                fields=["provider", "-id"],
                condition=~Q(refunded_minor=0, refunding_minor=0, paid_out_minor=0),
                name="payment_given_back",
            ),
        ),
    ]
