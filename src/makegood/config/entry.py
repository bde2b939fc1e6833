"""The `makegood` command: brings up what it needs, hands over to the feature, answers with an exit status.

0 all done, 1 something failed, 2 refused (the person asked for what cannot be), 130 and 143 stopped from outside.
"""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from importlib.metadata import version
from types import FrameType
from typing import NoReturn

import psycopg
from django.db import Error as DatabaseError

from makegood.config import environment
from makegood.config.embedded import embedded_database
from makegood.kit.embedded_postgres import ServerFailed
from makegood.kit.refusal import Refused

DONE, FAILED, REFUSED = 0, 1, 2
OWN_COMMANDS = ("migrate", "serve", "worker")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status. Whatever happens, an embedded server is left in order."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.config.settings")
    words = list(sys.argv[1:] if arguments is None else arguments)
    signal.signal(signal.SIGTERM, _end)
    try:
        with _database(words):
            import django

            django.setup()
            status = dispatch(words)
            sys.stdout.flush()
            return status
    except Refused as refused:
        return _tell_refusal(refused, as_json="--json" in words)
    except ServerFailed as failure:
        print(failure, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Nobody reads any more; without this the interpreter would complain when it closes the output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


def dispatch(arguments: Sequence[str]) -> int:
    """Parses the words of a command and carries it out; needs Django to be set up. Returns the exit status."""
    parser = _build_parser()
    try:
        parsed = parser.parse_args(arguments)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    if not hasattr(parsed, "run"):
        _find_help(parser, arguments).print_help()
        return REFUSED if arguments else DONE
    try:
        return int(parsed.run(parsed))
    except Refused as refused:
        return _tell_refusal(refused, as_json=getattr(parsed, "json", False))
    except DatabaseError as error:
        print(_explain(error), file=sys.stderr)
        if environment.flag("MAKEGOOD_DEBUG"):
            raise
        return FAILED


def _build_parser() -> argparse.ArgumentParser:
    from makegood import cli

    parser = argparse.ArgumentParser(prog="makegood", description="End-customer billing for broadband providers.")
    parser.add_argument("--version", action="version", version=f"makegood {version('makegood')}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for module in cli.MODULES:
        import_module(module).add_parser(subparsers)
    for name in OWN_COMMANDS:
        import_module(f"makegood.config.{name}").add_parser(subparsers)
    return parser


def _find_help(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the command that was named without saying what to do, such as ``makegood runs``."""
    for word in arguments:
        choices = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        if not choices or word not in choices[0]:
            break
        parser = choices[0][word]
    return parser


def _database(words: Sequence[str]) -> AbstractContextManager[None]:
    """Sees to it that the command finds a database: the one of DATABASE_URL, else the embedded one."""
    if not words or {"-h", "--help", "--version"} & set(words):
        environment.use_passing_secret_key()
        return nullcontext()
    if words[0] == "migrate":
        environment.work_as_owner()
    return nullcontext() if environment.names_a_database() else embedded_database()


def _tell_refusal(refused: Refused, as_json: bool) -> int:
    if as_json:
        error = {"code": refused.code, "message": refused.message, "field": refused.field}
        print(json.dumps({"error": error}, ensure_ascii=False))
    else:
        print(refused.message, file=sys.stderr)
    return REFUSED


def _explain(error: DatabaseError) -> str:
    """A plain sentence for what a command cannot do anything about."""
    cause = error.__cause__
    missing_role = environment.APPLICATION_ROLE in str(error) and "does not exist" in str(error)
    if isinstance(cause, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn) or missing_role:
        return "The database is not set up for this version. Run `makegood migrate` first."
    if isinstance(cause, psycopg.OperationalError):
        return f"The database does not answer: {str(error).strip()}"
    return f"The database refused: {str(error).strip()}"


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
