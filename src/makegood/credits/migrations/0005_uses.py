from django.db import migrations

from makegood.kit.migration_operations import never_deleted

# A use is fixed; what came back of it grows.
USED_IS_FIXED = """
REVOKE UPDATE ON credit_use FROM makegood_app;
GRANT UPDATE (returned_minor) ON credit_use TO makegood_app;
"""

OUTCOMES = """
ALTER TABLE run_row DROP CONSTRAINT run_row_outcome_known;
ALTER TABLE run_row ADD CONSTRAINT run_row_outcome_known CHECK (outcome IN (
    'waiting_again', 'claimed',
    'billing_off', 'requester_not_allowed', 'gl_code_inactive', 'customer_closed',
    'already_taken_back', 'changed_by_hand', 'already_used', 'already_expired',
    'over_funds_limit', 'account_in_use', 'refused_by_database',
    'billing_disabled', 'nothing_to_bill', 'already_billed', 'changed_since_draft', 'draft_discarded',
    'already_invoiced', 'already_cancelled'
))
"""


class Migration(migrations.Migration):
    """What holds uses of credits together, and the outcomes that runs of invoices and charges add."""

    dependencies = [("credits", "0004_credit_use"), ("invoices", "0002_guards")]
    operations = [
        never_deleted("credit_use"),
        migrations.RunSQL(
            [USED_IS_FIXED],
            "GRANT UPDATE ON credit_use TO makegood_app",
        ),
        migrations.RunSQL([OUTCOMES], migrations.RunSQL.noop),
    ]
