"""What a take-back does to the credits of a run: what is unused goes, the rest stays."""

from makegood.credits.back_to_gl_codes import lines_back_to_gl_codes
from makegood.credits.outcomes import TAKEN_BACK
from makegood.kit.clock import now
from makegood.kit.sql import count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.services import book, next_journal_entry_id
from makegood.providers.models import Membership
from makegood.providers.rules import Right, rights_of
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.kinds import Booked, Chunk, Tally
from makegood.runs.locks import lock_chunk
from makegood.runs.models import Run
from makegood.runs.reasons import reason_for_all
from makegood.runs.settle import settle_chunk, skip_rows

TAKE_BACK = "take_back"


class TakeBackKind:
    """A run that takes back what is left of the credits of another run."""

    noun = "take-back"
    done = TAKEN_BACK

    def freeze(self, run: Run, selected_sql: str) -> None:
        """Writes one row for each credited row of the other run. Demands a transaction."""
        demand_transaction()
        parameters = {"run": run.pk, "provider": run.provider_id, "reverses": run.reverses_id}
        count_changed(load_sql(__package__, "freeze_take_back"), parameters)

    def require_startable(self, run: Run, membership: Membership) -> None:
        """Refused without the right to run credits, and while billing is off."""
        require_billing(run.provider)
        require_right(membership, Right.CREDIT_RUN, "take back a run")

    def book(self, run: Run, chunk: Chunk) -> Booked:
        """Locks the customers of a chunk and takes back what is left of their credits. Demands a transaction."""
        demand_transaction()
        if reason := reason_for_all(run, lambda role, provider: Right.CREDIT_RUN in rights_of(role)):
            return Booked(Tally(), settle_chunk(chunk, reason), Tally())
        lock_chunk(chunk)
        skipped = skip_rows(chunk, run_sql(load_sql(__package__, "find_nothing_left"), chunk.parameters()))
        return Booked(_book_take_back(run, chunk), skipped, Tally())


def _book_take_back(run: Run, chunk: Chunk) -> Tally:
    entry_id = next_journal_entry_id()
    by_gl_code = run_sql(
        load_sql(__package__, "book_take_back"),
        {
            **chunk.parameters(),
            "journal_entry": entry_id,
            "created_at": now(),
            "booked_on": chunk.booked_on,
        },
    )
    if not by_gl_code:
        return Tally()
    total = sum(int(row["amount_minor"]) for row in by_gl_code)
    book(
        entry_id=entry_id,
        provider_id=run.provider_id,
        booked_on=chunk.booked_on,
        event="credit_taken_back",
        cause_type="run",
        cause_id=run.pk,
        lines=lines_back_to_gl_codes(run.provider_id, by_gl_code),
    )
    return Tally(sum(row["rows"] for row in by_gl_code), by_gl_code[0]["customers"], total)
