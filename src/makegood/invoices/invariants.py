"""What must hold for invoices and the sub-ledger of receivables. (Of charges: `charge_invariants`.)"""

from makegood.kit.invariants import register


def register_invariants() -> None:
    """Adds the invariants of invoices; called when the application starts."""
    register(
        __package__,
        invoice_parts="The parts of each invoice are the sums of its entries.",
        invoice_totals="Each invoice comes to what its lines and its taxes add up to.",
        invoice_numbers="Invoice numbers have no gaps and end where the counter stands.",
        receivable_is_entries="What a customer owes is the sum of the customer's entries, and what is due of invoices.",
        receivable_journal="Each journal entry moves the receivables by what its sub-ledger entries say.",
        invoice_journal="The journal of each invoice run bills on each GL code what its invoices bill there.",
        invoice_dates="Invoices and their entries are dated as the journal is.",
        invoice_coverage="Each order is billed for each day at most once, and only billed days are given back.",
        unused_time="Unused time comes back only of days that a monthly invoice billed which was not given up.",
        next_periods="Each customer's next period begins behind all that were billed.",
        invoice_references="Invoices and how far is billed name only records that exist and belong together.",
        invoice_run_proof="Each invoice run's proof line is what its rows, invoices and journal say.",
    )
