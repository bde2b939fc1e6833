"""The list of charges, a charge, the customer's waiting charges, and discounts and surcharges of an order."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from makegood.customers.models import Customer
from makegood.customers.services import edit_customer
from makegood.invoices.models import Charge, Invoice, OrderAdjustment
from makegood.invoices.services.adjustments import end_adjustment
from makegood.invoices.services.cancel_charge import cancel_charge
from makegood.orders.models import Order
from makegood.orders.services.order_status import terminate_order
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from tests.support import charges
from tests.support.billing import set_up_billing
from tests.support.records import FIRST_DAY, add_customer, add_person, add_provider, finish
from tests.web.reading import rows_of, source_of, words_of
from tests.web.runs.people import add_bea, browse, fields_of


@pytest.fixture
def ann(north: Provider) -> Customer:
    """Ann Archer, with one order."""
    return Customer.objects.select_related("provider").get(provider=north, number="N-1")


class TestList:
    def test_every_charge_stands_in_it(self, clerk: Client, bea: Membership) -> None:
        run = charges.charge(bea, amount_minor=4500)
        first = rows_of(clerk.get("/charges"))[-1]
        assert (first["customer"], first["description"], first["state"], first["amount"]) == (
            "N-1", "Technician visit", "Waiting", "$45.00"
        )  # fmt: skip
        assert first["run"] == str(run.pk)

    def test_it_is_filtered_by_state_customer_gl_code_and_run(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        run = charges.charge(bea)
        charges.charge(bea, gl_code="4000", description="Router")
        cancel_charge(membership=bea, charge=charges.charge_of(north, "N-1"))
        for query, number in (
            ("state=cancelled", 1), ("customer=N-2", 2), ("gl_code=4000", 3), (f"run={run.pk}", 3), ("q=router", 3),
            ("state=waiting&customer=N-1", 1),
        ):  # fmt: skip
            assert len(rows_of(clerk.get(f"/charges?{query}"))) == number, query
        assert "write the number of a charge run" in words_of(clerk.get("/charges?run=x"))

    def test_what_is_filtered_is_exported(self, clerk: Client, bea: Membership) -> None:
        charges.charge(bea)
        lines = source_of(clerk.get("/charges.csv?customer=N-1")).splitlines()
        assert len(lines) == 2
        assert "Technician visit" in lines[1]

    def test_without_any_it_says_how_to_begin(self, clerk: Client) -> None:
        assert "Nobody has been charged yet" in words_of(clerk.get("/charges"))


class TestCharge:
    def test_its_page_says_what_it_is(self, clerk: Client, bea: Membership, north: Provider) -> None:
        run = charges.charge(bea, tax_rate="8.25")
        words = words_of(clerk.get(f"/charges/{charges.charge_of(north, 'N-1').pk}"))
        assert "Amount $10.00 Description Technician visit GL code 4100 Fees Tax rate 8.25 %" in words
        assert f"Run {run.pk}" in words

    def test_it_is_cancelled(self, clerk: Client, bea: Membership, north: Provider, ann: Customer) -> None:
        charges.charge(bea)
        path = f"/charges/{charges.charge_of(north, 'N-1').pk}/cancel"
        assert "$10.00 for Technician visit will not be billed" in words_of(clerk.get(path))
        assert clerk.post(path)["Location"] == f"/customers/{ann.pk}"
        assert charges.charge_of(north, "N-1").state == "cancelled"
        assert "cancelled already" in words_of(clerk.get(path))
        history = words_of(clerk.get(f"/customers/{ann.pk}/history"))
        assert "Cancelled a charge of $10.00: Technician visit" in history

    def test_one_that_was_invoiced_meanwhile_is_refused_in_words(
        self, clerk: Client, bea: Membership, north: Provider
    ) -> None:
        charges.charge(bea)
        charge = charges.charge_of(north, "N-1")
        Charge.objects.filter(pk=charge.pk).update(state="invoiced")
        answer = clerk.post(f"/charges/{charge.pk}/cancel")
        assert answer.status_code == 422
        assert "cannot be cancelled" in words_of(answer)

    def test_another_providers_does_not_exist(self, clerk: Client) -> None:
        south = add_provider("south")
        add_customer(south, "S-1")
        charges.charge(add_person(south, "manager"))
        number = charges.charge_of(south, "S-1").pk
        for path in (f"/charges/{number}", f"/charges/{number}/cancel"):
            assert clerk.get(path).status_code == 404


class TestCustomer:
    def test_waiting_charges_stand_on_the_customers_page(self, clerk: Client, bea: Membership, ann: Customer) -> None:
        assert "No charge waits for the next invoice." in words_of(clerk.get(f"/customers/{ann.pk}"))
        charges.charge(bea)
        source = source_of(clerk.get(f"/customers/{ann.pk}"))
        number = charges.charge_of(ann.provider, "N-1").pk
        assert f'href="/charges/{number}/cancel" data-window' in source
        assert f'href="/customers/{ann.pk}/charges/bill" data-window' in source
        cancel_charge(membership=bea, charge=charges.charge_of(ann.provider, "N-1"))
        assert "No charge waits" in words_of(clerk.get(f"/customers/{ann.pk}"))

    def test_a_viewer_sees_them_and_is_offered_nothing(self, vera: Client, bea: Membership, ann: Customer) -> None:
        charges.charge(bea)
        source = source_of(vera.get(f"/customers/{ann.pk}"))
        assert "Technician visit" in source
        assert "/cancel" not in source
        assert "/charges/bill" not in source

    def test_they_are_billed_now(
        self, clerk: Client, bea: Membership, ann: Customer, assert_verified: Callable[[], None]
    ) -> None:
        set_up_billing(ann.provider, invoices_from=FIRST_DAY)
        charges.charge(bea, customers=[ann], amount_minor=4500)
        path = f"/customers/{ann.pk}/charges/bill"
        window = clerk.get(path)
        assert "Technician visit $45.00 Total $45.00" in words_of(window)
        answers = [clerk.post(path, fields_of(window)) for _ in range(2)]
        assert answers[0]["Location"] == answers[1]["Location"]
        finish(Run.objects.get(kind="invoice"))
        invoice = Invoice.objects.get(customer=ann)
        assert (invoice.state, invoice.total_minor, invoice.kind) == ("open", 4500, "single")
        charge = charges.charge_of(ann.provider, "N-1")
        assert charge.state == "invoiced"
        assert f"Invoice {invoice.number}" in words_of(clerk.get(f"/charges/{charge.pk}"))
        refused = clerk.post(f"/charges/{charge.pk}/cancel")
        assert f"on invoice {invoice.number} already" in words_of(refused)
        assert_verified()

    def test_the_window_says_if_tax_is_added_and_that_all_are_billed_where_not_all_are_named(
        self, clerk: Client, bea: Membership, ann: Customer
    ) -> None:
        set_up_billing(ann.provider, invoices_from=FIRST_DAY)
        charges.charge(bea, customers=[ann], amount_minor=4500, tax_rate=Decimal(8))
        path = f"/customers/{ann.pk}/charges/bill"
        assert "Total, tax is added $45.00" in words_of(clerk.get(path))
        for _ in range(20):
            charges.charge(bea, customers=[ann])
        said = words_of(clerk.get(path))
        assert "These are the first 20; all that wait are billed." in said
        assert "Total" not in said

    def test_with_nothing_to_bill_the_window_says_so(self, clerk: Client, ann: Customer) -> None:
        set_up_billing(ann.provider, invoices_from=FIRST_DAY)
        path = f"/customers/{ann.pk}/charges/bill"
        assert "No charge of this customer waits" in words_of(clerk.get(path))
        assert clerk.post(path).status_code == 422

    def test_with_billing_disabled_nothing_is_offered(self, clerk: Client, ann: Customer) -> None:
        edit_customer(customer=ann, staff_id=None, billing_enabled=False)
        source = source_of(clerk.get(f"/customers/{ann.pk}"))
        assert "/charges/new" not in source


class TestAdjustments:
    @pytest.fixture
    def order(self, ann: Customer) -> Order:
        return Order.objects.select_related("provider", "customer").get(number="N-1-1")

    def test_one_is_added_and_stands_on_the_orders_page(self, clerk: Client, order: Order) -> None:
        path = f"/orders/{order.pk}/adjustments/new"
        assert f'href="{path}" data-window' in source_of(clerk.get(f"/orders/{order.pk}"))
        fields = fields_of(clerk.get(path)) | {
            "direction": "credit", "amount": "5", "description": "Loyalty", "from_on": "2026-01-01"
        }  # fmt: skip
        for _ in range(2):
            assert clerk.post(path, fields)["Location"] == f"/orders/{order.pk}"
        assert OrderAdjustment.objects.count() == 1
        words = words_of(clerk.get(f"/orders/{order.pk}"))
        assert "Discount Loyalty Jan 1, 2026 No end 4900 − $5.00" in words
        assert "Added a discount of $5.00 a month to order N-1-1, from Jan 1, 2026" in words

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"amount": ""}, "An amount is needed."),
            ({"amount": "-5"}, "must be greater than zero"),
            ({"description": ""}, "A description is needed"),
            ({"from_on": ""}, "A date is needed."),
            ({"until_on": "2025-01-01"}, "cannot be before the first"),
            ({"gl_code": "4100"}, "a credit needs one of type credit"),
        ],
    )
    def test_what_cannot_be_is_refused_beside_the_field(
        self, clerk: Client, order: Order, typed: dict[str, str], sentence: str
    ) -> None:
        path = f"/orders/{order.pk}/adjustments/new"
        sent = {"direction": "credit", "amount": "5", "description": "Loyalty", "from_on": "2026-01-01"} | typed
        answer = clerk.post(path, sent)
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        assert not OrderAdjustment.objects.exists()

    def test_it_is_ended(self, clerk: Client, bea: Membership, order: Order) -> None:
        path = f"/adjustments/{charges.adjust(bea, order).pk}/end"
        answer = clerk.post(path, fields_of(clerk.get(path)) | {"until_on": "2026-02-28"})
        assert answer["Location"] == f"/orders/{order.pk}"
        words = words_of(clerk.get(f"/orders/{order.pk}"))
        assert "Discount Ended Loyalty Jan 1, 2026 Feb 28, 2026" in words
        assert clerk.post(path, {"until_on": "2025-01-01", "seen": "x"}).status_code == 422

    def test_one_that_somebody_changed_meanwhile_is_shown_as_it_is_now(
        self, clerk: Client, bea: Membership, order: Order
    ) -> None:
        added = charges.adjust(bea, order)
        path = f"/adjustments/{added.pk}/end"
        fields = fields_of(clerk.get(path))
        end_adjustment(membership=bea, adjustment=added, until_on=date(2026, 6, 30))
        answer = clerk.post(path, fields | {"until_on": "2026-02-28"})
        assert answer.status_code == 422
        assert "Somebody else has changed this" in words_of(answer)
        assert "until Jun 30, 2026" in words_of(answer)
        assert clerk.post(path, fields_of(answer)).status_code == 302

    def test_a_terminated_order_and_a_viewer_are_offered_none(self, clerk: Client, vera: Client, order: Order) -> None:
        assert "adjustments/new" not in source_of(vera.get(f"/orders/{order.pk}"))
        terminate_order(order=order, to_date=FIRST_DAY, staff_id=None)
        assert "adjustments/new" not in source_of(clerk.get(f"/orders/{order.pk}"))
        sent = {"direction": "credit", "amount": "5", "description": "Loyalty", "from_on": "2026-01-01"}
        answer = clerk.post(f"/orders/{order.pk}/adjustments/new", sent)
        assert "is terminated" in words_of(answer)

    def test_an_agent_may_not(self, north: Provider, order: Order) -> None:
        assert browse(add_bea(north, "agent")).get(f"/orders/{order.pk}/adjustments/new").status_code == 403
