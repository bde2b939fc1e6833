from django.db import migrations, models


class Migration(migrations.Migration):
    """A person can resume an order of a customer who is late; the day after does not undo it."""

    dependencies = [("orders", "0004_suspended_late")]
    operations = [
        migrations.AddField(model_name="order", name="resumed_late_on", field=models.DateField(null=True)),
    ]
