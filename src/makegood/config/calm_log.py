"""Keeps the log readable when the database is away."""

import logging

from procrastinate.exceptions import ConnectorException

from makegood.kit.database_errors import is_database_away


class WithoutTracebackOfLostDatabase(logging.Filter):
    """A lost database is told in one line: where in the program it was noticed helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and (isinstance(error, ConnectorException) or is_database_away(error)):
            cause = " ".join(str(error.__cause__ or error).split())
            record.msg, record.args = f"{record.getMessage().strip()} ({cause})", ()
            record.exc_info = record.exc_text = None
        return True
