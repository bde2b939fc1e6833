"""The page of a payment that had counted as failed and was charged after all tells all of it."""

from makegood.customers.selectors import get_customer
from makegood.gateways.rules import Standing
from makegood.payments.models import Payment
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.providers.models import Provider
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.returns import tell
from tests.web.people import open_browser
from tests.web.reading import words_of


def test_the_history_has_the_failure_the_questions_and_the_late_success(
    north: Provider, assert_verified: Verified
) -> None:
    clerk = records.add_person(north)
    sandbox.connect(north)
    ann = get_customer(north, "N-1")
    sandbox.add_method(ann)
    movements.owe(ann, 6000)
    payment = charge_invoices(membership=clerk, customer=ann, key="late")
    Payment.objects.filter(pk=payment.pk).update(checks=7)
    tell(payment, Standing.FAILED)
    tell(payment, Standing.SUCCEEDED)
    said = words_of(open_browser(clerk).get(f"/payments/{payment.pk}"))
    order = [
        "Charged: $60.00",
        "The processor said that it was charged after all",
        "Counted as failed: The bank did not allow it and does not say why.",
        "Asked the processor 7 times in vain",
    ]
    places = [said.find(words) for words in order]
    assert -1 not in places, said
    assert places == sorted(places)
    assert_verified()
