"""What an error of the database calls for."""

from enum import Enum, auto

from django.db import DatabaseError, InterfaceError, OperationalError


class Remedy(Enum):
    """What to do about a failed statement."""

    FIX_DATA = auto()
    TRY_AGAIN = auto()
    GIVE_UP = auto()


_DATA = ("22", "23")
_PASSING = ("08", "25006", "40", "53", "55", "57", "58")
# A lost connection, no connection left, a server that stops or starts.
_AWAY = ("08", "53300", "57P")


def sqlstate_of(error: BaseException) -> str | None:
    """The five characters that PostgreSQL gave for the error, or None where it could not give any."""
    state = getattr(error.__cause__, "sqlstate", None)
    return str(state) if state else None


def constraint_of(error: BaseException) -> str | None:
    """The name of the constraint that the statement broke, or None where it broke none."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    return str(name) if name else None


def remedy_for(error: DatabaseError | InterfaceError) -> Remedy:
    """By the class of the SQLSTATE. An operational error without one comes from a lost connection and passes."""
    state = sqlstate_of(error)
    if state is None:
        return Remedy.TRY_AGAIN if isinstance(error, OperationalError | InterfaceError) else Remedy.GIVE_UP
    if state.startswith(_PASSING):
        return Remedy.TRY_AGAIN
    return Remedy.FIX_DATA if state.startswith(_DATA) else Remedy.GIVE_UP


def is_database_away(error: BaseException) -> bool:
    """Whether the error says that the database cannot be reached now, rather than that it refused something."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = sqlstate_of(error)
    return state is None or state.startswith(_AWAY)
