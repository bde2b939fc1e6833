from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "makegood.providers"
    label = "providers"
    default_auto_field = "django.db.models.BigAutoField"
