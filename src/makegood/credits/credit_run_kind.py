"""What a credit run does to its list and to a chunk of it."""

from collections.abc import Collection

from makegood.credits.models import CreditRun
from makegood.credits.outcomes import CREDITED
from makegood.credits.reasons import reason_for_all
from makegood.credits.rules import Limit, can_give
from makegood.kit.clock import now
from makegood.kit.money import format_money
from makegood.kit.refusal import Refused
from makegood.kit.sql import compose_sql, count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_funds_gl_code_id, require_credit_gl_code
from makegood.ledger.services import book
from makegood.providers.models import Membership
from makegood.providers.rules import Right, rights_of
from makegood.providers.selectors import require_billing
from makegood.runs.kinds import Booked, Chunk, Tally
from makegood.runs.models import Run
from makegood.runs.outcomes import Category
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
        require_right_to_start(run, membership)

    def book(self, run: Run, chunk: Chunk) -> Booked:
        """Locks the customers of a chunk and credits those who still qualify. Demands a transaction."""
        demand_transaction()
        values = run.credit_run
        if reason := reason_for_all(run, lambda rights: _limit_over(run, rights) is None, values.gl_code_id):
            return Booked(Tally(), settle_chunk(chunk, reason), Tally())
        done = _book_credits(run, values, chunk)
        if done.rows == chunk.rows:
            return Booked(done, Tally(), Tally())
        parameters = {**chunk.parameters(), "largest_funds": run.provider.largest_funds_minor}
        left_over = run_sql(load_sql(__package__, "find_left_over"), parameters)
        settled = settle_customers(chunk, {row["customer_id"]: row["outcome"] for row in left_over})
        return Booked(done, settled[Category.SKIPPED], settled[Category.FAILED])


def require_right_to_start(run: Run, membership: Membership) -> None:
    """Refused, with who could do it, if the person may not start a credit run of this size."""
    limit = _limit_over(run, rights_of(membership.role))
    if limit is not None:
        amount = format_money(limit.limit_minor, run.provider.currency, run.provider.currency_digits)
        raise Refused(limit.code, limit.sentence.format(role=membership.role, limit=amount))


def _limit_over(run: Run, rights: Collection[Right]) -> Limit | None:
    return can_give(
        rights,
        customers=run.customers_selected,
        largest_minor=run.credit_run.amount_minor,
        total_minor=run.total_minor,
        agent_limit_minor=run.provider.agent_credit_limit_minor,
        run_limit_minor=run.provider.run_limit_minor,
    )


def _book_credits(run: Run, values: CreditRun, chunk: Chunk) -> Tally:
    one_each = run.unit == Run.Unit.CUSTOMER
    if chunk.is_dense:
        # The planner knows nothing of rows written a moment ago, and would look up the balances one by one.
        run_sql("SET LOCAL enable_nestloop = off")
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
    if chunk.is_dense:
        run_sql("SET LOCAL enable_nestloop = on")
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
