"""Keeps the log readable when the database is away."""

import logging

from procrastinate.exceptions import ConnectorException


class WithoutTracebackOfLostDatabase(logging.Filter):
    """A lost database is told in one line: where in the program it was noticed helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, ConnectorException):
            cause = str(error.__cause__ or error).strip()
            record.msg, record.args = f"{record.getMessage().strip()} ({cause})", ()
            record.exc_info = record.exc_text = None
        return True
