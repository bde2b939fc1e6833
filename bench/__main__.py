"""``script/bench NAME``: which figures to measure."""

import sys

from bench import billing, collect, imports, lists, mail, runs

BENCHES = {
    "runs": runs.main,
    "import": imports.main,
    "lists": lists.main,
    "mail": mail.main,
    "billing": billing.main,
    "collect": collect.main,
}


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in BENCHES:
        print(f"Usage: script/bench {'|'.join(BENCHES)} [options]", file=sys.stderr)
        return 2
    return BENCHES[sys.argv[1]](sys.argv[2:])


sys.exit(main())
