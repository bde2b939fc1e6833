"""A bill as far as it explains its own amount. Pure: no database."""

from dataclasses import dataclass
from datetime import date, timedelta

from makegood.invoices.models import Invoice, InvoiceLine

LineKind = InvoiceLine.Kind
BillKind = Invoice.Kind


@dataclass(frozen=True)
class BillLine:
    """One line of an invoice, in minor units as it is printed there.

    name: the service's, or the description of a charge or an adjustment. about: the order or the adjustment, by id.
    from_on, to_on: first and last day that it is for. began_on, ended_on: those of the order or the adjustment.
    """

    kind: str
    amount_minor: int
    name: str
    about: int = 0
    from_on: date | None = None
    to_on: date | None = None
    began_on: date | None = None
    ended_on: date | None = None

    @property
    def days(self) -> int:
        """How many days it is for; none for what is charged once."""
        return (self.to_on - self.from_on).days + 1 if self.from_on and self.to_on else 0


@dataclass(frozen=True)
class Bill:
    """An invoice with its lines; minor units. used_minor: what Available Funds paid of it."""

    kind: str
    total_minor: int
    period_from: date
    period_to: date
    lines: tuple[BillLine, ...] = ()
    number: int | None = None
    used_minor: int = 0
    is_void: bool = False

    @property
    def days(self) -> int:
        """How many days its period has."""
        return (self.period_to - self.period_from).days + 1

    @property
    def tax_on_top_minor(self) -> int:
        """What the invoice is more than its lines: the tax where prices do not include it, else nothing."""
        return self.total_minor - sum(line.amount_minor for line in self.lines)

    def follows(self, before: "Bill") -> bool:
        """Whether its period begins on the day after the other's."""
        return before.period_to + timedelta(days=1) == self.period_from
