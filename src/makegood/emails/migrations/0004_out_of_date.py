from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A message can be left unsent because what it tells of has changed meanwhile."""

    dependencies = [("emails", "0003_sending")]
    operations = [
        migrations.RemoveConstraint(model_name="message", name="message_reason_fits"),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                name="message_reason_fits",
                condition=Q(state="sent", reason="")
                | Q(
                    state="not_sent",
                    reason__in=["no_address", "opted_out", "template_inactive", "credit_taken_back", "out_of_date"],
                )
                | Q(state="failed") & ~Q(reason="")
                | Q(state="waiting", reason="")
                | Q(state="waiting", attempts__gt=0),
            ),
        ),
    ]
