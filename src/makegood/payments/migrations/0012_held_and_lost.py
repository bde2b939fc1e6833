import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from makegood.kit.migration_operations import belongs_to

MAY_CHANGE = """
GRANT UPDATE (held_at, held_for_id) ON payment_method TO makegood_app;
GRANT UPDATE (lost_minor) ON payment TO makegood_app;
GRANT UPDATE (attempt_key) ON refund_transfer TO makegood_app;
"""
MAY_NOT_CHANGE = """
REVOKE UPDATE (held_at, held_for_id) ON payment_method FROM makegood_app;
REVOKE UPDATE (lost_minor) ON payment FROM makegood_app;
REVOKE UPDATE (attempt_key) ON refund_transfer FROM makegood_app;
"""


class Migration(migrations.Migration):
    """Payment methods that autopay does not charge after a dispute; what a bank took that had gone back by hand.

    The key of a pay-out that failed goes to the one by which it is booked if it was made after all.
    """

    dependencies = [("payments", "0011_clearing_differences")]
    operations = [
        migrations.AddField("payment", "lost_minor", models.BigIntegerField(db_default=0, default=0)),
        migrations.RemoveConstraint("payment", "payment_amounts"),
        migrations.RemoveConstraint("payment", "payment_returned_fits_state"),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                name="payment_amounts",
                condition=Q(amount_minor__gt=0, allocated_minor__gte=0, over_minor__gte=0, refunded_minor__gte=0)
                & Q(refunding_minor__gte=0, paid_out_minor__gte=0, returned_minor__gte=0)
                & Q(lost_minor__gte=0, lost_minor__lte=F("refunded_minor")),
            ),
        ),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                name="payment_returned_fits_state",
                condition=Q(state__in=["returned", "disputed"], returned_minor__gt=0)
                | Q(state__in=["returned", "disputed"], lost_minor__gt=0)
                | Q(state="reversed", returned_minor=F("amount_minor"), lost_minor=0)
                | ~Q(state__in=["returned", "disputed", "reversed"]) & Q(returned_minor=0, lost_minor=0),
            ),
        ),
        migrations.AddField("paymentmethod", "held_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "paymentmethod",
            "held_for",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.payment",
            ),
        ),
        migrations.AddIndex(
            "paymentmethod",
            models.Index(
                fields=["provider"],
                condition=Q(held_at__isnull=False, removed_at=None),
                include=["customer_id"],
                name="payment_method_on_hold",
            ),
        ),
        migrations.AddConstraint(
            "paymentmethod",
            models.CheckConstraint(
                name="payment_method_held_for_a_payment",
                condition=Q(held_at=None, held_for=None) | Q(held_at__isnull=False, held_for__isnull=False),
            ),
        ),
        belongs_to("payment_method", "held_for_id", "payment"),
        migrations.RunSQL([MAY_CHANGE], MAY_NOT_CHANGE),
    ]
