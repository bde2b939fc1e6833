"""Operations for migrations: guards that stand in the database itself."""

from collections.abc import Sequence

from django.db.migrations.operations import RunSQL


class CompositeForeignKey(RunSQL):
    """A foreign key over the provider and a record, so that another provider's record cannot be named."""

    def __init__(self, table: str, columns: Sequence[str], to_table: str, to_columns: Sequence[str]) -> None:
        self.arguments = (table, tuple(columns), to_table, tuple(to_columns))
        name = f"{table}_{'_'.join(columns)}_same_provider"[:63]
        super().__init__(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({', '.join(columns)}) "
            f"REFERENCES {to_table} ({', '.join(to_columns)})",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )

    def deconstruct(self) -> tuple[str, Sequence[object], dict[str, object]]:
        return (self.__class__.__name__, self.arguments, {})


def belongs_to(table: str, column: str, to_table: str) -> CompositeForeignKey:
    """The usual case: ``(provider_id, <column>)`` names ``(provider_id, id)`` of another table."""
    return CompositeForeignKey(table, ("provider_id", column), to_table, ("provider_id", "id"))


class Forbid(RunSQL):
    """Refuses some statements on a table to everybody, by statement-level trigger, and takes the grant away."""

    def __init__(self, table: str, statements: Sequence[str]) -> None:
        self.arguments = (table, tuple(statements))
        name = f"{table}_refuses_{'_'.join(statements).lower()}"
        super().__init__(
            f"CREATE TRIGGER {name} BEFORE {' OR '.join(statements)} ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION makegood_refuse(); "
            f"REVOKE {', '.join(statements)} ON {table} FROM makegood_app",
            f"DROP TRIGGER {name} ON {table}; GRANT {', '.join(statements)} ON {table} TO makegood_app",
        )

    def deconstruct(self) -> tuple[str, Sequence[object], dict[str, object]]:
        return (self.__class__.__name__, self.arguments, {})


def append_only(table: str) -> Forbid:
    """Rows can be added, never changed or removed."""
    return Forbid(table, ("UPDATE", "DELETE", "TRUNCATE"))


def never_deleted(table: str) -> Forbid:
    """Rows can be added and changed, never removed."""
    return Forbid(table, ("DELETE", "TRUNCATE"))
