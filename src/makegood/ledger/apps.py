from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "makegood.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makegood.ledger.invariants import register_invariants

        register_invariants()
