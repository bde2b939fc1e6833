"""Changing one credit after it was given: editing it, and voiding what is left of it."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from makegood.audit.services import record
from makegood.credits.change_rules import Plan
from makegood.credits.changes import UNCHANGED, Edit, Unchanged, Wish, plan_change
from makegood.credits.credit_emails import announce_change
from makegood.credits.models import Credit, CreditChange, CreditEntry
from makegood.credits.selectors import find_change_by_key, find_last_change, get_credit
from makegood.credits.services.apply_funds import apply_late_funds
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import run_sql
from makegood.kit.text import require_no_number_in_key
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_books, lock_customers
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.services import book, next_journal_entry_id
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import require_billing

LONGEST_KEY = 200


def change_credit(
    *,
    membership: Membership,
    credit: Credit,
    key: str,
    seen_change: int | None = None,
    description: str | None = None,
    gl_code: GLCode | None = None,
    amount_minor: int | None = None,
    expires_on: date | Unchanged | None = UNCHANGED,
    notify: bool = False,
) -> CreditChange:
    """Edits a credit; what is left out stays as it is. Opens a transaction, in which the customer is locked first.

    key: the same key with the same input gives the first change and books nothing again; with other input it is
    refused. seen_change: number of the last change that the person saw (0 for none); None for who did not look.
    amount_minor: what the credit is worth altogether, used or not. expires_on: the last day on which it can be used, or
    None for ever. notify: the customer gets the e-mail `Billing: Credit Changed`.
    Refused where the person may not, while billing is off, if somebody changed the credit meanwhile, and for what the
    rules of credits do not allow, beside the field that is at fault.
    """
    edit = Edit(description=description, gl_code=gl_code, amount_minor=amount_minor, expires_on=expires_on)
    return _change_once(membership, credit, key, seen_change, Wish(edit, notify))


def void_credit(
    *, membership: Membership, credit: Credit, key: str, seen_change: int | None = None, notify: bool = False
) -> CreditChange:
    """Takes back what is left of a credit. Opens a transaction, in which the customer is locked first.

    key, seen_change: as for `change_credit`. Refused where the person may not, while billing is off, if somebody
    changed the credit meanwhile, and, saying why, if nothing of it is left.
    """
    return _change_once(membership, credit, key, seen_change, Wish(None, notify))


def _change_once(membership: Membership, credit: Credit, key: str, seen_change: int | None, wish: Wish) -> CreditChange:
    if not 0 < len(key) <= LONGEST_KEY:
        raise Refused("key_malformed", f"A key has 1 to {LONGEST_KEY} characters.", "key")
    require_no_number_in_key(key)
    provider = membership.provider
    request_hash = wish.hash_for(credit.pk)
    try:
        with transaction.atomic():
            # The books, then the customer's lock; the credit is read again under it.
            booked_on = hold_books(provider)
            balance = _lock_customer_of(provider, credit)
            if earlier := _find_change_of_request(provider, key, request_hash):
                return earlier
            return _change(membership, balance, credit.pk, key, seen_change, wish, booked_on)
    except IntegrityError:
        # The same key for another customer's credit at the same moment: only the database saw both.
        if earlier := _find_change_of_request(provider, key, request_hash):
            return earlier
        raise


def _lock_customer_of(provider: Provider, credit: Credit) -> CustomerBalance:
    balances = lock_customers(provider.pk, [credit.customer_id]) if credit.provider_id == provider.pk else []
    if not balances:
        raise Refused("credit_unknown", f"There is no credit {credit.pk}.", "credit")
    return balances[0]


def _find_change_of_request(provider: Provider, key: str, request_hash: str) -> CreditChange | None:
    earlier = find_change_by_key(provider, key)
    if earlier is not None and earlier.request_hash != request_hash:
        raise Refused(
            "key_used",
            f"The key “{key}” belongs to another change, of credit {earlier.credit_id}. Nothing was booked; "
            "use a new key for a new change.",
            "key",
        )
    return earlier


def _change(
    membership: Membership,
    balance: CustomerBalance,
    credit_id: int,
    key: str,
    seen_change: int | None,
    wish: Wish,
    booked_on: date,
) -> CreditChange:
    demand_transaction()
    provider = hold_provider(membership.provider_id)
    require_billing(provider)
    credit = get_credit(provider, credit_id)
    last = find_last_change(credit)
    _require_seen(last, seen_change)
    plan = plan_change(
        membership=membership, provider=provider, credit=credit, balance=balance, edit=wish.edit, lock=True
    )
    change = CreditChange(
        pk=_next_change_id(),
        provider_id=provider.pk,
        credit=credit,
        number=(last.number if last else 0) + 1,
        action=wish.action,
        key=key,
        request_hash=wish.hash_for(credit.pk),
        old_description=credit.description,
        new_description=plan.values.description,
        old_gl_code_id=credit.gl_code_id,
        new_gl_code_id=plan.values.gl_code_id,
        old_amount_minor=credit.issued_minor + credit.adjusted_minor,
        new_amount_minor=plan.values.amount_minor,
        old_expires_on=credit.expires_on,
        new_expires_on=plan.values.expires_on,
        taken_back_minor=plan.taken_back_minor,
        notify=wish.notify,
        created_by_id=membership.staff_id,
        created_at=now(),
        booked_on=booked_on,
    )
    _book(change, plan, balance)
    change.save(force_insert=True)
    if plan.funds_change_minor > 0:
        apply_late_funds(provider=provider, customers=[balance.customer_id], booked_on=booked_on)
    if change.notify:
        announce_change(change)
    _record(change, membership)
    return change


def _require_seen(last: CreditChange | None, seen_change: int | None) -> None:
    number = last.number if last else 0
    if seen_change is None or seen_change == number:
        return
    who = str(last.created_by) if last else "Somebody"
    raise Refused(
        "changed_meanwhile",
        f"{who} has changed this credit since you opened it. Nothing of yours was booked. "
        "Look at what it says now, and change it again if that is still right.",
    )


def _book(change: CreditChange, plan: Plan, balance: CustomerBalance) -> None:
    """Writes the credit, the customer's balance, the sub-ledger and the journal, so that they cannot disagree."""
    demand_transaction()
    if plan.lines:
        change.journal_entry_id = book(
            entry_id=next_journal_entry_id(),
            provider_id=change.provider_id,
            booked_on=change.booked_on,
            event=f"credit_{change.action}",
            cause_type="credit_change",
            cause_id=change.pk,
            lines=plan.lines,
        )
    Credit.objects.filter(pk=change.credit_id).update(
        description=plan.values.description,
        gl_code_id=plan.values.gl_code_id,
        expires_on=plan.values.expires_on,
        adjusted_minor=F("adjusted_minor") + plan.adjusted_minor,
        taken_back_minor=F("taken_back_minor") + plan.taken_back_minor,
    )
    if change.journal_entry_id is None or not plan.funds_change_minor:
        return
    funds_after = balance.funds_minor + plan.funds_change_minor
    CustomerBalance.objects.filter(customer_id=balance.customer_id).update(funds_minor=funds_after)
    last_number = CreditEntry.objects.filter(credit_id=change.credit_id).aggregate(last=Max("number"))["last"]
    CreditEntry.objects.create(
        credit_id=change.credit_id,
        number=last_number + 1,
        provider_id=change.provider_id,
        customer_id=balance.customer_id,
        journal_entry_id=change.journal_entry_id,
        amount_minor=plan.funds_change_minor,
        funds_after_minor=funds_after,
        created_at=change.created_at,
        booked_on=change.booked_on,
        type=CreditEntry.Type.TAKEN_BACK if plan.taken_back_minor else CreditEntry.Type.ADJUSTED,
    )


def _next_change_id() -> int:
    return int(run_sql("SELECT nextval(pg_get_serial_sequence('credit_change', 'id')) AS id")[0]["id"])


def _record(change: CreditChange, membership: Membership) -> None:
    fields = {
        "description": change.new_description != change.old_description,
        "gl_code": change.new_gl_code_id != change.old_gl_code_id,
        "amount": change.new_amount_minor != change.old_amount_minor,
        "expires_on": change.new_expires_on != change.old_expires_on,
    }
    record(
        provider_id=change.provider_id,
        staff_id=membership.staff_id,
        action=f"credit.{change.action}",
        subject_type="credit",
        subject_id=change.credit_id,
        detail={
            "change": change.number,
            "changed": [name for name, differs in fields.items() if differs],
            "funds_change_minor": change.new_amount_minor - change.old_amount_minor - change.taken_back_minor,
        },
    )
