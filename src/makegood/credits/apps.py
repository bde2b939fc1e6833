from django.apps import AppConfig


class CreditsConfig(AppConfig):
    name = "makegood.credits"
    label = "credits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makegood.credits.credit_emails import register_emails
        from makegood.credits.credit_run_kind import CREDIT, CreditRunKind
        from makegood.credits.credited_in_runs import CreditedInRuns
        from makegood.credits.funds_from_invoices import register_effects
        from makegood.credits.invariants import register_invariants
        from makegood.credits.lots import find_lots
        from makegood.credits.outcomes import register_outcomes
        from makegood.credits.take_back_kind import TAKE_BACK, TakeBackKind
        from makegood.invoices.left_to_pay import register_past_funds
        from makegood.invoices.outlook import register_lots
        from makegood.kit.sql import load_sql
        from makegood.orders.filters import register_credit_runs
        from makegood.runs.kinds import register

        register_outcomes()
        register_invariants()
        register_emails()
        register_effects()
        register(CREDIT, CreditRunKind())
        register(TAKE_BACK, TakeBackKind())
        register_credit_runs(CreditedInRuns())
        register_lots(find_lots)
        register_past_funds(load_sql(__package__, "past_funds"))
