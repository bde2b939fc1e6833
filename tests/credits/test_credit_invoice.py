"""A credit for an invoice that is not paid: of what is due, and used for it at once if asked."""

from collections.abc import Iterator

import pytest

from makegood.credits.models import Credit, Kind
from makegood.credits.services.credit_invoice import credit_invoice, preview_invoice_credit
from makegood.credits.services.give_credit import CreditValues, prepare_credit_run
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_credit_gl_code
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.providers.models import Membership
from makegood.runs.models import Run
from makegood.runs.services.select import select_listed
from makegood.runs.services.start_run import start_run
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.movements import owe
from tests.support.paying import stand_of
from tests.support.records import add_person, finish
from tests.support.refunding import DAY, account_of, add_invoiced, add_provider_with_sandbox


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def invoice(manager: Membership) -> Invoice:
    """An invoice of 60.00; its customer owes an older one of 10.00 too."""
    invoice = add_invoiced(manager.provider, outcome="card_succeeds")
    owe(invoice.customer, 1000, due_on=DAY)
    return invoice


def values(membership: Membership, amount_minor: int) -> CreditValues:
    gl_code = get_credit_gl_code(membership.provider, "4920")
    return CreditValues(amount_minor, gl_code, "Sorry", Kind.CORRECTION)


def give(membership: Membership, invoice: Invoice, amount_minor: int, *, use: bool = True, key: str = "k") -> Run:
    return finish(
        credit_invoice(
            membership=membership,
            invoice=invoice,
            values=values(membership, amount_minor),
            use_at_once=use,
            key=key,
        )
    )


def test_what_is_due_is_filled_in_and_used(manager: Membership, invoice: Invoice, assert_verified: Verified) -> None:
    preview = preview_invoice_credit(membership=manager, invoice=invoice)
    assert (preview.amount_minor, preview.refusal, preview.use_refusal) == (6000, None, None)
    run = give(manager, invoice, 6000)
    assert (run.state, run.credit_run.use_for) == ("finished", invoice)
    assert (stand_of(invoice), account_of(invoice)) == (("paid", 0, 0), (0, 1000))
    # The same key gives the same run, although nothing is due any more.
    assert give(manager, invoice, 6000).pk == run.pk
    assert Credit.objects.count() == 1
    assert_verified()


def test_used_for_this_invoice_alone_and_only_if_asked(
    manager: Membership, invoice: Invoice, assert_verified: Verified
) -> None:
    give(manager, invoice, 2500)
    assert (stand_of(invoice), account_of(invoice)) == (("open", 0, 3500), (0, 4500))
    give(manager, invoice, 3500, use=False, key="other")
    assert (stand_of(invoice), account_of(invoice)) == (("open", 0, 3500), (3500, 4500))
    assert_verified()


def test_not_used_while_a_payment_is_on_its_way(
    manager: Membership, invoice: Invoice, assert_verified: Verified
) -> None:
    draft, _ = prepare_credit_run(
        membership=manager,
        selection=select_listed(membership=manager, list_name="customers", record_ids=[invoice.customer_id]),
        unit=Run.Unit.CUSTOMER,
        values=values(manager, 1000),
        chosen=["C1"],
        use_for=invoice,
    )
    charge_invoices(membership=manager, customer=invoice.customer, invoices=[invoice], key="charge")
    refusal = preview_invoice_credit(membership=manager, invoice=invoice).use_refusal
    assert refusal is not None
    assert refusal.code == "invoice_in_flight"
    with pytest.raises(Refused, match="on its way"):
        give(manager, invoice, 1000)
    finish(start_run(run=draft, membership=manager))
    assert (stand_of(invoice), account_of(invoice)) == (("open", 0, 6000), (1000, 7000))
    assert_verified()


def test_refused(manager: Membership, invoice: Invoice) -> None:
    give(manager, invoice, 6000)
    refusal = preview_invoice_credit(membership=manager, invoice=invoice).refusal
    assert refusal is not None
    assert refusal.code == "nothing_due"
    with pytest.raises(Refused, match="Nothing is due"):
        give(manager, invoice, 100, key="more")
    viewer = add_person(manager.provider, "viewer")
    refusal = preview_invoice_credit(membership=viewer, invoice=invoice).refusal
    assert refusal is not None
    assert refusal.code == "not_allowed"
    other = add_invoiced(manager.provider, "C2")
    with pytest.raises(Refused, match="no such invoice"):
        prepare_credit_run(
            membership=manager,
            selection=select_listed(membership=manager, list_name="customers", record_ids=[invoice.customer_id]),
            unit=Run.Unit.CUSTOMER,
            values=values(manager, 1000),
            chosen=["C1"],
            use_for=other,
        )
