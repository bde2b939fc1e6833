"""Entering a card in the processor's own form: what is typed there goes to the processor and never comes here."""

from dataclasses import dataclass

from django.core import signing

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.gateways.registry import open_gateway
from makegood.gateways.selectors import get_active_gateway
from makegood.kit.refusal import Refused
from makegood.payments.models import PaymentMethod
from makegood.payments.services.gateway_calls import in_plain_words, make_reference
from makegood.payments.services.keep_method import Adding, keep_method
from makegood.payments.services.method_changes import require_may_change
from makegood.providers.models import Membership

SALT = "makegood.entering a payment method"
LONGEST_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Entering:
    """A method that is being entered. client_secret: for the processor's form. proof: what finishes it here."""

    client_secret: str
    proof: str


def start_entering(*, membership: Membership, customer: Customer) -> Entering:
    """Has the processor expect a payment method for the customer. Asks the processor: no transaction.

    Nothing is changed that matters if it is never finished. Refused as in `require_may_change`, while no processor is
    connected, and while it does not answer.
    """
    require_may_change(membership)
    gateway = get_active_gateway(membership.provider)
    client = open_gateway(gateway)
    owner = make_reference(gateway, client, customer)
    with in_plain_words(gateway):
        setup = client.start_setup(owner)
    said = [gateway.pk, customer.pk, setup.reference]
    return Entering(setup.client_secret, signing.dumps(said, salt=SALT))


def finish_entering(
    *, membership: Membership, customer: Customer, proof: str, as_default: bool = False
) -> PaymentMethod:
    """Adds what was entered. Asks the processor, then opens a transaction. Done twice it gives the same.

    proof: of `start_entering`, for this customer; refused if it is forged, older than a day or of another customer.
    Otherwise refused as `makegood.payments.services.methods.add_method_by_reference`, and where nothing was entered.
    """
    require_may_change(membership)
    gateway = get_active_gateway(membership.provider)
    setup = _read_proof(gateway, customer, proof)
    adding = Adding(membership, customer, gateway, open_gateway(gateway), as_default)
    with in_plain_words(gateway):
        method = adding.client.finish_setup(setup)
    return keep_method(adding, method)


def _read_proof(gateway: Gateway, customer: Customer, proof: str) -> str:
    try:
        gateway_id, customer_id, setup = signing.loads(proof, salt=SALT, max_age=LONGEST_SECONDS)
    except signing.SignatureExpired:
        raise Refused("entering_old", "This form was opened too long ago. Open it again and enter the card.") from None
    except (signing.BadSignature, ValueError):
        raise Refused(
            "entering_forged", "This does not come from the form. Open it again and enter the card."
        ) from None
    if (gateway_id, customer_id) != (gateway.pk, customer.pk):
        raise Refused("entering_forged", "This was entered for another customer. Open the form again.")
    return str(setup)
