"""What an error of the database calls for."""

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError

from makegood.kit.database_errors import Remedy, is_database_away, remedy_for, sqlstate_of


def error_with(state: str) -> DatabaseError:
    error = DatabaseError("refused")
    error.__cause__ = psycopg.errors.lookup(state)("refused")
    return error


@pytest.mark.parametrize(
    ("state", "remedy"),
    [
        ("22003", Remedy.FIX_DATA),
        ("23505", Remedy.FIX_DATA),
        ("23514", Remedy.FIX_DATA),
        ("08006", Remedy.TRY_AGAIN),
        ("40001", Remedy.TRY_AGAIN),
        ("40P01", Remedy.TRY_AGAIN),
        ("53100", Remedy.TRY_AGAIN),
        ("55P03", Remedy.TRY_AGAIN),
        ("57P01", Remedy.TRY_AGAIN),
        ("58030", Remedy.TRY_AGAIN),
        ("42601", Remedy.GIVE_UP),
        ("42501", Remedy.GIVE_UP),
        ("XX000", Remedy.GIVE_UP),
    ],
)
def test_the_class_of_an_error_says_what_to_do(state: str, remedy: Remedy) -> None:
    assert sqlstate_of(error_with(state)) == state
    assert remedy_for(error_with(state)) is remedy


def test_an_error_without_a_state_comes_from_a_lost_connection_and_passes() -> None:
    assert sqlstate_of(OperationalError("the connection is closed")) is None
    assert remedy_for(OperationalError("the connection is closed")) is Remedy.TRY_AGAIN


@pytest.mark.parametrize(
    ("state", "away"),
    [("08006", True), ("57P01", True), ("57P03", True), ("53300", True), ("57014", False), ("55P03", False)],
)
def test_a_state_says_whether_the_database_is_away(state: str, away: bool) -> None:
    error = OperationalError("refused")
    error.__cause__ = psycopg.errors.lookup(state)("refused")
    assert is_database_away(error) is away


def test_a_lost_connection_is_a_database_away_and_a_wrong_statement_is_not() -> None:
    assert is_database_away(OperationalError("the connection is closed"))
    assert is_database_away(InterfaceError("the connection is closed"))
    assert not is_database_away(ProgrammingError("no such column"))
    assert not is_database_away(ValueError("no number"))
