"""The `makegood` command, one module per feature; each only translates and calls the services."""

# Modules with a function `add_parser(subparsers)`, in the order in which `makegood --help` lists them.
MODULES: tuple[str, ...] = (
    "makegood.cli.credit",
    "makegood.cli.charge",
    "makegood.cli.runs",
    "makegood.cli.credits",
    "makegood.cli.charges",
    "makegood.cli.adjustments",
    "makegood.cli.invoices",
    "makegood.cli.payments",
    "makegood.cli.collect",
    "makegood.cli.customers",
    "makegood.cli.statement",
    "makegood.cli.funds",
    "makegood.cli.emails",
    "makegood.cli.records",
    "makegood.cli.imports",
    "makegood.cli.tick",
    "makegood.cli.demo",
    "makegood.cli.billing",
    "makegood.cli.providers",
    "makegood.cli.journal",
    "makegood.cli.accounts",
    "makegood.cli.verify",
)
