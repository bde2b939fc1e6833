from django.db import migrations

from makegood.kit.migration_operations import append_only, never_deleted

# To whom a message goes and what it tells of is fixed; how far it has come moves.
CAUSE_IS_FIXED = """
REVOKE UPDATE ON message FROM makegood_app;
GRANT UPDATE (due_at, claimed_until, sent_at, version_id, attempts, state, reason, address, subject)
    ON message TO makegood_app;
"""

# What was sent stays sent, and what was not to be sent stays so; a failed one can be tried again.
TRANSITIONS = """
CREATE FUNCTION message_transition_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'message % cannot go from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'message_transition_known', TABLE = 'message';
END
$$;
CREATE TRIGGER message_transition_known BEFORE UPDATE OF state ON message FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND OLD.state <> 'waiting' AND NOT (OLD.state = 'failed' AND NEW.state = 'waiting'))
    EXECUTE FUNCTION message_transition_known();
"""


class Migration(migrations.Migration):
    """Messages stay, what was sent cannot be altered, and every version of a template is kept."""

    dependencies = [("emails", "0001_initial"), ("customers", "0002_guards"), ("kit", "0001_roles")]
    operations = [
        never_deleted("email_template"),
        append_only("email_template_version"),
        never_deleted("email_settings"),
        never_deleted("message"),
        append_only("message_body"),
        migrations.RunSQL([CAUSE_IS_FIXED], "GRANT UPDATE ON message TO makegood_app"),
        migrations.RunSQL(
            [TRANSITIONS], "DROP TRIGGER message_transition_known ON message; DROP FUNCTION message_transition_known()"
        ),
        # A message that waits is changed twice within minutes; room on its page keeps the table small.
        migrations.RunSQL("ALTER TABLE message SET (fillfactor = 80)", "ALTER TABLE message RESET (fillfactor)"),
    ]
