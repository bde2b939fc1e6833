from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "makegood.runs"
    label = "runs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makegood.runs.invariants import register_invariants
        from makegood.runs.pending_work import register_pending_runs

        register_invariants()
        register_pending_runs()
