"""``makegood migrate``: brings the database to this version, working as the owner of the tables."""

import argparse
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser("migrate", help="bring the database to this version")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Applies what is missing; several at once wait for each other."""
    with connection.cursor() as cursor:
        # Two machines that are updated at the same moment take turns.
        cursor.execute("SELECT pg_advisory_lock(hashtext('makegood migrate'))")
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    call_command("migrate", interactive=False, verbosity=0)
    connection.close()
    print(f"The database is up to date ({len(missing)} migrations applied)." if missing else "Nothing to migrate.")
    return 0
