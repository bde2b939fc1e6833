from django.apps import AppConfig


class DaysConfig(AppConfig):
    name = "makegood.days"
    label = "days"

    def ready(self) -> None:
        from makegood.credits.charged_before import register_charged
        from makegood.days.charged_before import charged_before_sql
        from makegood.days.invariants import register_invariants
        from makegood.days.pending_work import register_pending_days

        register_invariants()
        register_pending_days()
        register_charged(charged_before_sql())
