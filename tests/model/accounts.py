"""What a customer has and owes: lots of credit, bills, what paid what. Knows nothing of the program. In minor units."""

from dataclasses import dataclass, field
from datetime import date, timedelta

LIVES_ON = timedelta(days=30)


@dataclass(eq=False)
class Gift:
    """What was given in one go, to one customer or to several."""

    to: int
    lots: list["Lot"] = field(default_factory=list)


@dataclass(eq=False)
class Lot:
    """A credit. is_paid_money: what somebody has paid. is_given_up: what comes back to it is taken back."""

    place: int
    amount: int
    issued_on: date
    is_paid_money: bool = False
    gift: Gift | None = None
    expires_on: date | None = None
    adjusted: int = 0
    used: int = 0
    expired: int = 0
    taken: int = 0
    is_given_up: bool = False
    is_from_bill: bool = False

    @property
    def is_fixed(self) -> bool:
        """Nobody has given it, so nobody changes it or takes it back."""
        return self.is_paid_money or self.is_from_bill

    @property
    def gone(self) -> int:
        return self.used + self.expired + self.taken

    @property
    def left(self) -> int:
        return self.amount - self.gone

    def lives(self, day: date) -> bool:
        return self.left > 0 and (self.expires_on is None or self.expires_on >= day)

    def take_back(self) -> None:
        self.taken += self.left
        self.is_given_up = True

    def give_back(self, amount: int, today: date) -> None:
        """A part that had paid something comes back."""
        self.used -= amount
        if self.is_given_up:
            self.taken += amount
        elif self.expires_on is not None and self.expires_on < today:
            self.expires_on = today + LIVES_ON


@dataclass(eq=False)
class Bill:
    """An invoice. kind: *period* or *final*. given_back: what was paid of it and has come back as paid money since."""

    place: int
    kind: str
    total: int
    due_on: date
    collect_on: date
    issued_on: date
    state: str = "open"
    used: int = 0
    paid: int = 0
    written_off: int = 0
    voided: int = 0
    to_funds: int = 0
    given_back: int = 0
    has_fee: bool = False

    @property
    def due(self) -> int:
        return self.total + self.to_funds - self.used - self.paid - self.written_off - self.voided

    @property
    def is_owed(self) -> bool:
        return self.state in ("open", "late")

    def settle(self) -> None:
        if self.is_owed and self.due == 0:
            self.state = "paid"

    def owe_again(self, today: date) -> None:
        if self.state == "paid" and self.due:
            self.state = "late" if self.due_on < today else "open"


@dataclass(eq=False)
class Use:
    """A part of a lot that paid a part of a bill."""

    lot: Lot
    bill: Bill
    amount: int


@dataclass(eq=False)
class Payment:
    """Money that came in. parts: what each bill got. over: what was too much."""

    amount: int
    parts: list[tuple[Bill, int]]
    over: Lot | None = None
    is_reversed: bool = False


@dataclass(eq=False)
class Account:
    """A customer's money."""

    lots: list[Lot] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)

    @property
    def funds(self) -> int:
        return sum(lot.left for lot in self.lots)

    @property
    def owed(self) -> list[Bill]:
        return sorted((bill for bill in self.bills if bill.is_owed), key=lambda bill: (bill.due_on, bill.place))

    @property
    def late(self) -> list[Bill]:
        return [bill for bill in self.owed if bill.state == "late"]

    @property
    def receivable(self) -> int:
        return sum(bill.due for bill in self.bills)

    def use_for(self, bills: list[Bill], today: date, lots: list[Lot] | None = None) -> int:
        """Lots pay bills, one after the other; how much they paid. All lots, unless some are named."""
        lots = sorted(
            (lot for lot in (self.lots if lots is None else lots) if lot.lives(today)),
            key=lambda lot: (lot.expires_on or date.max, lot.is_paid_money, lot.issued_on, lot.place),
        )
        paid = 0
        for bill in bills:
            for lot in lots:
                part = min(bill.due, lot.left)
                if part:
                    lot.used += part
                    bill.used += part
                    paid += part
                    self.uses.append(Use(lot, bill, part))
            bill.settle()
        return paid

    def return_uses(self, uses: list[Use], today: date) -> None:
        """What these uses paid goes back to its lots and is owed again."""
        for use in uses:
            use.bill.used -= use.amount
            use.bill.owe_again(today)
            use.lot.give_back(use.amount, today)
        self.uses = [use for use in self.uses if use not in uses]

    def pay(self, amount: int, bills: list[Bill], place: int, today: date) -> Payment:
        """Money pays bills, one after the other; what is over becomes a lot."""
        payment, left = Payment(amount, []), amount
        for bill in bills:
            part = min(left, bill.due)
            if part:
                payment.parts.append((bill, part))
                bill.paid += part
                bill.settle()
                left -= part
        if left:
            payment.over = Lot(place, left, today, is_paid_money=True)
            self.lots.append(payment.over)
        self.payments.append(payment)
        return payment

    def can_reverse(self, payment: Payment) -> bool:
        spent = [use.bill for use in self.uses if use.lot is payment.over]
        return not payment.is_reversed and all(bill.state != "uncollectible" for bill in spent)

    def reverse(self, payment: Payment, today: date) -> None:
        """As if the money had never come; what was paid of a bill that was given up since is given up too."""
        if payment.over is not None:
            self.return_uses([use for use in self.uses if use.lot is payment.over], today)
            payment.over.taken += payment.over.left
        for bill, part in payment.parts:
            bill.paid -= part
            if bill.state == "uncollectible":
                bill.written_off += part
            bill.owe_again(today)
        payment.is_reversed = True
