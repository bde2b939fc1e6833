"""``makegood verify``: proves what must hold."""

import argparse

from makegood.cli.arguments import Actions, add_json
from makegood.cli.output import print_json, print_text
from makegood.kit.invariants import find_differences, list_invariants


def add_parser(subparsers: Actions) -> None:
    parser = subparsers.add_parser("verify", help="check every invariant of the books; exit status 1 with differences")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    differences = find_differences()
    broken = {difference.invariant for difference in differences}
    if arguments.json:
        print_json(
            {
                "ok": not differences,
                "invariants": [
                    {"name": invariant.name, "sentence": invariant.sentence, "holds": invariant.name not in broken}
                    for invariant in list_invariants()
                ],
                "differences": [{"invariant": found.invariant, "row": found.row} for found in differences],
            }
        )
    else:
        for invariant in list_invariants():
            print_text(f"{'differs' if invariant.name in broken else 'holds  '}  {invariant.sentence}")
        for found in differences:
            print_text(f"{found.invariant}: {', '.join(f'{name} {value}' for name, value in found.row.items())}")
        print_text(f"{len(list_invariants())} invariants, {len(differences)} differences.")
    return 1 if differences else 0
