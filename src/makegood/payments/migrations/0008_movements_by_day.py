from django.db import migrations, models


class Migration(migrations.Migration):
    """The movements of some days are found without reading all of them."""

    dependencies = [("payments", "0007_refunds")]
    operations = [
        migrations.AddIndex(
            model_name="paymentmovement",
            index=models.Index(fields=["provider", "booked_on"], name="payment_movement_by_day"),
        ),
    ]
