from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "makegood.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makegood.orders.filters import register_payment_methods
        from makegood.payments.events import register_event_handlers
        from makegood.payments.holds import register_refund_hold
        from makegood.payments.invariants import register_invariants
        from makegood.payments.needed_gl_codes import register_needed_gl_codes
        from makegood.payments.payment_emails import register_emails
        from makegood.payments.refund_emails import register_refund_email
        from makegood.payments.selectors_methods import has_default_method

        register_invariants()
        register_refund_hold()
        register_needed_gl_codes()
        register_event_handlers()
        register_payment_methods(has_default_method)
        register_emails()
        register_refund_email()
