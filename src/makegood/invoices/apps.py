from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "makegood.invoices"
    label = "invoices"

    def ready(self) -> None:
        from makegood.invoices.charge_cancel_kind import CANCEL_CHARGES, CancelChargesKind
        from makegood.invoices.charge_invariants import register_charge_invariants
        from makegood.invoices.charge_outcomes import register_charge_outcomes
        from makegood.invoices.charge_run_kind import CHARGE, ChargeRunKind
        from makegood.invoices.invariants import register_invariants
        from makegood.invoices.invoice_emails import register_emails
        from makegood.invoices.invoice_run_kind import INVOICE, InvoiceRunKind, discard_drafts, discard_rest
        from makegood.invoices.needed_gl_codes import register_needed_gl_codes
        from makegood.invoices.outcomes import DRAFT_DISCARDED, register_outcomes
        from makegood.invoices.pending_work import register_pending_drafts
        from makegood.invoices.reminder_emails import register_reminder
        from makegood.providers.rules import Right
        from makegood.runs.kinds import Rest, register

        register_outcomes()
        register_emails()
        register_reminder()
        register_pending_drafts()
        register_needed_gl_codes()
        register_invariants()
        register_charge_outcomes()
        register_charge_invariants()
        rest = Rest(DRAFT_DISCARDED, discard_rest)
        register(INVOICE, InvoiceRunKind(), right=Right.BILL, discard=discard_drafts, rest=rest)
        register(CHARGE, ChargeRunKind(), right=Right.BILL)
        register(CANCEL_CHARGES, CancelChargesKind(), right=Right.BILL)
