from django.db import migrations

# Where the money of each payment is, and what moved it, as both are kept from now on.
FILL = """
UPDATE payment
SET over_minor = CASE WHEN state = 'succeeded' THEN amount_minor - allocated_minor ELSE 0 END,
    returned_minor = CASE WHEN state = 'reversed' THEN amount_minor ELSE 0 END,
    settled_at = created_at;
INSERT INTO payment_movement (
    payment_id, number, provider_id, journal_entry_id, type, amount_minor, created_at, booked_on, effective_on
)
SELECT id, 1, provider_id, journal_entry_id, 'received', amount_minor, created_at, booked_on, effective_on
FROM payment
UNION ALL
SELECT id, 2, provider_id, reversal_journal_entry_id, 'reversed', -amount_minor, reversed_at, reversed_on, NULL
FROM payment
WHERE state = 'reversed';
"""


class Migration(migrations.Migration):
    """What is known of payments from before is written as that of later ones is."""

    dependencies = [("payments", "0003_collecting")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
