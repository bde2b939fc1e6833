from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "makegood.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makegood.orders.invariants import register_invariants

        register_invariants()
