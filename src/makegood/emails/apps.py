from django.apps import AppConfig


class EmailsConfig(AppConfig):
    name = "makegood.emails"
    label = "emails"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makegood.emails.invariants import register_invariants

        register_invariants()
