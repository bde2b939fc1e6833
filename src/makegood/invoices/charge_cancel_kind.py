"""What a cancellation does to the charges of a run: those that wait are cancelled, the rest stays."""

from makegood.invoices.charge_outcomes import CANCELLED
from makegood.kit.clock import now
from makegood.kit.sql import count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.providers.models import Membership
from makegood.providers.rules import Right, rights_of
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.kinds import Booked, Chunk, Tally
from makegood.runs.locks import lock_chunk
from makegood.runs.models import Run
from makegood.runs.reasons import reason_for_all
from makegood.runs.settle import settle_chunk, skip_rows

CANCEL_CHARGES = "cancel_charges"


class CancelChargesKind:
    """A run that cancels the charges of another run that still wait."""

    noun = "cancellation"
    done = CANCELLED

    def freeze(self, run: Run, selected_sql: str) -> None:
        """Writes one row for each charged row of the other run. Demands a transaction."""
        demand_transaction()
        parameters = {"run": run.pk, "provider": run.provider_id, "reverses": run.reverses_id}
        count_changed(load_sql(__package__, "charge_freeze_cancel"), parameters)

    def require_startable(self, run: Run, membership: Membership) -> None:
        """Refused without the right to bill, and while billing is off."""
        require_billing(run.provider)
        require_right(membership, Right.BILL, "cancel charges")

    def book(self, run: Run, chunk: Chunk) -> Booked:
        """Locks the customers of a chunk and cancels their charges that wait. Demands a transaction."""
        demand_transaction()
        if reason := reason_for_all(run, lambda role, provider: Right.BILL in rights_of(role)):
            return Booked(Tally(), settle_chunk(chunk, reason), Tally())
        lock_chunk(chunk)
        skipped = skip_rows(chunk, run_sql(load_sql(__package__, "charge_find_settled"), chunk.parameters()))
        parameters = {**chunk.parameters(), "cancelled_by": run.started_by_id, "cancelled_at": now()}
        done = run_sql(load_sql(__package__, "charge_cancel"), parameters)[0]
        return Booked(Tally(done["rows"], done["customers"], int(done["amount_minor"])), skipped, Tally())
