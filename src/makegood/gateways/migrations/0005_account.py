from django.db import migrations, models


class Migration(migrations.Migration):
    """A gateway knows of which account at the processor its keys are."""

    dependencies = [("gateways", "0004_balance_until")]
    operations = [
        migrations.AddField(
            model_name="gateway",
            name="account",
            field=models.CharField(blank=True, db_default="", default="", max_length=255),
        ),
    ]
