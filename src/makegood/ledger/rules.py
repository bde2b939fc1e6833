"""Lines of journal entries. Pure: no database."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One side of a journal entry in minor units: exactly one of debit and credit is positive."""

    gl_code_id: int
    debit_minor: int = 0
    credit_minor: int = 0


CONTROL_TYPES = ("receivable", "available_funds", "clearing")

GL_CODES_OF_A_NEW_PROVIDER: tuple[tuple[str, str, str], ...] = (
    ("1000", "Cash", "cash"),
    ("1050", "Payment clearing", "clearing"),
    ("1200", "Accounts receivable", "receivable"),
    ("2100", "Available Funds", "available_funds"),
    ("4000", "Internet service", "service"),
    ("4010", "Phone service", "service"),
    ("4020", "Television service", "service"),
    ("4100", "Fees", "fee"),
    ("4900", "Goodwill credits", "credit"),
    ("4910", "Outage credits", "credit"),
    ("4920", "Billing corrections", "credit"),
    ("2200", "Sales tax", "tax"),
    ("6100", "Bad debt", "write_off"),
)
"""Code, description, type. The three control codes and a usable set of others; the first credit code is the default."""
