"""Recording money that came in: what it pays, and what is over."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from makegood.audit.services import record
from makegood.credits.models import Credit, CreditEntry, Kind
from makegood.credits.services.apply_funds import apply_late_funds
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.invoices.services.suspension import lift_suspensions
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.text import require_no_number_in_key
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import allow_any_funds, hold_books, lock_customers
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book
from makegood.payments.models import Payment, PaymentMovement
from makegood.payments.movements import note_movement
from makegood.payments.recording import Plan, Received, clean_words, plan_payment
from makegood.payments.rules import AUTOPAY_KEY, LONGEST_KEY, Split
from makegood.payments.selectors import find_payment_by_key
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import require_billing


def record_payment(
    *,
    membership: Membership,
    customer: Customer,
    method: str,
    amount_minor: int,
    received_on: date,
    reference: str = "",
    note: str = "",
    gl_code: GLCode | None = None,
    allocations: Mapping[Invoice, int] | None = None,
    key: str,
) -> Payment:
    """Records a payment in cash or by bank transfer, in minor units. Opens a transaction: books, then the customer.

    It pays the invoices that are named, as much as is said, or else the customer's invoices, oldest due first. What is
    over becomes Available Funds, whatever they come to; they are used at once where the customer has Late invoices.
    key: the same key with the same payment gives the first one and books nothing again; with another it is refused.
    Refused where the person may not, while billing is off, for a payment that comes from the future, and, beside the
    field, for what cannot be paid (see `makegood.payments.rules`).
    """
    said = Received(
        customer=customer,
        method=method,
        amount_minor=amount_minor,
        received_on=received_on,
        reference=clean_words(reference),
        note=clean_words(note),
        gl_code=gl_code,
        allocations=None if allocations is None else {invoice.pk: part for invoice, part in allocations.items()},
    )
    require_key(key)
    provider = membership.provider
    try:
        with transaction.atomic():
            booked_on = hold_books(provider)
            balance = lock_customer(provider, customer)
            if earlier := _find_earlier(provider, key, said):
                return earlier
            return _record(membership, balance, said, key, booked_on)
    except IntegrityError:
        # The same key for another customer at the same moment: only the database saw both.
        if earlier := _find_earlier(provider, key, said):
            return earlier
        raise


def require_key(key: str) -> None:
    """Refused for a key that cannot be stored, has the number of a card in it, or is of those that autopay gives."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise Refused("key_malformed", f"A key has 1 to {LONGEST_KEY} characters.", "key")
    require_no_number_in_key(key)
    if key.startswith(AUTOPAY_KEY):
        raise Refused("key_reserved", f"Keys that begin with “{AUTOPAY_KEY.strip()}” are those of autopay.", "key")


def lock_customer(provider: Provider, customer: Customer) -> CustomerBalance:
    """The customer's balance under the lock; Refused if the customer is not the provider's. Demands a transaction."""
    balances = lock_customers(provider.pk, [customer.pk])
    if not balances:
        raise Refused("customer_unknown", f"There is no customer {customer.number}.", "customer")
    return balances[0]


def _find_earlier(provider: Provider, key: str, said: Received) -> Payment | None:
    earlier = find_payment_by_key(provider, key)
    if earlier is not None and earlier.request_hash != said.request_hash:
        raise Refused(
            "key_used",
            f"The key “{key}” belongs to another payment, {earlier.pk}. Nothing was booked; use a new key for a new "
            "payment.",
            "key",
        )
    return earlier


def _record(membership: Membership, balance: CustomerBalance, said: Received, key: str, booked_on: date) -> Payment:
    demand_transaction()
    provider = hold_provider(membership.provider_id)
    require_billing(provider)
    plan = plan_payment(membership, provider, said, today=booked_on, lock=True)
    payment = Payment(
        pk=_next_payment_id(),
        provider=provider,
        customer=said.customer,
        method=said.method,
        amount_minor=said.amount_minor,
        allocated_minor=plan.split.allocated_minor,
        over_minor=plan.split.over_minor,
        received_on=said.received_on,
        reference=said.reference,
        note=said.note,
        gl_code=plan.gl_code,
        key=key,
        request_hash=said.request_hash,
        created_by_id=membership.staff_id,
        created_at=now(),
        booked_on=plan.booked_on,
        effective_on=plan.effective_on,
    )
    payment.settled_at = payment.created_at
    _book(payment, plan, balance)
    payment.save(force_insert=True)
    note_movement(payment, PaymentMovement.Type.RECEIVED, payment.amount_minor, plan.booked_on, plan.effective_on)
    _allocate(payment, plan.split)
    if plan.split.over_minor:
        apply_late_funds(provider=provider, customers=[said.customer.pk], booked_on=booked_on)
    lift_suspensions(provider_id=provider.pk, customer_ids=[said.customer.pk], day=booked_on)
    _write_down(payment, membership)
    return payment


def _book(payment: Payment, plan: Plan, balance: CustomerBalance) -> None:
    """The journal, the customer's balance, and the credit of what is over."""
    split = plan.split
    lines = [Line(plan.gl_code.pk, debit_minor=payment.amount_minor)]
    if split.allocated_minor:
        receivable = get_control_gl_code_id(payment.provider_id, GLCode.Type.RECEIVABLE)
        lines.append(Line(receivable, credit_minor=split.allocated_minor))
    if split.over_minor:
        funds = get_control_gl_code_id(payment.provider_id, GLCode.Type.AVAILABLE_FUNDS)
        lines.append(Line(funds, credit_minor=split.over_minor))
    payment.journal_entry_id = entry_id = book(
        provider_id=payment.provider_id,
        booked_on=plan.booked_on,
        effective_on=plan.effective_on,
        event="payment_recorded",
        cause_type="payment",
        cause_id=payment.pk,
        lines=lines,
    )
    if split.over_minor:
        # What was paid is the customer's, however much it makes.
        allow_any_funds()
    CustomerBalance.objects.filter(customer_id=balance.customer_id).update(
        receivable_minor=F("receivable_minor") - split.allocated_minor,
        funds_minor=F("funds_minor") + split.over_minor,
    )
    if split.over_minor:
        payment.overpayment_credit = _make_overpayment(payment, plan, entry_id, balance.funds_minor)


def _make_overpayment(payment: Payment, plan: Plan, entry_id: int, funds_before_minor: int) -> Credit:
    over_minor, received_on = plan.split.over_minor, plan.effective_on or plan.booked_on
    credit = Credit.objects.create(
        provider_id=payment.provider_id,
        customer_id=payment.customer_id,
        gl_code_id=payment.gl_code_id,
        created_by_id=payment.created_by_id,
        created_at=payment.created_at,
        issued_minor=over_minor,
        issued_on=plan.booked_on,
        kind=Kind.OVERPAYMENT,
        description=", ".join(filter(None, [f"Overpayment of {received_on.isoformat()}", payment.reference])),
    )
    CreditEntry.objects.create(
        credit=credit,
        number=1,
        provider_id=payment.provider_id,
        customer_id=payment.customer_id,
        journal_entry_id=entry_id,
        amount_minor=over_minor,
        funds_after_minor=funds_before_minor + over_minor,
        created_at=payment.created_at,
        booked_on=plan.booked_on,
        effective_on=plan.effective_on,
        type=CreditEntry.Type.ISSUED,
    )
    return credit


def _allocate(payment: Payment, split: Split) -> None:
    """The invoices, their sub-ledger and the allocations, in one statement."""
    if not split.allocations:
        return
    parameters: dict[str, int | list[int] | date | datetime | None] = {
        "payment": payment.pk,
        "provider": payment.provider_id,
        "customer": payment.customer_id,
        "invoices": [each.invoice.invoice_id for each in split.allocations],
        "amounts": [each.amount_minor for each in split.allocations],
        "journal_entry": payment.journal_entry_id,
        "created_at": payment.created_at,
        "booked_on": payment.booked_on,
        "effective_on": payment.effective_on,
    }
    done = run_sql(load_sql(__package__, "allocate_payment"), parameters)[0]
    if done["amount_minor"] != split.allocated_minor:
        raise RuntimeError(f"Invoices of customer {payment.customer_id} changed although the customer is locked.")


def _next_payment_id() -> int:
    return int(run_sql("SELECT nextval(pg_get_serial_sequence('payment', 'id')) AS id")[0]["id"])


def _write_down(payment: Payment, membership: Membership) -> None:
    record(
        provider_id=payment.provider_id,
        staff_id=membership.staff_id,
        action="payment.recorded",
        subject_type="payment",
        subject_id=payment.pk,
        detail={
            "amount_minor": payment.amount_minor,
            "allocated_minor": payment.allocated_minor,
            "method": str(payment.method),
        },
    )
