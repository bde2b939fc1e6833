from django.apps import AppConfig


class TransactionTemplatesConfig(AppConfig):
    name = "makegood.transaction_templates"
    label = "transaction_templates"
    default_auto_field = "django.db.models.BigAutoField"
