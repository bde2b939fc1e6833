"""``makegood journal``: the journal as a file."""

import argparse
import csv
import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import IO

from makegood.accounting.journal import FILE_COLUMNS, FileLine, iterate_lines, list_journal
from makegood.accounting.rules import Days, days_of_month, make_days, read_day, read_month
from makegood.cli.arguments import Actions, add_json, add_provider, provider_of
from makegood.cli.output import decimal_of, plural, print_json, print_text
from makegood.kit.refusal import Refused
from makegood.kit.spreadsheet import guard_text
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("journal", help="the bookings on GL codes").add_subparsers(metavar="ACTION")
    export = actions.add_parser("export", help="write the lines of the journal as CSV")
    add_days(export)
    export.add_argument("--output", metavar="FILE", type=Path, help="a new file; standard output if left out")
    add_provider(export)
    add_json(export)
    export.set_defaults(run=run_export)


def add_days(parser: argparse.ArgumentParser) -> None:
    """``--month``, or ``--from`` and ``--to``."""
    parser.add_argument("--month", metavar="YYYY-MM", help="a whole month")
    parser.add_argument("--from", dest="first", metavar="DATE", help="the first day, such as 2026-01-01")
    parser.add_argument("--to", dest="last", metavar="DATE", help="the last day; today if left out")


def days_of(provider: Provider, arguments: argparse.Namespace) -> Days:
    """The days that were named. Refused where none or too many were."""
    if arguments.month is not None:
        if arguments.first is not None or arguments.last is not None:
            raise Refused("days_twice", "Say --month, or --from and --to, but not both.", "month")
        return days_of_month(read_month(arguments.month))
    if arguments.first is None:
        raise Refused("days_missing", "Say which days: --month, or --from and --to.", "month")
    last: date = today_of(provider) if arguments.last is None else read_day(arguments.last, "to")
    return make_days(read_day(arguments.first, "from"), last)


def run_export(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    days = days_of(provider, arguments)
    lines = iterate_lines(list_journal(provider, days))
    if arguments.json and arguments.output is None:
        print_json([_describe(provider, line) for line in lines])
        return 0
    count = 0
    with _open(arguments.output) as file:
        writer = csv.writer(file)
        writer.writerow(FILE_COLUMNS)
        for line in lines:
            *texts, debit, credit = line.texts(provider.currency_digits)
            writer.writerow([*map(guard_text, texts), debit, credit])
            count += 1
    if arguments.output is not None:
        said = f"{plural(count, 'line')} of {days} are written to {arguments.output}."
        print_json({"lines": count, "file": str(arguments.output)}) if arguments.json else print_text(said)
    return 0


def _open(path: Path | None) -> "IO[str] | nullcontext[IO[str]]":
    """The new file, or standard output. Refused for a file that is there or cannot be made."""
    if path is None:
        return nullcontext(sys.stdout)
    try:
        return path.open("x", newline="", encoding="utf-8")
    except FileExistsError:
        raise Refused("file_exists", f"There is a file {path} already; name another one.", "output") from None
    except OSError as error:
        raise Refused("file_not_writable", f"{path} cannot be written: {error.strerror}.", "output") from None


def _describe(provider: Provider, line: FileLine) -> dict[str, object]:
    return {
        "entry": line.entry,
        "booked_on": line.booked_on,
        "effective_on": line.effective_on,
        "event": line.event,
        "cause": line.cause,
        "gl_code": line.gl_code,
        "description": line.description,
        "debit": decimal_of(provider, line.debit_minor),
        "credit": decimal_of(provider, line.credit_minor),
    }
