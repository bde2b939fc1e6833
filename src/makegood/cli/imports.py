"""``makegood import``: customers and orders from a file."""

import argparse
from dataclasses import astuple
from pathlib import Path

from makegood.cli.arguments import Actions, add_json, add_provider, provider_of
from makegood.cli.output import error_console, plural, print_json, print_table, print_text
from makegood.imports.map import load_map
from makegood.imports.report import Counts, ImportReport
from makegood.imports.services import import_file

MOST_PRINTED = 100


def add_parser(subparsers: Actions) -> None:
    parser = subparsers.add_parser(
        "import",
        help="add and update customers and orders from a file",
        description="Adds and updates customers and orders from a delimited file. The same file again changes nothing. "
        "Exit status: 0 done, 1 done without the bad rows (--skip-bad), 2 refused, nothing written.",
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    add_provider(parser)
    parser.add_argument("--map", metavar="MAP.toml", type=Path, required=True, help="which column feeds which field")
    parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
    parser.add_argument("--skip-bad", action="store_true", help="leave bad rows out instead of writing nothing")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    import_map = load_map(arguments.map)
    console = error_console()
    with console.status("Reading the rows") as status:
        report = import_file(
            provider=provider,
            path=arguments.file,
            import_map=import_map,
            dry_run=arguments.dry_run,
            skip_bad=arguments.skip_bad,
            on_step=status.update,
        )
    if arguments.json:
        print_json(report.as_dict())
    else:
        _print_report(report, arguments.skip_bad)
    if not report.bad_rows:
        return 0
    return 1 if arguments.skip_bad else 2


def _print_report(report: ImportReport, skip_bad: bool) -> None:
    if report.bad:
        shown = report.bad[:MOST_PRINTED]
        print_table(["line", "column", "value", "reason"], [astuple(bad) for bad in shown], right=["line"])
        told = len({bad.line for bad in shown})
        if report.bad_rows > told:
            print_text(f"and {plural(report.bad_rows - told, 'more bad row')}")
        print_text("")
    if report.bad_rows and not skip_bad:
        print_text(
            f"{report.bad_rows:,} of {plural(report.rows, 'row')} {'is' if report.bad_rows == 1 else 'are'} bad; "
            "nothing was written. Mend the file, or leave these rows out with --skip-bad."
        )
        return
    print_text(f"{plural(report.rows, 'row')}, {report.bad_rows:,} left out")
    for name, counts in (("customers", report.customers), ("orders", report.orders)):
        print_text(f"{name:9}  {_tell(counts)}")
    if report.dry_run:
        print_text("This was a dry run: nothing was written.")


def _tell(counts: Counts) -> str:
    return f"{counts.added:,} added, {counts.updated:,} updated, {counts.unchanged:,} unchanged"
