"""Currencies without decimals and with three: charged, given back, and refused before anything is sent."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from makegood.customers.models import Customer
from makegood.kit.refusal import Refused
from makegood.notifications.models import Notification
from makegood.payments.models import Payment
from makegood.payments.paying_out import preview_pay_out
from makegood.payments.refunding import preview_refund
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.make_charges import make_charges
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.collecting import add_payers, through_stripe
from tests.support.paying import pay, stand_of
from tests.support.refunding import give_out, refund, transfers_of
from tests.support.stripe_proxy import Processor


@dataclass
class Shop:
    """A provider with a currency, one customer with a card at Stripe, and a manager."""

    manager: Membership
    customer: Customer
    processor: Processor

    def collect(self) -> None:
        collect_now(provider=self.manager.provider)

    def charge(self) -> Payment:
        payment = charge_invoices(membership=self.manager, customer=self.customer, key="now")
        self.collect()
        payment.refresh_from_db()
        return payment


@pytest.fixture
def shop(db: None, request: pytest.FixtureRequest) -> Iterator[Shop]:
    provider = records.add_provider(currency=getattr(request, "param", "KWD"))
    with through_stripe(provider) as processor:
        customer = add_payers(provider, processor, 1)[0]
        yield Shop(records.add_person(provider, "manager"), customer, processor)


def refusal_of(preview: object) -> tuple[str, str | None]:
    refusal = getattr(preview, "refusal", None)
    assert isinstance(refusal, Refused)
    return refusal.code, refusal.field


@pytest.mark.parametrize(
    ("shop", "amount", "back", "there"), [("JPY", 5000, 1501, 5000), ("KWD", 12340, 1010, 12340)], indirect=["shop"]
)
def test_what_can_be_charged_is_charged_and_goes_back(
    shop: Shop, amount: int, back: int, there: int, assert_verified: Verified
) -> None:
    invoice = movements.owe(shop.customer, amount)
    assert shop.charge().state == "succeeded"
    made = refund(shop.manager, invoice, back, follow="leave_open")
    shop.collect()
    assert transfers_of(made) == [("gateway", back, "succeeded")]
    assert stand_of(invoice) == ("open", amount - back, back)
    assert [amount for _, _, amount, _ in shop.processor.charges()] == [there]
    assert [amount for _, _, _, amount, _ in shop.processor.refunds()] == [back]
    assert_verified()


def test_what_cannot_be_charged_is_refused_before_anything_is_made(shop: Shop, assert_verified: Verified) -> None:
    movements.owe(shop.customer, 12345)
    with pytest.raises(Refused, match=r"in steps of KWD\s0\.010\. KWD\s12\.345 cannot be charged: credit KWD\s0\.005 "):
        shop.charge()
    assert not Payment.objects.exists()
    # Two together can be.
    movements.owe(shop.customer, 7005)
    assert shop.charge().state == "succeeded"
    assert [amount for _, _, amount, _ in shop.processor.charges()] == [19350]
    assert_verified()


def test_what_cannot_go_back_is_refused_beside_the_amount(shop: Shop, assert_verified: Verified) -> None:
    invoices = [movements.owe(shop.customer, amount) for amount in (12345, 7005)]
    shop.charge()
    for amount in (None, 1005):
        asked = preview_refund(membership=shop.manager, invoice=invoices[0], amount_minor=amount)
        assert refusal_of(asked) == ("amount_not_in_steps", "amount")
    with pytest.raises(Refused, match=r"KWD\s1\.005 cannot go back to a payment method: choose KWD\s0\.005 less"):
        refund(shop.manager, invoices[0], 1005)
    assert preview_refund(membership=shop.manager, invoice=invoices[0], amount_minor=1010).refusal is None
    assert_verified()


def test_nor_is_it_paid_out_of_available_funds(shop: Shop, assert_verified: Verified) -> None:
    movements.owe(shop.customer, 12340)
    shop.charge()
    pay(shop.manager, shop.customer, 5005)
    for amount in (None, 1005):
        asked = preview_pay_out(membership=shop.manager, customer=shop.customer, amount_minor=amount)
        assert refusal_of(asked) == ("amount_not_in_steps", "amount")
    with pytest.raises(Refused, match=r"only in steps of KWD\s0\.010"):
        give_out(shop.manager, shop.customer, 1005)
    # A bank takes every amount.
    give_out(shop.manager, shop.customer, 5, way="bank_transfer")
    give_out(shop.manager, shop.customer, 5000)
    shop.collect()
    assert [amount for _, _, _, amount, _ in shop.processor.refunds()] == [5000]
    assert_verified()


def test_what_autopay_cannot_charge_is_told_in_plain_words(shop: Shop, assert_verified: Verified) -> None:
    provider = shop.manager.provider
    invoice = movements.owe(shop.customer, 12345, due_on=today_of(provider))
    make_charges(provider=provider, day=today_of(provider))
    shop.collect()
    assert (Payment.objects.get().failure_code, stand_of(invoice)) == ("amount_not_chargeable", ("open", 0, 12345))
    told = Notification.objects.get(staff_id=shop.manager.staff_id, title__contains="amount")
    assert told.title == "Stripe does not take the amount of 1 payment"
    assert "Stripe moves KWD only in steps of KWD\N{NO-BREAK SPACE}0.010." in told.body
    assert shop.processor.charges() == []
    assert_verified()
