"""What must hold for credits, their runs and what they rest on."""

from makegood.kit.invariants import register


def register_invariants() -> None:
    """Adds the invariants of credits; called when the application starts."""
    register(
        __package__,
        funds_control="Available Funds agree in the journal, the sub-ledger, the credits and the balances.",
        journal_is_entries="Each journal entry moves the Available Funds by what its sub-ledger entries say.",
        balance_is_entries="A customer's Available Funds are the sum of the customer's entries.",
        funds_after="Each entry says the customer's Available Funds after it.",
        credit_parts="The parts of each credit are the sums of its entries.",
        credit_gl_codes="The journal of each GL code of credits says what the credits now on it amount to.",
        booking_dates="Credits and entries are dated as the journal is, and concern no day before the credit.",
        credit_references="Credits and entries name only records that exist and belong to the same customer.",
        credit_changes="The changes of each credit follow from each other, and the credit says what the last one left.",
        change_bookings="Each change booked what it says, and nothing was adjusted or taken back by hand without one.",
        uses="What credits have paid of invoices is the same in uses, credits, invoices and both sub-ledgers.",
        use_references="Uses name only records of the same customer, and a negative invoice has its credits.",
        given_back="What invoices give back as paid money had been paid of the invoices that it comes back of.",
        credit_messages="E-mails tell of credits and changes of their own customer: all who got one of a run, or none.",
        run_proof="Each run's proof line is what its rows, credits and journal say.",
    )
