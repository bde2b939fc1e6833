"""Autopay leaves alone what a dispute was lost for, until a person says otherwise or the customer pays with another."""

from datetime import timedelta

import pytest

from makegood.audit.models import AuditEntry
from makegood.credits.bills_of_draft import Group, get_bills_of_draft
from makegood.customers.models import Customer
from makegood.gateways.models import GatewayEvent
from makegood.gateways.registry import open_gateway
from makegood.kit.refusal import Refused
from makegood.notifications.models import Notification
from makegood.orders.filters import list_matching_customers
from makegood.payments.collecting import count_without_method
from makegood.payments.models import Collection, Payment, PaymentMethod
from makegood.payments.selectors_held import count_held, list_held
from makegood.payments.selectors_methods import find_next_collection
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.handle_method import handle_method
from makegood.payments.services.hold_method import release_method
from makegood.payments.services.keep_method import Adding, keep_method
from makegood.payments.services.make_charges import make_charges
from makegood.payments.services.methods import make_default
from makegood.providers.models import Membership, Provider
from tests.payments.collecting import DAY, add_payer, after, charge, gateway_of, invoices_of, state_of
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.returns import dispute

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

NEXT_MONTH = DAY + timedelta(days=31)


@pytest.fixture
def manager(north: Provider) -> Membership:
    return records.add_person(north, "manager")


def charged(provider: Provider, outcome: str = "card_succeeds", number: str = "C1") -> Payment:
    """The payment of a customer's first invoice, which autopay has charged."""
    customer = add_payer(provider, number, outcome)
    charge(provider)
    payment = Payment.objects.get(customer=customer)
    with after(minutes=1):
        collect_now(provider=provider)
    if state_of(payment) == "submitted":
        with after(days=6):
            collect_now(provider=provider)
    return Payment.objects.get(pk=payment.pk)


def told(payment: Payment, state: str, reason: str = "fraudulent", *, days: int = 7) -> PaymentMethod:
    """The payment's method after what the processor says of a dispute of it."""
    with after(days=days):
        dispute(payment, payment.amount_minor, state, reason=reason)
    return PaymentMethod.objects.get(payment=payment)


def owe_next_month(payment: Payment) -> None:
    with after(days=20):
        movements.owe(payment.customer, 3000, due_on=NEXT_MONTH)


def autopay(provider: Provider, days: int = 31) -> int:
    """How many customers autopay charges that many days later."""
    with after(days=days):
        return make_charges(provider=provider, day=DAY + timedelta(days=days)).customers


class TestWhatHolds:
    @pytest.mark.parametrize("reason", ["fraudulent", "product_not_received", "general"])
    def test_a_card_whose_dispute_is_lost(self, north: Provider, reason: str, assert_verified: Verified) -> None:
        payment = charged(north)
        method = told(payment, "lost", reason)
        assert (method.held_for_id, method.held_at is not None) == (payment.pk, True)
        assert_verified()

    @pytest.mark.parametrize("reason", ["fraudulent", "unrecognized"])
    def test_a_card_that_somebody_else_is_said_to_have_used_at_once(self, north: Provider, reason: str) -> None:
        assert told(charged(north), "open", reason).held_at is not None

    def test_not_one_whose_dispute_for_another_reason_is_open(self, north: Provider) -> None:
        assert told(charged(north), "open", "duplicate").held_at is None

    @pytest.mark.parametrize("reason", ["fraudulent", "duplicate"])
    def test_not_one_that_the_bank_only_asks_about(self, north: Provider, reason: str) -> None:
        assert told(charged(north), "warning", reason).held_at is None

    @pytest.mark.parametrize("reason", ["debit_not_authorized", "account_closed", "customer_initiated"])
    def test_an_account_whose_owner_has_not_allowed_the_debit(self, north: Provider, reason: str) -> None:
        assert told(charged(north, "ach_succeeds"), "lost", reason).held_at is not None

    @pytest.mark.parametrize("reason", ["insufficient_funds", "bank_cannot_process", ""])
    def test_not_an_account_without_enough_money(self, north: Provider, reason: str) -> None:
        assert told(charged(north, "sepa_succeeds"), "lost", reason).held_at is None

    def test_a_dispute_that_is_won_ends_what_it_began(self, north: Provider, assert_verified: Verified) -> None:
        payment = charged(north)
        assert told(payment, "open").held_at is not None
        assert told(payment, "won", days=9).held_at is None
        owe_next_month(payment)
        assert autopay(north) == 1
        assert_verified()

    def test_a_dispute_that_is_won_does_not_end_what_another_began(self, north: Provider) -> None:
        payment = charged(north)
        first = told(payment, "open")
        with after(days=8):
            movements.owe(payment.customer, 1000)
            other = charge_invoices(
                membership=records.add_person(north), customer=payment.customer, payment_method=first, key="again"
            )
            collect_now(provider=north)
            other.refresh_from_db()
            dispute(other, 1000, "open", "dp_2")
        assert told(payment, "won", days=9).held_for_id == other.pk


class TestWhatItMeans:
    def test_autopay_does_not_charge_it_and_the_invoice_stays_to_be_collected(
        self, north: Provider, assert_verified: Verified
    ) -> None:
        payment = charged(north)
        told(payment, "lost")
        owe_next_month(payment)
        assert autopay(north) == 0
        assert invoices_of(payment.customer)[1] == ("open", 0, 3000, 0)
        with after(days=31):
            assert count_without_method(north, NEXT_MONTH).customers == 1
            assert find_next_collection(payment.customer) is None
        assert_verified()

    def test_what_waits_to_be_submitted_is_withdrawn(self, north: Provider, assert_verified: Verified) -> None:
        payment = charged(north)
        owe_next_month(payment)
        assert autopay(north) == 1
        waiting = Payment.objects.order_by("-pk")[0]
        told(payment, "lost", days=31)
        with after(days=31, minutes=1):
            collect_now(provider=north)
        waiting.refresh_from_db()
        assert (waiting.state, waiting.failure_code) == ("failed", "method_held")
        assert len(sandbox.charges(north)) == 1
        assert invoices_of(payment.customer)[1] == ("open", 0, 3000, 0)
        assert_verified()

    def test_a_person_can_charge_it_all_the_same(
        self, north: Provider, clerk: Membership, assert_verified: Verified
    ) -> None:
        payment = charged(north)
        method = told(payment, "lost")
        owe_next_month(payment)
        with after(days=31):
            made = charge_invoices(
                membership=clerk, customer=payment.customer, payment_method=method, key="by a person"
            )
            collect_now(provider=north)
        assert state_of(made) == "succeeded"
        assert_verified()

    def test_managers_are_told_once_and_of_what_it_means(self, north: Provider, manager: Membership) -> None:
        payment = charged(north)
        told(payment, "open")
        told(payment, "lost", days=8)
        bodies = [note.body for note in Notification.objects.filter(staff=manager.staff)]
        assert sum("Autopay does not charge Visa ending 4242 of customer C1" in body for body in bodies) == 1

    def test_the_held_ones_with_something_owed_are_listed(self, north: Provider) -> None:
        payment = charged(north)
        told(payment, "lost", "general")
        owe_next_month(payment)
        charged(north, number="C2")
        (held,) = list_held(north)
        assert (held.method.customer_id, held.invoices, held.due_minor) == (payment.customer_id, 2, 9000)
        assert held.words == f"Autopay is held: the dispute of payment {payment.pk} was lost."
        assert count_held(north) == 1

    def test_the_rehearsal_of_credits_does_not_say_that_it_is_charged(
        self, north: Provider, manager: Membership
    ) -> None:
        payment = charged(north)
        owe_next_month(payment)
        with after(days=31):
            run = records.draft_credit(manager, customers=[payment.customer])
            assert get_bills_of_draft(run).charged_before == Group(1, 3000)
        told(payment, "lost", days=31)
        with after(days=31, minutes=1):
            assert get_bills_of_draft(run).charged_before == Group()

    def test_the_customer_list_finds_whose_is_held(self, north: Provider) -> None:
        payment = charged(north)
        charged(north, number="C2")
        told(payment, "lost")
        found = {choice: set(list_matching_customers(north, {"method": [choice]})) for choice in ("held", "yes", "no")}
        assert found["held"] == {payment.customer}
        assert payment.customer not in found["yes"] | found["no"]

    def test_who_owes_nothing_or_has_no_autopay_is_not_listed(self, north: Provider) -> None:
        payment = charged(north)
        told(payment, "lost")
        Customer.objects.filter(pk=payment.customer_id).update(autopay=False)
        assert (list_held(north), count_held(north)) == ([], 0)


class TestHowItEnds:
    def test_a_person_has_it_used_again_with_a_reason(
        self, north: Provider, clerk: Membership, assert_verified: Verified
    ) -> None:
        payment = charged(north)
        method = told(payment, "lost")
        owe_next_month(payment)
        with after(days=25):
            release_method(membership=clerk, method=method, reason="It was a mistake of hers")
            release_method(membership=clerk, method=method, reason="It was a mistake of hers")
        assert autopay(north) == 1
        entry = AuditEntry.objects.get(action="payment_method.used_again")
        assert (entry.detail["reason"], entry.subject_id) == ("It was a mistake of hers", payment.customer_id)
        assert_verified()

    def test_not_without_a_reason(self, north: Provider, clerk: Membership) -> None:
        method = told(charged(north), "lost")
        with pytest.raises(Refused) as refused:
            release_method(membership=clerk, method=method, reason=" ")
        assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")

    def test_not_by_an_agent(self, north: Provider) -> None:
        method = told(charged(north), "lost")
        with pytest.raises(Refused, match="manager"):
            release_method(membership=records.add_person(north, "agent"), method=method, reason="Why not")

    def test_another_default_is_charged(self, north: Provider, clerk: Membership, assert_verified: Verified) -> None:
        payment = charged(north)
        told(payment, "lost")
        owe_next_month(payment)
        with after(days=25):
            make_default(membership=clerk, method=sandbox.add_method(payment.customer, "card_late", default=False))
        assert (autopay(north), count_held(north)) == (1, 0)
        assert_verified()

    def test_a_new_method_becomes_the_default_where_the_present_one_is_held(
        self, north: Provider, clerk: Membership
    ) -> None:
        payment = charged(north)
        told(payment, "lost")
        gateway = gateway_of(north)
        with after(days=25):
            adding = Adding(clerk, payment.customer, gateway, open_gateway(gateway))
            added = keep_method(adding, adding.client.read_method("card_late"))
        assert added.is_default

    def test_a_held_one_that_becomes_the_default_stays_held(self, north: Provider, clerk: Membership) -> None:
        payment = charged(north)
        held = told(payment, "lost")
        owe_next_month(payment)
        with after(days=25):
            make_default(membership=clerk, method=sandbox.add_method(payment.customer, "card_late", default=False))
            make_default(membership=clerk, method=held)
        assert autopay(north) == 0


def test_a_held_card_that_was_renewed_is_not_tried_again(north: Provider, assert_verified: Verified) -> None:
    payment = charged(north)
    method = told(payment, "lost")
    owe_next_month(payment)
    assert autopay(north) == 0
    given_up = Collection.objects.filter(customer=payment.customer)
    given_up.update(given_up_on=NEXT_MONTH, next_try_on=None)
    PaymentMethod.objects.filter(pk=method.pk).update(last_four="1111")
    event = GatewayEvent(gateway=method.gateway, reference=method.reference)
    with after(days=32):
        assert "new dates" in handle_method(event, open_gateway(method.gateway)).words
    assert given_up.filter(given_up_on=None).count() == 0
    assert_verified()
