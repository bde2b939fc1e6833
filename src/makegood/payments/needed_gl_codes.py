"""Which GL codes refunds need that are under way."""

from makegood.ledger.models import GLCode
from makegood.ledger.needed import register_need
from makegood.payments.models import Refund
from makegood.payments.rules import RefundState


def register_needed_gl_codes() -> None:
    """Makes known what refunds need; called when the application starts."""
    register_need(find_need)


def find_need(gl_code: GLCode) -> str | None:
    """Why the GL code has to stay active and of its type, as far as refunds are concerned. One query."""
    pending = Refund.objects.filter(provider_id=gl_code.provider_id, gl_code=gl_code, state=RefundState.PENDING).count()
    if not pending:
        return None
    refunds = "A refund that is on its way settles" if pending == 1 else f"{pending} refunds on their way settle"
    return f"{refunds} an invoice with a credit on GL code {gl_code.code}. Wait until that is done."
