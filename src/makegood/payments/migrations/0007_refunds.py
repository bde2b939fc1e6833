import django.db.models.deletion
from django.db import migrations, models

from makegood.kit.migration_operations import belongs_to

# The same chart as payments.refund_rules; a test holds the two together.
TRANSITIONS = """
CREATE FUNCTION refund_transfer_transition_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.state
        WHEN 'created' THEN NEW.state IN ('submitted', 'failed')
        WHEN 'submitted' THEN NEW.state IN ('created', 'unknown', 'succeeded', 'failed')
        WHEN 'unknown' THEN NEW.state IN ('submitted', 'succeeded', 'failed')
        WHEN 'failed' THEN NEW.state IN ('succeeded')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'transfer % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_transfer_transition_known', TABLE = 'refund_transfer';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refund_transfer_transition_known BEFORE UPDATE OF state ON refund_transfer FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION refund_transfer_transition_known();
"""


class Migration(migrations.Migration):
    """What settled the funds' part of a refund, and where a part of a refund can go from where it stands."""

    dependencies = [
        ("credits", "0008_pay_outs_that_fail"),
        ("customers", "0003_list_indexes"),
        ("invoices", "0025_in_flight"),
        ("ledger", "0004_closed_months"),
        ("payments", "0006_methods_detached"),
        ("providers", "0004_day_reached"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="credit",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="credits.credit",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credit", None),
                    models.Q(("follow", "settle"), ("funds_minor__gt", 0), ("funds_returned", True)),
                    _connector="OR",
                ),
                name="refund_settles_funds_that_came_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("funds_returned", False), models.Q(("funds_minor__gt", 0), ("state", "done")), _connector="OR"
                ),
                name="refund_funds_come_back_at_the_end",
            ),
        ),
        belongs_to("refund", "credit_id", "credit"),
        migrations.RunSQL(
            ["GRANT UPDATE (credit_id) ON refund TO makegood_app"],
            "REVOKE UPDATE (credit_id) ON refund FROM makegood_app",
        ),
        migrations.RunSQL(
            [TRANSITIONS],
            "DROP TRIGGER refund_transfer_transition_known ON refund_transfer; "
            "DROP FUNCTION refund_transfer_transition_known()",
        ),
    ]
