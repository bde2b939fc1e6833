"""The failed payments that somebody should work on."""

from datetime import date

import pytest

from makegood.kit.refusal import Refused
from makegood.payments.filters import list_matching_failed, list_matching_payments
from makegood.payments.models import Collection, Payment
from makegood.payments.selectors_attention import find_attention
from makegood.payments.selectors_failed import count_failed, count_failed_of, list_failed, list_still_owed
from makegood.payments.services.ask_soon import ask_soon
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.collect_now import collect_now
from makegood.providers.models import Membership, Provider
from tests.payments.collecting import add_payer, after, charge, state_of, submit
from tests.support import records, sandbox
from tests.support.answers import Verified
from tests.support.paying import pay


def listed(provider: Provider) -> set[int]:
    return set(list_failed(provider).values_list("pk", flat=True))


def test_a_failed_payment_is_listed_until_its_invoice_is_paid(north: Provider, clerk: Membership) -> None:
    customer = add_payer(north, "C1", "card_declined")
    add_payer(north, "C2")
    failed, succeeded = charge(north)
    assert listed(north) == set()
    submit(north)
    assert (state_of(failed), state_of(succeeded)) == ("failed", "succeeded")
    assert listed(north) == {failed.pk}
    ((owed,),) = list_still_owed([failed.pk]).values()
    assert (owed.due_minor, owed.tries, owed.next_try_on) == (6000, 1, date(2026, 3, 5))
    with after(hours=1):
        pay(clerk, customer, 6000)
    assert listed(north) == set()


def test_only_the_last_try_of_an_invoice_is_listed_and_none_while_one_is_under_way(
    north: Provider, clerk: Membership
) -> None:
    customer = add_payer(north, "C1", "card_declined")
    (first,) = charge(north)
    submit(north)
    with after(hours=1):
        second = charge_invoices(membership=clerk, customer=customer, key="again")
    assert listed(north) == set()
    submit(north, hours=1)
    assert state_of(second) == "failed"
    assert listed(north) == {second.pk}
    assert state_of(first) == "failed"


def test_they_are_counted_by_what_happens_next(north: Provider) -> None:
    for number in ("C1", "C2", "C3"):
        add_payer(north, number, "card_declined")
    payments = charge(north)
    submit(north)
    Collection.objects.filter(last_payment=payments[0]).update(next_try_on=None, given_up_on="2026-03-02")
    count = count_failed(north)
    assert (count.payments, count.tried_again, count.given_up) == (3, 2, 1)

    def found(**values: str) -> list[int]:
        matching = list_matching_failed(north, {name: [value] for name, value in values.items()})
        return sorted(matching.values_list("pk", flat=True))

    everything = sorted(payment.pk for payment in payments)
    assert found(stage="left") == [payments[0].pk]
    assert found(stage="again") == everything[1:]
    assert found(q="C2") == found(customer="C2") == [payments[1].pk]
    assert found(q=str(Collection.objects.get(last_payment=payments[2]).invoice.number)) == [payments[2].pk]
    assert found(reason="card_declined") == found(method="card") == found(autopay="yes") == everything
    assert found(next_min="2026-03-06") == found(amount_max="59.99") == found(purpose="charge") == []
    with pytest.raises(Refused):
        found(stage="never")


def test_what_is_held_after_a_dispute_is_counted_as_it_is_listed(north: Provider) -> None:
    customer = add_payer(north, "C1", "card_declined")
    add_payer(north, "C2", "card_declined")
    first, second = charge(north)
    submit(north)
    customer.methods.update(held_at=first.created_at, held_for=first)
    count = count_failed(north)
    assert (count.payments, count.tried_again, count.given_up) == (2, 1, 1)
    assert list(list_matching_failed(north, {"stage": ["again"]})) == [second]
    assert count_failed_of(customer).given_up == 1


def test_payments_are_found_by_what_the_processor_says_of_them(north: Provider) -> None:
    add_payer(north, "C1", "card_declined")
    add_payer(north, "C2")
    failed, succeeded = charge(north)
    submit(north)
    succeeded.refresh_from_db()

    def found(**values: str) -> list[int]:
        matching = list_matching_payments(north, {name: [value] for name, value in values.items()})
        return sorted(matching.values_list("pk", flat=True))

    both = [failed.pk, succeeded.pk]
    assert found(purpose="autopay") == found(method="card") == found(created_min="2026-03-02") == both
    assert found(created_max="2026-03-01") == found(purpose="hand") == found(given_back="yes") == []
    assert found(created_max="2026-03-02", given_back="no") == both
    assert found(state="failed") == found(failed_reason="card_declined") == [failed.pk]
    assert found(gateway_reference=succeeded.gateway_reference) == [succeeded.pk]
    assert found(q=succeeded.gateway_reference) == [succeeded.pk]
    invoice = failed.claims.get().invoice
    assert found(invoice=str(invoice.number)) == [failed.pk]


def test_nobody_sees_another_providers(north: Provider) -> None:
    add_payer(north, "C1", "card_declined")
    charge(north)
    submit(north)
    south = records.add_provider("south")
    assert listed(south) == set()
    assert not find_attention(south)


class TestAskingNow:
    def test_an_unknown_payment_is_asked_about_at_once_and_charged_once(
        self, north: Provider, clerk: Membership, assert_verified: Verified
    ) -> None:
        add_payer(north, "C1", "card_timeout")
        (payment,) = charge(north)
        submit(north)
        assert state_of(payment) == "unknown"
        assert find_attention(north).unknown == 1
        with after(seconds=5):
            collect_now(provider=north)
            assert state_of(payment) == "unknown"
            ask_soon(membership=clerk, payment=payment)
            collect_now(provider=north)
        assert state_of(payment) == "succeeded"
        assert len(sandbox.charges(north)) == 1
        assert not find_attention(north)
        assert_verified()

    def test_it_is_refused_for_what_has_settled_for_who_may_not_and_while_somebody_is_at_it(
        self, north: Provider, clerk: Membership
    ) -> None:
        add_payer(north, "C1", "card_timeout")
        (payment,) = charge(north)
        viewer = records.add_person(north, "viewer")
        with after(), pytest.raises(Refused, match="may not ask the processor"):
            ask_soon(membership=viewer, payment=payment)
        submit(north)
        Payment.objects.filter(pk=payment.pk).update(held_until="2026-03-03T00:00Z")
        with after(), pytest.raises(Refused, match="is being looked at"):
            ask_soon(membership=clerk, payment=payment)
        Payment.objects.filter(pk=payment.pk).update(held_until=None)
        with after(minutes=5):
            collect_now(provider=north)
        assert state_of(payment) == "succeeded"
        with after(minutes=6), pytest.raises(Refused, match="there is nothing to ask"):
            ask_soon(membership=clerk, payment=payment)

    def test_what_waits_keeps_its_turn(self, north: Provider, clerk: Membership) -> None:
        for number in ("C1", "C2"):
            add_payer(north, number)
        first, second = charge(north)
        with after(hours=1):
            ask_soon(membership=clerk, payment=first)
        waiting = Payment.objects.filter(state="created").order_by("next_check_at", "id")
        assert list(waiting) == [first, second]
