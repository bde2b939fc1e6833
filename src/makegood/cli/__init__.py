"""The `makegood` command, one module per feature; each only translates and calls the services."""

# Modules with a function `add_parser(subparsers)`, in the order in which `makegood --help` lists them.
MODULES: tuple[str, ...] = (
    "makegood.cli.credit",
    "makegood.cli.runs",
    "makegood.cli.credits",
    "makegood.cli.customers",
    "makegood.cli.emails",
    "makegood.cli.records",
    "makegood.cli.imports",
    "makegood.cli.demo",
    "makegood.cli.providers",
    "makegood.cli.verify",
)
