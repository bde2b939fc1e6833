"""What a credit run does to its list and to a chunk of it."""

from django.db.models import Sum

from makegood.credits.credit_emails import announce_credits
from makegood.credits.limits import find_limit_of_a_day, limits_of, refuse_over
from makegood.credits.models import Credit, CreditRun
from makegood.credits.outcomes import CREDITED
from makegood.credits.rules import Asked, can_give
from makegood.credits.services.apply_funds import Wanted, apply_late_funds_of_chunk, use_funds
from makegood.kit.clock import now
from makegood.kit.sql import compose_sql, count_changed, load_sql, run_sql, without_nested_loops
from makegood.kit.transactions import demand_transaction
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_funds_gl_code_id, require_credit_gl_code
from makegood.ledger.services import book
from makegood.providers.models import Membership
from makegood.providers.selectors import require_billing
from makegood.runs.kinds import Booked, Chunk, Tally
from makegood.runs.models import Run, RunRow
from makegood.runs.outcomes import Category, list_outcomes
from makegood.runs.reasons import reason_for_all
from makegood.runs.rules import State
from makegood.runs.settle import settle_chunk, settle_customers

CREDIT = "credit"


class CreditRunKind:
    """A run that gives each selected customer, or order, the same credit."""

    noun = "credit run"
    done = CREDITED

    def freeze(self, run: Run, selected_sql: str) -> None:
        """Writes one row for each selected customer or order. Demands a transaction."""
        demand_transaction()
        statement = compose_sql(load_sql(__package__, "freeze_credit_run"), selected=selected_sql)
        parameters = {"run": run.pk, "provider": run.provider_id, "amount": run.credit_run.amount_minor}
        count_changed(statement, parameters)

    def require_startable(self, run: Run, membership: Membership) -> None:
        """Refused without the right, over a limit, while billing is off, or when the GL code has become unusable."""
        require_billing(run.provider)
        require_credit_gl_code(run.credit_run.gl_code)
        require_right_to_start(run, membership, lock=True)

    def book(self, run: Run, chunk: Chunk) -> Booked:
        """Locks the customers of a chunk and credits those who still qualify. Demands a transaction."""
        demand_transaction()
        values = run.credit_run
        if reason := reason_for_all(
            run, lambda role, provider: can_give(role, _asked_by(run), limits_of(provider)) is None, values.gl_code_id
        ):
            return Booked(Tally(), settle_chunk(chunk, reason), Tally())
        done = _book_credits(run, values, chunk)
        settled = self._settle_left_over(run, chunk) if done.rows < chunk.rows else {}
        if done.rows:
            if values.use_for_id is not None:
                _use_at_once(run, values.use_for_id, chunk)
            apply_late_funds_of_chunk(run.provider, chunk)
            if values.notify:
                announce_credits(run, chunk)
        return Booked(done, settled.get(Category.SKIPPED, Tally()), settled.get(Category.FAILED, Tally()))

    def _settle_left_over(self, run: Run, chunk: Chunk) -> dict[Category, Tally]:
        parameters = {**chunk.parameters(), "largest_funds": run.provider.largest_funds_minor}
        left_over = run_sql(load_sql(__package__, "find_left_over"), parameters)
        return settle_customers(chunk, {row["customer_id"]: row["outcome"] for row in left_over})


def _use_at_once(run: Run, invoice_id: int, chunk: Chunk) -> None:
    """The credit of the one customer is used for the invoice, unless that is paid or has a payment in flight by now."""
    credits = dict(Credit.objects.filter(run_row__run=run).values_list("customer_id", "pk"))
    wanted = Wanted(invoices=(invoice_id,), credits=tuple(credits.values()))
    use_funds(run.provider, list(credits), wanted, booked_on=chunk.booked_on, created_by_id=run.started_by_id)


def require_right_to_start(run: Run, membership: Membership, *, lock: bool = False) -> None:
    """Refused, with who could do it, if the person may not start, resume or retry a credit run of this size now.

    lock: for the start itself, which demands a transaction: of several starts at the same moment each sees those
    before it.
    """
    refuse_over(can_give(membership.role, _asked_by(run), limits_of(run.provider)), membership, run.provider)
    waiting = _sum_waiting(run)
    over = find_limit_of_a_day(membership, run.provider, waiting, run_id=run.pk, lock=lock)
    refuse_over(over, membership, run.provider)


def _asked_by(run: Run) -> Asked:
    return Asked(run.customers_selected, run.credit_run.amount_minor, run.total_minor)


def _sum_waiting(run: Run) -> int:
    """What the run could still book, in minor units: of a finished one what failed, else all that is not booked."""
    if run.state != State.FINISHED:
        return run.total_minor - run.booked_minor
    failed = [outcome.code for outcome in list_outcomes() if outcome.category is Category.FAILED]
    rows = RunRow.objects.filter(run=run, outcome__in=failed)
    return int(rows.aggregate(amount=Sum("amount_minor"))["amount"] or 0)


def _book_credits(run: Run, values: CreditRun, chunk: Chunk) -> Tally:
    one_each = run.unit == Run.Unit.CUSTOMER
    with without_nested_loops(chunk.is_dense):
        booked = run_sql(
            load_sql(__package__, "book_one_credit_each" if one_each else "book_credits"),
            {
                **chunk.parameters(),
                "gl_code": values.gl_code_id,
                "largest_funds": run.provider.largest_funds_minor,
                "created_by": run.started_by_id,
                "created_at": now(),
                "booked_on": chunk.booked_on,
                "kind": values.kind,
                "description": values.description,
            },
        )[0]
    done = Tally(booked["rows"], booked["customers"], int(booked["amount_minor"]))
    if done.rows:
        book(
            entry_id=booked["journal_entry"],
            provider_id=run.provider_id,
            booked_on=chunk.booked_on,
            event="credit_issued",
            cause_type="run",
            cause_id=run.pk,
            lines=[
                Line(values.gl_code_id, debit_minor=done.amount_minor),
                Line(get_funds_gl_code_id(run.provider_id), credit_minor=done.amount_minor),
            ],
        )
    return done
