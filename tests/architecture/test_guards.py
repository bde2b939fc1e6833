"""What the database itself refuses, to the application and to the owner of its tables."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

# Financial and audit records: written once. Every other record of a provider is at least never deleted.
APPEND_ONLY = {
    "audit_entry",
    "journal_entry",
    "journal_line",
    "credit_entry",
    "credit_change",
    "given_back",
    "payment_allocation",
}
MAY_BE_DELETED = {"selection", "selection_item", "saved_filter", "chosen_columns", "file_import_part"}

GUARDED = """
    SELECT pg_trigger.tgrelid::regclass::text, pg_trigger.tgtype
    FROM pg_trigger
    JOIN pg_proc ON pg_proc.oid = pg_trigger.tgfoid
    WHERE pg_proc.proname = 'makegood_refuse' AND pg_trigger.tgenabled = 'O'
"""
# Bits of pg_trigger.tgtype.
BITS = {"UPDATE": 16, "DELETE": 8, "TRUNCATE": 32}


def find_guards() -> dict[str, set[str]]:
    """The statements that each guarded table refuses."""
    guards: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(GUARDED)
        for table, kind in cursor.fetchall():
            guards.setdefault(table, set()).update(word for word, bit in BITS.items() if kind & bit)
    return guards


def list_tables() -> set[str]:
    from tests.architecture.test_foreign_keys import list_models

    return {model._meta.db_table for model in list_models()}


def attempt(table: str, word: str) -> str:
    """Tries a statement; returns the SQLSTATE with which it is refused."""
    statements = {
        "UPDATE": f"UPDATE {table} SET provider_id = provider_id",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements[word])
    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause.sqlstate or ""


@pytest.mark.sql
def test_every_table_has_the_guards_it_needs(db: None) -> None:
    guards = find_guards()
    assert {table for table, words in guards.items() if words == set(BITS)} >= APPEND_ONLY
    kept = {table for table, words in guards.items() if words >= {"DELETE", "TRUNCATE"}}
    assert kept >= list_tables() - MAY_BE_DELETED


@pytest.mark.sql
def test_the_application_is_refused(db: None) -> None:
    for table, words in find_guards().items():
        for word in words:
            # Insufficient privilege, or the trigger.
            assert attempt(table, word) in {"42501", "23001"}, (table, word)


@pytest.mark.sql
def test_the_owner_is_refused_too(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SELECT current_user = session_user AND current_user <> 'makegood_app'")
        assert cursor.fetchone() == (True,)
    for table, words in find_guards().items():
        for word in words:
            assert attempt(table, word) == "23001", (table, word)


@pytest.mark.sql
def test_the_application_owns_nothing_and_makes_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("makegood_app",)
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'makegood_app'")
        assert cursor.fetchone() == (0,)
    for statement in ("CREATE TABLE makegood_own (id int)", "DROP TABLE customer", "ALTER TABLE customer ADD x int"):
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege), statement
