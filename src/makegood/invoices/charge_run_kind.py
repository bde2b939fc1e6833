"""What a charge run does to its list and to a chunk of it."""

from makegood.invoices.charge_outcomes import CHARGED
from makegood.kit.clock import now
from makegood.kit.sql import compose_sql, count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.selectors import require_charge_gl_code
from makegood.providers.models import Membership
from makegood.providers.rules import Right, rights_of
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.kinds import Booked, Chunk, Tally
from makegood.runs.locks import lock_chunk
from makegood.runs.models import Run
from makegood.runs.outcomes import Category
from makegood.runs.reasons import reason_for_all
from makegood.runs.settle import settle_chunk, settle_customers

CHARGE = "charge"


class ChargeRunKind:
    """A run that gives each selected customer, or order, the same charge, which waits for the next invoice."""

    noun = "charge run"
    done = CHARGED

    def freeze(self, run: Run, selected_sql: str) -> None:
        """Writes one row for each selected customer or order. Demands a transaction."""
        demand_transaction()
        statement = compose_sql(load_sql(__package__, "charge_freeze"), selected=selected_sql)
        parameters = {"run": run.pk, "provider": run.provider_id, "amount": run.charge_run.amount_minor}
        count_changed(statement, parameters)

    def require_startable(self, run: Run, membership: Membership) -> None:
        """Refused without the right to bill, while billing is off, or when the GL code has become unusable."""
        require_billing(run.provider)
        require_charge_gl_code(run.charge_run.gl_code)
        require_right(membership, Right.BILL, "add charges")

    def book(self, run: Run, chunk: Chunk) -> Booked:
        """Locks the customers of a chunk and charges those who still qualify. Demands a transaction."""
        demand_transaction()
        values = run.charge_run
        if reason := reason_for_all(run, lambda role, provider: Right.BILL in rights_of(role), values.gl_code_id):
            return Booked(Tally(), settle_chunk(chunk, reason), Tally())
        lock_chunk(chunk)
        refused = run_sql(load_sql(__package__, "charge_find_refused"), chunk.parameters())
        settled = settle_customers(chunk, {row["customer_id"]: row["outcome"] for row in refused}) if refused else {}
        return Booked(_book_charges(run, chunk), settled.get(Category.SKIPPED, Tally()), Tally())


def _book_charges(run: Run, chunk: Chunk) -> Tally:
    values = run.charge_run
    booked = run_sql(
        load_sql(__package__, "charge_book"),
        {
            **chunk.parameters(),
            "template": values.template_id,
            "description": values.description,
            "gl_code": values.gl_code_id,
            "tax_rate": values.tax_rate,
            "created_by": run.started_by_id,
            "created_at": now(),
            "charged_on": chunk.booked_on,
        },
    )[0]
    return Tally(booked["rows"], booked["customers"], int(booked["amount_minor"]))
