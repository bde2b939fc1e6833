from django.db import migrations, models

from makegood.kit.migration_operations import Forbid

# What a run was made of stays as it was; only a person's current selection changes.
KEPT = """
CREATE FUNCTION selection_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'selection % is refused: a selection that is not current never changes', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER selection_kept BEFORE UPDATE OR DELETE ON selection FOR EACH ROW
    WHEN (NOT OLD.is_current) EXECUTE FUNCTION selection_kept();

CREATE FUNCTION selection_items_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM gone JOIN selection ON selection.id = gone.selection_id WHERE NOT selection.is_current
    ) THEN
        RAISE EXCEPTION 'DELETE on selection_item is refused: a selection that is not current never changes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER selection_items_kept AFTER DELETE ON selection_item REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION selection_items_kept();
"""

UNKEPT = """
DROP TRIGGER selection_items_kept ON selection_item;
DROP FUNCTION selection_items_kept();
DROP TRIGGER selection_kept ON selection;
DROP FUNCTION selection_kept();
"""


class Migration(migrations.Migration):
    """A person's current selection on a list, of which there is at most one; every other stays as it was made."""

    dependencies = [("runs", "0002_guards")]
    operations = [
        migrations.AddField("selection", "is_current", models.BooleanField(default=False)),
        migrations.AddConstraint(
            "selection",
            models.UniqueConstraint(
                condition=models.Q(("is_current", True)),
                fields=("provider", "staff", "list_name"),
                name="selection_current_once",
            ),
        ),
        migrations.RunSQL([KEPT], UNKEPT),
        Forbid("selection", ("TRUNCATE",)),
        Forbid("selection_item", ("UPDATE", "TRUNCATE")),
    ]
