"""Two questions that machines ask: does the process live, and can it do its work."""

from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Says that the process answers; asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has all migrations, else 503 with the reason."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        _demand_migrations()
    except (DatabaseError, InterfaceError, MigrationsMissing) as error:
        reason = "migrations are missing" if isinstance(error, MigrationsMissing) else "the database does not answer"
        return JsonResponse({"status": "not ready", "reason": reason}, status=503)
    return JsonResponse({"status": "ready"})


class MigrationsMissing(Exception):
    """The database is older than the program."""


@cache
def _demand_migrations() -> None:
    """Looks once: a database does not become older again while a process runs. What is raised is not remembered."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise MigrationsMissing
