from django.db import migrations, models


class Migration(migrations.Migration):
    """A gateway knows up to when its balance was looked at."""

    dependencies = [("gateways", "0003_sandbox")]
    operations = [
        migrations.AddField(
            model_name="gateway",
            name="balance_until",
            field=models.DateTimeField(null=True),
        ),
    ]
