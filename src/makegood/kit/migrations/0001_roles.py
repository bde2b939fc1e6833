from django.db import migrations

# Two databases of one server may be set up at the same moment; the role is the server's, so the loser of that race goes on.
ROLE = """
DO $$
DECLARE
    privilege text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'makegood_app') THEN
        BEGIN
            CREATE ROLE makegood_app NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    -- From PostgreSQL 16 on, who made a role is its member without being able to work as it.
    privilege := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
    IF NOT pg_has_role(current_user, 'makegood_app', privilege) THEN
        EXECUTE format('GRANT makegood_app TO %I', current_user);
    END IF;
END
$$;
"""

GRANTS = """
GRANT USAGE ON SCHEMA public TO makegood_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO makegood_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO makegood_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO makegood_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO makegood_app;
"""

REFUSE = """
CREATE FUNCTION makegood_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are kept for good', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
"""


class Migration(migrations.Migration):
    """The role that every application connection works as, and the function behind append-only tables."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL([ROLE], migrations.RunSQL.noop),
        migrations.RunSQL([GRANTS], migrations.RunSQL.noop),
        migrations.RunSQL([REFUSE], "DROP FUNCTION makegood_refuse()"),
    ]
