"""Numbers of cards and bank accounts are refused in whatever people write about money, and kept nowhere."""

import json
from collections.abc import Callable

import pytest

from makegood.audit.models import AuditEntry
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.services import add_gl_code, change_gl_code
from makegood.payments.models import Payment, Refund, RefundTransfer
from makegood.payments.services.by_hand import collect_by_hand
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.hold_method import release_method
from makegood.payments.services.settle_by_hand import settle_by_hand
from makegood.payments.services.settle_transfer import settle_transfer
from makegood.payments.services.withdraw import withdraw_payment
from makegood.payments.ways import ByHand
from makegood.providers.models import Membership
from makegood.transaction_templates.models import TransactionTemplate
from makegood.transaction_templates.services import add_template
from tests.support import movements, records, sandbox
from tests.support.paying import pay, reverse
from tests.support.refunding import give_out, refund

pytestmark = pytest.mark.django_db

CARD, IBAN = "Card 4242 4242 4242 4242", "To DE89 3704 0044 0532 0130 00"


class Desk:
    """A manager, a customer who has paid one invoice by hand and owes another, and a charge that waits."""

    def __init__(self, clerk: Membership) -> None:
        sandbox.connect(clerk.provider)
        self.manager = records.add_person(clerk.provider, "manager")
        self.customer: Customer = records.add_customer(clerk.provider, "C1")
        self.paid: Invoice = movements.owe(self.customer, 2000)
        self.payment: Payment = pay(self.manager, self.customer, 3000)
        self.owed: Invoice = movements.owe(self.customer, 4000)
        self.method = sandbox.add_method(self.customer)
        self.waiting = charge_invoices(membership=self.manager, customer=self.customer, key="waits")

    def give_back_by_hand(self, text: str) -> None:
        refund(self.manager, self.paid, 1000, by_hand=ByHand("cash", reference=text))

    def add_gl_code(self, code: str = "4711", description: str = "") -> None:
        add_gl_code(provider=self.manager.provider, code=code, description=description, type="credit", staff_id=None)

    def change_gl_code(self, code: str = "4711", description: str = "") -> None:
        self.add_gl_code()
        gl_code = GLCode.objects.get(code="4711")
        change_gl_code(gl_code=gl_code, code=code, description=description, type=gl_code.type, staff_id=None)

    def add_template(self, name: str = "Outage", description: str = "") -> None:
        add_template(
            provider=self.manager.provider, name=name, direction="credit", description=description, staff_id=None
        )

    def pay_out_by_hand(self, text: str) -> None:
        give_out(self.manager, self.customer, 500, way="bank_transfer", reference=text)


Deed = Callable[[Desk, str], object]
DEEDS: dict[str, tuple[str, Deed]] = {
    "record, reference": ("reference", lambda desk, text: pay(desk.manager, desk.customer, 100, reference=text)),
    "record, note": ("note", lambda desk, text: pay(desk.manager, desk.customer, 100, note=text)),
    "reverse": ("reason", lambda desk, text: reverse(desk.manager, desk.payment, reason=text)),
    "refund": ("reason", lambda desk, text: refund(desk.manager, desk.paid, 100, reason=text)),
    "refund by hand": ("reference", Desk.give_back_by_hand),
    "pay out": ("reason", lambda desk, text: give_out(desk.manager, desk.customer, 100, reason=text)),
    "pay out by hand": ("reference", Desk.pay_out_by_hand),
    "withdraw": (
        "reason",
        lambda desk, text: withdraw_payment(membership=desk.manager, payment=desk.waiting, reason=text),
    ),
    "settle": (
        "reason",
        lambda desk, text: settle_by_hand(membership=desk.manager, payment=desk.waiting, charged=False, reason=text),
    ),
    "settle, reference": (
        "reference",
        lambda desk, text: settle_by_hand(
            membership=desk.manager, payment=desk.waiting, charged=True, reason="Seen there", reference=text
        ),
    ),
    "settle a refund": (
        "reason",
        lambda desk, text: settle_transfer(
            membership=desk.manager, transfer=RefundTransfer(), given_back=False, reason=text
        ),
    ),
    "by hand": ("reason", lambda desk, text: collect_by_hand(membership=desk.manager, invoice=desk.owed, reason=text)),
    "use again": (
        "reason",
        lambda desk, text: release_method(membership=desk.manager, method=desk.method, reason=text),
    ),
    "charge, key": (
        "key",
        lambda desk, text: charge_invoices(membership=desk.manager, customer=desk.customer, key=text),
    ),
    "add a GL code, description": ("description", lambda desk, text: desk.add_gl_code(description=text)),
    "change a GL code, description": ("description", lambda desk, text: desk.change_gl_code(description=text)),
    "add a template": ("name", lambda desk, text: desk.add_template(name=text)),
    "add a template, description": ("description", lambda desk, text: desk.add_template(description=text)),
    "void": ("reason", lambda desk, text: void_invoice(membership=desk.manager, invoice=desk.paid, reason=text)),
    "write off": (
        "reason",
        lambda desk, text: write_off_invoice(membership=desk.manager, invoice=desk.owed, reason=text),
    ),
}


@pytest.fixture
def desk(clerk: Membership) -> Desk:
    return Desk(clerk)


@pytest.mark.parametrize("text", [CARD, IBAN])
@pytest.mark.parametrize("deed", DEEDS)
def test_it_is_refused_beside_its_field_and_kept_nowhere(deed: str, text: str, desk: Desk) -> None:
    field, do = DEEDS[deed]
    with pytest.raises(Refused) as refused:
        do(desk, text)
    assert (refused.value.code, refused.value.field) == ("account_number", field)
    kept = [json.dumps(entry.detail) for entry in AuditEntry.objects.all()]
    kept += [f"{each.reference} {each.note} {each.reversal_reason}" for each in Payment.objects.all()]
    kept += [each.reason for each in Refund.objects.all()]
    kept += [f"{each.code} {each.description}" for each in GLCode.objects.all()]
    kept += [f"{each.name} {each.description}" for each in TransactionTemplate.objects.all()]
    assert not any("4242 4242" in each or "3704" in each for each in kept)


@pytest.mark.parametrize("do", [Desk.add_gl_code, Desk.change_gl_code])
def test_no_gl_code_is_called_so(do: Callable[..., None], desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        do(desk, code="4242 4242 4242 4242")
    assert (refused.value.code, refused.value.field) == ("account_number", "code")


@pytest.mark.parametrize(
    "key",
    [
        "form:4242424242424242a23e4567e89b12d3",
        "4242424242424242a23e4567e89b12d3",
        "42424242-4242-4242-a426-426614174000",
        "charge 2026-11-23 17",
    ],
)
def test_keys_that_are_random_or_tell_of_something_else_are_taken(key: str, desk: Desk) -> None:
    assert pay(desk.manager, desk.customer, 100, key=key).key == key


@pytest.mark.parametrize("text", ["Visa ending 4242", "Transfer 20261123-17", "To DE89 … 3000"])
def test_what_tells_it_apart_in_another_way_is_taken(text: str, desk: Desk) -> None:
    assert pay(desk.manager, desk.customer, 100, reference=text, note=text).reference == text
    desk.pay_out_by_hand(text)
    assert RefundTransfer.objects.get().reference == text
