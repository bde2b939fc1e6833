from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "makegood.imports"
    label = "imports"
