import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from makegood.kit.migration_operations import never_deleted


class Migration(migrations.Migration):
    """How a provider's e-mail is getting on: its pace, and what stands in its way."""

    dependencies = [("emails", "0002_guards"), ("providers", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="EmailSending",
            fields=[
                (
                    "provider",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="providers.provider",
                    ),
                ),
                ("next_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, default="", max_length=500)),
                ("trouble_since", models.DateTimeField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("paused_until", models.DateTimeField(null=True)),
                ("lasting", models.BooleanField(default=False)),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "email_sending",
                "constraints": [
                    models.CheckConstraint(
                        name="email_sending_trouble_has_moment",
                        condition=Q(
                            trouble="", trouble_since=None, failures=0, paused_until=None, lasting=False, told_at=None
                        )
                        | ~Q(trouble="") & Q(trouble_since__isnull=False, failures__gt=0),
                    )
                ],
            },
        ),
        never_deleted("email_sending"),
    ]
