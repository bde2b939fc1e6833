"""Payments, payment methods, refunds and events of processors in the worlds of the walk."""

from makegood.customers.selectors import get_customer
from makegood.gateways.interface import Event
from makegood.gateways.models import GatewayEvent
from makegood.gateways.rules import EventAbout
from makegood.gateways.services.events import store_event
from makegood.kit.clock import now
from makegood.payments.models import Refund, RefundTransfer
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.methods import remove_method
from makegood.payments.services.submit import submit_payments
from tests.support import movements, records, refunding, sandbox
from tests.support.paying import pay
from tests.web.walk_keys import World


def add_payment(world: World, number: int) -> int:
    """A payment of more than is due, so that it has paid something and has something over."""
    customer = get_customer(world.provider, f"{world.mark}-{number}")
    movements.owe(customer, 100)
    reference, note = world.name(f"transfer {number}"), world.name("note")
    return int(pay(world.people["manager"], customer, 250, reference=reference, note=note).pk)


def add_failed_payment(world: World, number: int) -> int:
    """A payment that a person had charged and the processor declined; what it was for is still owed."""
    manager = world.people["manager"]
    name = world.name(f"declined {number}")
    customer = records.add_customer(world.provider, f"{world.mark}-declined-{number}", name=name)
    gateway = sandbox.connect(world.provider)
    sandbox.add_method(customer, "card_declined")
    movements.owe(customer, 300)
    payment = charge_invoices(membership=manager, customer=customer, key=f"declined {number}")
    submit_payments(gateway=gateway, at_once=1)
    return int(payment.pk)


def add_refunded(world: World, number: int) -> int:
    """An invoice that a card has paid, of which a part went back, so that people collect it."""
    manager = world.people["manager"]
    name = world.name(f"refunded {number}")
    customer = records.add_customer(world.provider, f"{world.mark}-refunded-{number}", name=name)
    sandbox.connect(world.provider)
    sandbox.add_method(customer)
    invoice = movements.owe(customer, 700)
    refunding.charge(manager, invoice)
    refunding.refund(manager, invoice, 300, follow="leave_open", reason=world.name("refund"))
    return int(invoice.pk)


def find_refund(invoice_id: int) -> int:
    """The refund of the invoice."""
    return int(Refund.objects.get(invoice=invoice_id).pk)


def find_refund_part(invoice_id: int) -> int:
    """What of the invoice went back to the card."""
    return int(RefundTransfer.objects.get(refund__invoice=invoice_id).pk)


def add_method(world: World, number: int) -> int:
    """Two payment methods, the second of which is the default, and one that was removed."""
    customer = get_customer(world.provider, f"{world.mark}-{number}")
    sandbox.connect(world.provider)
    method = sandbox.add_method(customer)
    sandbox.add_method(customer, "ach_succeeds")
    removed = sandbox.add_method(customer, "card_declined", default=False)
    remove_method(membership=world.people["manager"], method=removed)
    return int(method.pk)


def add_event(world: World, number: int) -> int:
    """What a processor sent of something that nobody here asked for."""
    gateway, id = sandbox.connect(world.provider), f"{world.mark}-evt-{number}"
    event = Event(id, world.name("opened"), EventAbout.DISPUTE, f"dp_{id}", f"ch_{id}", now(), {"id": id})
    store_event(gateway=gateway, event=event)
    return GatewayEvent.objects.get(gateway=gateway, event_id=id).pk
