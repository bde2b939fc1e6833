from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "makegood.runs"
    label = "runs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makegood.runs.invariants import register_invariants

        register_invariants()
