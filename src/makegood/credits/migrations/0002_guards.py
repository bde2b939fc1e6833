from django.db import migrations

from makegood.kit.migration_operations import append_only, belongs_to, never_deleted

# What was issued, to whom and by which row is fixed; everything else of a credit moves with its entries.
ISSUED_IS_FIXED = """
REVOKE UPDATE ON credit FROM makegood_app;
GRANT UPDATE (adjusted_minor, used_minor, refunded_minor, expired_minor, taken_back_minor, expires_on, gl_code_id, description)
    ON credit TO makegood_app;
"""

OUTCOMES = """
ALTER TABLE run_row ADD CONSTRAINT run_row_outcome_known CHECK (outcome IN (
    'waiting_again', 'claimed',
    'billing_off', 'requester_not_allowed', 'gl_code_inactive', 'customer_closed',
    'already_taken_back', 'changed_by_hand', 'already_used', 'already_expired',
    'over_funds_limit', 'account_in_use', 'refused_by_database'
))
"""


class Migration(migrations.Migration):
    """What holds credits together in the database itself."""

    dependencies = [
        ("credits", "0001_initial"),
        ("runs", "0002_guards"),
        ("ledger", "0002_guards"),
        ("transaction_templates", "0002_guards"),
    ]
    operations = [
        never_deleted("credit"),
        append_only("credit_entry"),
        append_only("credit_run"),
        belongs_to("credit_run", "run_id", "run"),
        belongs_to("credit_run", "gl_code_id", "gl_code"),
        belongs_to("credit_run", "template_id", "transaction_template"),
        migrations.RunSQL([ISSUED_IS_FIXED], "GRANT UPDATE ON credit TO makegood_app"),
        migrations.RunSQL([OUTCOMES], "ALTER TABLE run_row DROP CONSTRAINT run_row_outcome_known"),
    ]
