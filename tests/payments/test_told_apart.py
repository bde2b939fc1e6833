"""What is told once of a refund takes the place of its own like only, never of what is told of the payment besides."""

from django.db import transaction

from makegood.customers.models import Customer
from makegood.notifications.models import Notification
from makegood.payments.telling import PAYMENT, tell_managers
from makegood.payments.telling_refunds import tell_of_unknown_refund
from makegood.providers.models import Membership
from tests.support import movements, records, refunding, sandbox
from tests.support.returns import charge


def test_what_was_told_of_the_payment_before_stays_to_be_read(clerk: Membership, customer: Customer) -> None:
    manager = records.add_person(clerk.provider, "manager")
    sandbox.connect(clerk.provider)
    sandbox.add_method(customer, "card_refund_pending")
    invoice = movements.owe(customer, 6000)
    payment = charge(clerk, customer)
    part = refunding.refund(clerk, invoice, 1000).transfers.get()
    with transaction.atomic():
        tell_managers(clerk.provider_id, "error", "A bank asks about it", "Answer until Friday.", PAYMENT, payment.pk)
        for _ in range(2):
            tell_of_unknown_refund(part)
    told = Notification.objects.filter(staff=manager.staff).order_by("id").values_list("title", flat=True)
    assert list(told) == ["A bank asks about it", "Nobody knows whether $10.00 went back"]
