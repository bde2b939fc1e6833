from django.apps import AppConfig


class DaysConfig(AppConfig):
    name = "makegood.days"
    label = "days"

    def ready(self) -> None:
        from makegood.days.invariants import register_invariants
        from makegood.days.pending_work import register_pending_days

        register_invariants()
        register_pending_days()
