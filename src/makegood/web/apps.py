from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "makegood.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makegood.web.charges.run_kinds import register_charge_kinds
        from makegood.web.invoices.run_kind import register_invoice_kind
        from makegood.web.runs.credit_kinds import register_credit_kinds

        register_credit_kinds()
        register_invoice_kind()
        register_charge_kinds()
