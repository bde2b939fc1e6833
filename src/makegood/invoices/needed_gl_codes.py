"""Which GL codes billing needs: those of the settings, and one of each type that the daily work falls back on."""

from makegood.invoices.models import BillingSettings
from makegood.ledger.models import GLCode
from makegood.ledger.needed import register_need

OF_SETTINGS = {
    "tax_gl_code": "taxes",
    "late_fee_gl_code": "late fees",
    "charge_gl_code": "charges",
    "write_off_gl_code": "write-offs",
}
"""What is booked on the GL code of each setting."""

FALLEN_BACK_ON = {
    GLCode.Type.TAX: "invoices are taxed",
    GLCode.Type.FEE: "late fees are charged",
}
"""What the daily work needs an active GL code of the type for."""


def register_needed_gl_codes() -> None:
    """Makes known what billing needs; called when the application starts."""
    register_need(find_need)


def find_need(gl_code: GLCode) -> str | None:
    """Why the GL code has to stay active and of its type, as far as billing is concerned. Two queries at most."""
    settings = BillingSettings.objects.filter(provider_id=gl_code.provider_id).first()
    for name, what in OF_SETTINGS.items():
        if settings is not None and getattr(settings, f"{name}_id") == gl_code.pk:
            return (
                f"GL code {gl_code.code} is the one of {what} in the billing settings. "
                "Choose another there first: Settings > Billing > Billing settings."
            )
    what_for = FALLEN_BACK_ON.get(GLCode.Type(gl_code.type))
    if what_for is None or _has_another(gl_code):
        return None
    return (
        f"GL code {gl_code.code} is the last active one of type {gl_code.type}, and {what_for} on such a code. "
        "Add or activate another first: Settings > Services > GL codes."
    )


def _has_another(gl_code: GLCode) -> bool:
    alike = GLCode.objects.filter(provider_id=gl_code.provider_id, type=gl_code.type, active=True)
    return alike.exclude(pk=gl_code.pk).exists()
