import django.db.models.expressions
from django.db import migrations, models

from makegood.kit.migration_operations import append_only, belongs_to, never_deleted

# What was asked for or received, from whom and when, is fixed; the rest moves with what becomes of it.
RECEIVED_IS_FIXED = """
GRANT UPDATE (
    over_minor, refunded_minor, refunding_minor, paid_out_minor, returned_minor, received_on, gateway_reference,
    failure_code, failure, submitted_at, next_check_at, held_until, checks, settled_at, overpayment_credit_id,
    journal_entry_id, booked_on, effective_on
) ON payment TO makegood_app;
REVOKE UPDATE ON payment_claim FROM makegood_app;
GRANT UPDATE (open) ON payment_claim TO makegood_app;
REVOKE UPDATE ON payment_method FROM makegood_app;
GRANT UPDATE (brand, last_four, expires_on, is_default, removed_by_id, removed_at) ON payment_method TO makegood_app;
REVOKE UPDATE ON refund FROM makegood_app;
GRANT UPDATE (funds_returned, state, settled_at) ON refund TO makegood_app;
REVOKE UPDATE ON refund_transfer FROM makegood_app;
GRANT UPDATE (
    state, reference, failure_code, failure, submitted_at, next_check_at, held_until, checks, settled_at, credit_id,
    bounced_at, bounce_credit_id, journal_entry_id, booked_on
) ON refund_transfer TO makegood_app;
"""

# What the money of a booked payment came with stays: the trigger lets each be written once.
BOOKED_IS_FIXED = """
CREATE FUNCTION payment_booking_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payment % is booked and keeps its booking', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_booking_stays', TABLE = 'payment';
END
$$;
CREATE TRIGGER payment_booking_stays
    BEFORE UPDATE OF journal_entry_id, booked_on, received_on, effective_on, overpayment_credit_id, gateway_reference
    ON payment FOR EACH ROW
    WHEN (
        (OLD.journal_entry_id IS NOT NULL AND NEW.journal_entry_id IS DISTINCT FROM OLD.journal_entry_id)
        OR (OLD.booked_on IS NOT NULL AND NEW.booked_on IS DISTINCT FROM OLD.booked_on)
        OR (OLD.received_on IS NOT NULL AND NEW.received_on IS DISTINCT FROM OLD.received_on)
        OR (OLD.booked_on IS NOT NULL AND NEW.effective_on IS DISTINCT FROM OLD.effective_on)
        OR (OLD.overpayment_credit_id IS NOT NULL AND NEW.overpayment_credit_id IS DISTINCT FROM OLD.overpayment_credit_id)
        OR (OLD.gateway_reference <> '' AND NEW.gateway_reference <> OLD.gateway_reference)
    )
    EXECUTE FUNCTION payment_booking_stays();
"""

# The same charts as payments.rules; tests hold them together.
TRANSITIONS = """
CREATE OR REPLACE FUNCTION payment_transition_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.state
        WHEN 'created' THEN NEW.state IN ('submitted', 'failed')
        WHEN 'submitted' THEN NEW.state IN ('unknown', 'succeeded', 'failed', 'created')
        WHEN 'unknown' THEN NEW.state IN ('submitted', 'succeeded', 'failed')
        WHEN 'succeeded' THEN NEW.state IN ('reversed', 'disputed', 'returned')
        WHEN 'failed' THEN NEW.state IN ('succeeded')
        WHEN 'disputed' THEN NEW.state IN ('succeeded', 'returned')
        WHEN 'returned' THEN NEW.state IN ('succeeded')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'payment % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_transition_known', TABLE = 'payment';
    END IF;
    RETURN NEW;
END
$$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION payment_transition_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (OLD.state = 'succeeded' AND NEW.state = 'reversed') THEN
        RAISE EXCEPTION 'payment % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_transition_known', TABLE = 'payment';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER payment_booking_stays ON payment;
DROP FUNCTION payment_booking_stays();
"""


# Rows of a whole day's autopay are written at once, from locked parents; `verify` proves what they name.
WITHOUT_KEYS = """
ALTER TABLE payment_allocation DROP CONSTRAINT payment_allocation_provider_id_payment_id_same_provider;
ALTER TABLE payment_allocation DROP CONSTRAINT payment_allocation_provider_id_invoice_id_same_provider;
ALTER TABLE payment_allocation DROP CONSTRAINT payment_allocation_provider_id_journal_entry_id_same_provider;
"""


class Migration(migrations.Migration):
    """The rules of payments that a processor is asked for, and what holds their tables together."""

    dependencies = [
        ("payments", "0004_books_of_earlier_payments"),
        ("gateways", "0002_guards"),
        ("invoices", "0025_in_flight"),
    ]
    operations = [
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("collect_day__isnull", False)),
                fields=("customer", "collect_day"),
                name="payment_one_for_each_collect_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gateway_reference", ""), _negated=True),
                fields=("gateway", "gateway_reference"),
                name="payment_gateway_reference_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["created", "submitted", "unknown", "succeeded", "failed", "disputed", "returned", "reversed"],
                    )
                ),
                name="payment_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["cash", "bank_transfer", "card", "ach", "sepa"])),
                name="payment_method_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("allocated_minor__gte", 0),
                    ("amount_minor__gt", 0),
                    ("over_minor__gte", 0),
                    ("refunded_minor__gte", 0),
                    ("paid_out_minor__gte", 0),
                    ("refunding_minor__gte", 0),
                    ("returned_minor__gte", 0),
                ),
                name="payment_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount_minor__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("refunded_minor"), "+", models.F("refunding_minor")
                                ),
                                "+",
                                models.F("paid_out_minor"),
                            ),
                            "+",
                            models.F("returned_minor"),
                        ),
                    )
                ),
                name="payment_gives_back_at_most_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "amount_minor",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("allocated_minor"), "+", models.F("over_minor")
                                    ),
                                    "+",
                                    models.F("refunded_minor"),
                                ),
                                "+",
                                models.F("returned_minor"),
                            ),
                        ),
                        ("booked_on__isnull", False),
                        ("journal_entry__isnull", False),
                        ("state__in", ["succeeded", "disputed", "returned", "reversed"]),
                    ),
                    models.Q(
                        ("allocated_minor", 0),
                        ("booked_on", None),
                        ("journal_entry", None),
                        ("over_minor", 0),
                        ("paid_out_minor", 0),
                        ("refunded_minor", 0),
                        ("refunding_minor", 0),
                        ("returned_minor", 0),
                        ("state__in", ["created", "submitted", "unknown", "failed"]),
                    ),
                    _connector="OR",
                ),
                name="payment_is_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("over_minor", 0), ("overpayment_credit__isnull", False), _connector="OR"),
                name="payment_over_is_funds",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("returned_minor__gt", 0), ("state__in", ["returned", "disputed"])),
                    models.Q(("returned_minor", models.F("amount_minor")), ("state", "reversed")),
                    models.Q(
                        models.Q(("state__in", ["returned", "disputed", "reversed"]), _negated=True),
                        ("returned_minor", 0),
                    ),
                    _connector="OR",
                ),
                name="payment_returned_fits_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("attempt_key", None),
                        ("gateway", None),
                        ("gateway_reference", ""),
                        ("payment_method", None),
                        ("purpose", "hand"),
                        ("method__in", ["cash", "bank_transfer"]),
                        ("state__in", ["succeeded", "reversed"]),
                    ),
                    models.Q(
                        ("gateway__isnull", False),
                        ("payment_method__isnull", False),
                        ("purpose__in", ["autopay", "charge"]),
                        ("attempt_key__isnull", False),
                        ("method__in", ["card", "ach", "sepa"]),
                        models.Q(("state", "reversed"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payment_by_hand_or_processor",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("collect_day__isnull", False), ("purpose", "autopay")),
                    models.Q(models.Q(("purpose", "autopay"), _negated=True), ("collect_day", None)),
                    _connector="OR",
                ),
                name="payment_autopay_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("booked_on", None), ("effective_on", None), ("received_on", None)),
                    models.Q(("effective_on", None), ("received_on", models.F("booked_on"))),
                    models.Q(
                        ("effective_on", models.F("received_on")),
                        ("effective_on__isnull", False),
                        ("effective_on__lt", models.F("booked_on")),
                    ),
                    _connector="OR",
                ),
                name="payment_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("next_check_at__isnull", False),
                        ("settled_at", None),
                        ("state__in", ["created", "submitted", "unknown"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["created", "submitted", "unknown"]), _negated=True),
                        ("held_until", None),
                        ("next_check_at", None),
                    ),
                    _connector="OR",
                ),
                name="payment_under_way_is_looked_after",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("state", "reversed"), _negated=True),
                        ("reversal_key", None),
                        ("reversed_at", None),
                        ("reversed_on", None),
                        ("reversal_journal_entry", None),
                        ("reversed_by", None),
                    ),
                    models.Q(
                        ("reversal_key__isnull", False),
                        ("reversed_at__isnull", False),
                        ("reversed_on__isnull", False),
                        ("state", "reversed"),
                        ("reversal_journal_entry__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payment_reversal_whole",
            ),
        ),
        never_deleted("payment_method"),
        never_deleted("payment_claim"),
        never_deleted("collection"),
        never_deleted("collection_settings"),
        never_deleted("refund"),
        never_deleted("refund_transfer"),
        never_deleted("dispute"),
        append_only("payment_movement"),
        belongs_to("payment_method", "customer_id", "customer"),
        belongs_to("payment_method", "gateway_id", "gateway"),
        belongs_to("payment", "payment_method_id", "payment_method"),
        belongs_to("payment", "gateway_id", "gateway"),
        belongs_to("dispute", "payment_id", "payment"),
        belongs_to("dispute", "gateway_id", "gateway"),
        belongs_to("refund", "customer_id", "customer"),
        belongs_to("refund", "invoice_id", "invoice"),
        belongs_to("refund", "gl_code_id", "gl_code"),
        belongs_to("refund_transfer", "refund_id", "refund"),
        belongs_to("refund_transfer", "customer_id", "customer"),
        belongs_to("refund_transfer", "payment_id", "payment"),
        belongs_to("refund_transfer", "gateway_id", "gateway"),
        belongs_to("refund_transfer", "gl_code_id", "gl_code"),
        belongs_to("refund_transfer", "credit_id", "credit"),
        belongs_to("refund_transfer", "bounce_credit_id", "credit"),
        belongs_to("refund_transfer", "journal_entry_id", "journal_entry"),
        migrations.RunSQL([WITHOUT_KEYS], migrations.RunSQL.noop),
        migrations.RunSQL([RECEIVED_IS_FIXED, BOOKED_IS_FIXED, TRANSITIONS], BEFORE),
    ]
