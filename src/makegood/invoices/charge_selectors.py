"""Reads of charges, and of the runs that make and cancel them."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, Count, QuerySet, Sum, When

from makegood.customers.models import Customer
from makegood.invoices.charge_cancel_kind import CANCEL_CHARGES
from makegood.invoices.charge_run_kind import CHARGE
from makegood.invoices.models import Charge, Invoice
from makegood.invoices.rules import State as InvoiceState
from makegood.invoices.selectors import get_billing_settings
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.outcomes import Category
from makegood.runs.rules import State
from makegood.runs.selectors import OutcomeCount, count_outcomes

LOOK_ALIKE_WINDOW = timedelta(days=7)
LARGEST_NUMBER = 2**62


def list_charges(provider: Provider) -> QuerySet[Charge]:
    """The provider's charges with customer, GL code, who made them and run, newest first."""
    charges = Charge.objects.select_related("customer", "gl_code", "created_by", "run_row", "order")
    return charges.filter(provider=provider).order_by("-id")


def get_charge(provider: Provider, pk: int) -> Charge:
    """The provider's charge of that number with customer and GL code; Refused if there is none."""
    found = list_charges(provider).filter(pk=pk).first()
    if found is None:
        raise Refused("charge_unknown", f"There is no charge {pk}.", "charge")
    return found


def list_charges_of(customer: Customer) -> QuerySet[Charge]:
    """All charges of the customer, newest first."""
    return Charge.objects.filter(provider_id=customer.provider_id, customer=customer).order_by("-id")


def list_waiting_charges_of(customer: Customer) -> QuerySet[Charge]:
    """The customer's charges that wait for the next invoice, oldest first."""
    charges = Charge.objects.select_related("gl_code", "created_by", "run_row", "order")
    waiting = charges.filter(provider_id=customer.provider_id, customer=customer, state=Charge.State.WAITING)
    return waiting.order_by("id")


def find_invoice_of(charge: Charge) -> Invoice | None:
    """The issued invoice that the charge stands on: one that is not void if there is one; None while it is on none."""
    invoices = Invoice.objects.filter(
        customer_id=charge.customer_id,
        number__isnull=False,
        lines__charge=charge,
        lines__customer_id=charge.customer_id,
    )
    return invoices.order_by(Case(When(state=InvoiceState.VOID, then=1), default=0), "-id").first()


@dataclass(frozen=True)
class ChargeRehearsal:
    """What a draft would do. Counts are of customers.

    look_alikes: customers who got the same amount with the same description within seven days.
    includes_tax: whether the amounts include the tax, or it is added on the invoice.
    """

    run: Run
    outcomes: list[OutcomeCount]
    customers: int
    look_alikes: int
    includes_tax: bool

    @property
    def skipped(self) -> list[OutcomeCount]:
        return [count for count in self.outcomes if count.category is Category.SKIPPED]


def get_charge_rehearsal(run: Run) -> ChargeRehearsal:
    """The rehearsal of a draft charge run, from its frozen rows."""
    values = run.charge_run
    figures = run_sql(
        load_sql(__package__, "charge_rehearse"),
        {
            "run": run.pk,
            "amount": values.amount_minor,
            "description": values.description,
            "since": now() - LOOK_ALIKE_WINDOW,
        },
    )[0]
    includes_tax = get_billing_settings(run.provider).prices_include_tax
    return ChargeRehearsal(run=run, outcomes=count_outcomes(run), includes_tax=includes_tax, **figures)


@dataclass(frozen=True)
class ChargeProof:
    """What a run says it did, and its charges: how many rows and charges, and their amounts in minor units."""

    rows: int
    charges: int
    booked_minor: int
    charges_minor: int

    @property
    def holds(self) -> bool:
        """Whether both say the same."""
        return (self.rows, self.booked_minor) == (self.charges, self.charges_minor)


def get_charge_proof(run: Run) -> ChargeProof:
    """The sums over what a charge run or a cancellation has done; reads every charge of it."""
    if run.kind == CHARGE:
        sums = run_sql(load_sql(__package__, "charge_prove_run"), {"run": run.pk})[0]
    else:
        parameters = {"run": run.pk, "cursor": run.cursor_customer_id}
        sums = run_sql(load_sql(__package__, "charge_prove_cancel"), parameters)[0]
    return ChargeProof(run.rows_done, sums["charges"], run.booked_minor, sums["amount_minor"])


@dataclass(frozen=True)
class ChargeState:
    """How many charges of a run stand where, and their amount in minor units."""

    state: Charge.State
    charges: int
    amount_minor: int


def count_charges_of_run(run: Run) -> list[ChargeState]:
    """Where the charges of a charge run stand now; states without any are left out."""
    counted = Charge.objects.filter(provider_id=run.provider_id, run_row__run=run).values("state")
    found = {each["state"]: each for each in counted.annotate(charges=Count("pk"), amount=Sum("amount_minor"))}
    return [
        ChargeState(state, found[state]["charges"], int(found[state]["amount"]))
        for state in Charge.State
        if state in found
    ]


def list_cancellations(run: Run) -> QuerySet[Run]:
    """The cancellations of a charge run that have cancelled something, oldest first."""
    runs = Run.objects.filter(provider_id=run.provider_id, kind=CANCEL_CHARGES, reverses=run, rows_done__gt=0)
    return runs.order_by("id")


def find_charge_draft_to_change(membership: Membership, number: str) -> Run | None:
    """The provider's drafted charge run of that number, as a person or a form names it; None if there is none."""
    run = find_charge_run_to_replace(membership, number)
    return run if run is not None and run.state == State.DRAFT else None


def find_charge_run_to_replace(membership: Membership, number: str) -> Run | None:
    """The provider's charge run of that number, in whatever state it is by now; None if there is none."""
    if not (number.isascii() and number.isdigit() and int(number) < LARGEST_NUMBER):
        return None
    runs = Run.objects.select_related("charge_run__gl_code", "provider").filter(kind=CHARGE)
    return runs.filter(provider=membership.provider, pk=int(number)).first()
