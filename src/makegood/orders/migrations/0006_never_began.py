from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether an order was terminated while it was pending."""

    dependencies = [("orders", "0005_resumed_late")]
    operations = [
        migrations.AddField("order", "never_began", models.BooleanField(db_default=False, default=False)),
    ]
