from django.db import migrations, models


class Migration(migrations.Migration):
    """How many records a person saw selected when asking for a run, beside how many there were."""

    dependencies = [("runs", "0003_current_selection")]
    operations = [migrations.AddField("run", "records_shown", models.IntegerField(null=True))]
