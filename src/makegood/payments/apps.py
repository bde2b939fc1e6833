from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "makegood.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makegood.payments.invariants import register_invariants

        register_invariants()
