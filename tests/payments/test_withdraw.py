"""Payments that wait and that nobody will submit, and those that a person does not want submitted, come to an end."""

from datetime import timedelta

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.emails.models import Message
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from makegood.notifications.models import Notification
from makegood.payments.models import CollectionSettings, Payment, PaymentMethod
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.make_charges import make_charges
from makegood.payments.services.withdraw import withdraw_payment
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import list_staff
from tests.payments.collecting import DAY, add_payer, after, charge, gateway_of, invoices_of, state_of, submit
from tests.support import records, sandbox
from tests.support.answers import Verified
from tests.support.autopay import collection_of
from tests.support.paying import pay

NEXT_DAY = DAY + timedelta(days=1)
DUE = [("open", 0, 6000, 0)]


def disable_billing(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(billing_enabled=False)


def leave_gateway(provider: Provider) -> None:
    admin = list_staff(provider).filter(role="admin").get()
    with after():
        disconnect_gateway(membership=admin, gateway=gateway_of(provider))


def collect(provider: Provider, **passed: float) -> None:
    with after(**passed):
        collect_now(provider=provider)


def withdraw(clerk: Membership, payment: Payment, reason: str = "The customer pays cash") -> Payment:
    with after(minutes=1):
        return withdraw_payment(membership=clerk, payment=payment, reason=reason)


class TestByAPerson:
    def test_a_waiting_payment_is_withdrawn_and_its_invoice_is_free(
        self, north: Provider, clerk: Membership, assert_verified: Verified
    ) -> None:
        payer = add_payer(north)
        (payment,) = charge(north)
        withdraw(clerk, payment)
        assert (state_of(payment), payment.failure_code, payment.failure) == (
            "failed",
            "withdrawn",
            "The customer pays cash",
        )
        assert invoices_of(payer) == DUE
        assert not Message.objects.exists()
        entry = AuditEntry.objects.get(action="payment.withdrawn")
        assert (entry.staff_id, entry.detail["reason"]) == (clerk.staff_id, "The customer pays cash")
        with after(hours=1):
            pay(clerk, payer, 6000)
        collect(north, hours=2)
        assert (invoices_of(payer)[0][0], sandbox.charges(north)) == ("paid", [])
        assert_verified()

    def test_autopay_makes_it_again_on_the_next_day_and_counts_no_try(
        self, north: Provider, clerk: Membership, assert_verified: Verified
    ) -> None:
        add_payer(north)
        (payment,) = charge(north)
        withdraw(clerk, payment)
        assert collection_of(payment.claims.get().invoice) == (0, NEXT_DAY, None)
        assert len(charge(north)) == 1
        with after(days=1):
            make_charges(provider=north, day=NEXT_DAY)
        collect(north, days=1)
        assert set(Payment.objects.values_list("collect_day", "state")) == {
            (DAY, "failed"),
            (NEXT_DAY, "succeeded"),
        }
        assert_verified()

    def test_a_charge_by_hand_leaves_autopay_as_it_was(
        self, north: Provider, clerk: Membership, assert_verified: Verified
    ) -> None:
        payer = add_payer(north, "C1", "card_stolen")
        (failed,) = charge(north)
        submit(north)
        before = collection_of(failed.claims.get().invoice)
        with after(minutes=1):
            payment = charge_invoices(membership=clerk, customer=payer, key="by hand")
        withdraw(clerk, payment)
        assert (state_of(payment), collection_of(failed.claims.get().invoice)) == ("failed", before)
        assert_verified()

    def test_twice_is_the_same_and_it_is_refused_without_right_or_reason_and_once_it_was_submitted(
        self, north: Provider, clerk: Membership, assert_verified: Verified
    ) -> None:
        add_payer(north)
        add_payer(north, "C2", "card_timeout")
        first, second = charge(north)
        with pytest.raises(Refused, match="may not withdraw payments"):
            withdraw(records.add_person(north, "viewer"), first)
        with pytest.raises(Refused, match="Say why"):
            withdraw(clerk, first, " ")
        withdraw(clerk, first)
        withdraw(clerk, first, "Another")
        assert (state_of(first), first.failure) == ("failed", "The customer pays cash")
        submit(north, minutes=2)
        with pytest.raises(Refused, match="is unknown"):
            withdraw(clerk, second)
        with after(hours=1):
            collect_now(provider=north)
        with pytest.raises(Refused, match="is received"):
            withdraw(clerk, second)
        assert_verified()


class TestByItself:
    def test_a_person_may_charge_a_customer_with_automatic_billing_disabled(
        self, north: Provider, clerk: Membership, assert_verified: Verified
    ) -> None:
        payer = add_payer(north)
        disable_billing(payer)
        payer.refresh_from_db()
        with after():
            payment = charge_invoices(membership=clerk, customer=payer, key="by hand")
        collect(north)
        assert (state_of(payment), invoices_of(payer)[0][0]) == ("succeeded", "paid")
        assert_verified()

    @pytest.mark.parametrize("switch", ["billing_enabled", "autopay"])
    def test_what_autopay_made_before_it_was_disabled_is_withdrawn(
        self, switch: str, north: Provider, assert_verified: Verified
    ) -> None:
        manager = records.add_person(north, "manager")
        payer = add_payer(north)
        (payment,) = charge(north)
        Customer.objects.filter(pk=payer.pk).update(**{switch: False})
        collect(north, hours=1)
        assert (state_of(payment), payment.failure_code, invoices_of(payer)) == ("failed", "autopay_off", DUE)
        assert collection_of(payment.claims.get().invoice) == (0, NEXT_DAY, None)
        assert sandbox.charges(north) == []
        assert not Message.objects.exists()
        told = Notification.objects.get(staff=manager.staff)
        assert (told.title, told.subject_id) == (f"Payment {payment.pk} was not submitted", payment.pk)
        assert_verified()

    def test_what_waits_at_a_gateway_that_was_disconnected_is_withdrawn(
        self, north: Provider, clerk: Membership, assert_verified: Verified
    ) -> None:
        manager = records.add_person(north, "manager")
        payers = [add_payer(north), add_payer(north, "C2")]
        with after():
            by_hand = charge_invoices(membership=clerk, customer=payers[1], key="by hand")
        (autopay,) = (payment for payment in charge(north) if payment.pk != by_hand.pk)
        leave_gateway(north)
        collect(north, hours=1)
        assert {state_of(autopay), state_of(by_hand)} == {"failed"}
        assert {autopay.failure_code, by_hand.failure_code} == {"gateway_gone"}
        assert [invoices_of(payer) for payer in payers] == [DUE, DUE]
        told = dict(Notification.objects.values_list("staff_id", "title"))
        assert told[manager.staff_id] == "2 payments were not submitted"
        assert told[clerk.staff_id] == f"Payment {by_hand.pk} was not submitted"
        assert_verified()

    def test_what_was_to_be_charged_to_a_method_that_is_gone_is_withdrawn(
        self, north: Provider, assert_verified: Verified
    ) -> None:
        payer = add_payer(north)
        (payment,) = charge(north)
        PaymentMethod.objects.update(is_default=False, removed_at="2026-03-02T20:00Z")
        collect(north, hours=1)
        assert (state_of(payment), payment.failure_code, invoices_of(payer)) == ("failed", "payment_method_gone", DUE)
        assert sandbox.charges(north) == []
        assert_verified()

    def test_what_only_waits_for_billing_or_for_the_next_hour_is_left_alone(
        self, north: Provider, assert_verified: Verified
    ) -> None:
        add_payer(north)
        (payment,) = charge(north)
        Provider.objects.filter(pk=north.pk).update(end_customer_billing=False)
        collect(north, hours=1)
        assert state_of(payment) == "created"
        Provider.objects.filter(pk=north.pk).update(end_customer_billing=True)
        collect(north, hours=2)
        assert state_of(payment) == "succeeded"
        assert_verified()


def test_who_pays_cash_while_a_charge_waits_its_turn_is_not_charged_too(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    CollectionSettings.objects.create(provider=north, charges_per_hour=1)
    first, second = add_payer(north), add_payer(north, "C2")
    charge(north)
    submit(north)
    waiting = Payment.objects.get(state="created")
    payer = {first.pk: first, second.pk: second}[waiting.customer_id]
    with after(minutes=1), pytest.raises(Refused, match="withdraw it if it only waits"):
        pay(clerk, payer, 6000, allocations={waiting.claims.get().invoice: 6000})
    withdraw(clerk, waiting)
    with after(minutes=2):
        pay(clerk, payer, 6000)
    collect(north, hours=2)
    assert (invoices_of(payer)[0], get_balance(north.pk, payer.pk).funds_minor) == (("paid", 6000, 0, 0), 0)
    assert len(sandbox.charges(north)) == 1
    assert_verified()


def test_a_limit_of_the_amount_does_not_keep_those_behind_a_payment_that_nobody_submits(
    north: Provider, assert_verified: Verified
) -> None:
    small = add_payer(north, "C1", "card_succeeds", 100)
    big = add_payer(north, "C2", "card_succeeds", 100_000)
    third = add_payer(north, "C3", "card_succeeds", 200)
    CollectionSettings.objects.create(provider=north, amount_per_hour_minor=5000)
    charge(north)
    disable_billing(small)
    for hours in (0, 2):
        submit(north, hours=hours)
    assert [Payment.objects.get(customer=customer).state for customer in (small, big, third)] == [
        "created",
        "succeeded",
        "succeeded",
    ]
    assert_verified()
