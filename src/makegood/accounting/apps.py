from django.apps import AppConfig


class AccountingConfig(AppConfig):
    name = "makegood.accounting"
    label = "accounting"
