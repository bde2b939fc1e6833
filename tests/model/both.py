"""Every deed in both worlds: each must do it or refuse it, and afterwards both must say the same. Things are named by a
number that is counted round. Money is in hundredths of a unit, whatever the currency."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import TypeVar

from tests.model.days import Person
from tests.model.imagined import Imagined
from tests.model.real import Real, Shape

T = TypeVar("T")


class Both:
    """A provider that is real, and the one that is imagined."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.imagined = Imagined(shape.terms)
        self.real = Real(shape)

    def require_same(self) -> None:
        """Balances, bills, credits and fees of everybody."""
        real, imagined = self.real.describe(), described(self.imagined)
        other = [
            f"{who}:\n  model   {imagined[who]}\n  program {real[who]}" for who in real if real[who] != imagined[who]
        ]
        assert not other, "\n".join([f"on {self.imagined.today}", *other])

    def has(self, what: str) -> bool:
        """Whether anybody has such a thing."""
        return any(getattr(person.account, what) for person in self.imagined.people)

    def has_charges(self) -> bool:
        """Whether anybody has been charged."""
        return any(person.subscriber.charges for person in self.imagined.people)

    # People and what they are sold.

    def join(self, *, is_monthly: bool = True, pays_early: bool = False) -> None:
        self._both(lambda it: it.join(is_monthly=is_monthly, pays_early=pays_early))

    def sell(self, who: int, price: int, rate: int = 0, days_ago: int = 0) -> None:
        place, person = self._person(who)
        day = max(self.imagined.today - timedelta(days=days_ago), self.shape.terms.first_day)
        _, text = pick(self.shape.rates, rate)
        minor = self._minor(price)
        self._same(self.imagined.sell(person, minor, Fraction(text), day), self.real.sell(place, minor, text, day))

    def reprice(self, who: int, which: int, price: int, in_days: int) -> None:
        place, person = self._person(who)
        at, sold = pick(person.subscriber.orders, which)
        day = max(self.imagined.today + timedelta(days=in_days), sold.from_day)
        minor = self._minor(price)
        self._same(self.imagined.reprice(sold, minor, day), self.real.reprice(place, at, minor, day))

    def end(self, who: int, which: int, days_ago: int = 0) -> None:
        place, person = self._person(who)
        at, sold = pick(person.subscriber.orders, which)
        self._same(self.imagined.end(sold, days_ago), self.real.end(place, at, days_ago))

    def suspend(self, who: int, which: int) -> None:
        place, person = self._person(who)
        at, sold = pick(person.subscriber.orders, which)
        self._same(self.imagined.suspend(sold), self.real.suspend(place, at))

    def resume(self, who: int, which: int) -> None:
        place, person = self._person(who)
        at, sold = pick(person.subscriber.orders, which)
        self._same(self.imagined.resume(sold), self.real.resume(place, at))

    def close(self, who: int) -> None:
        place, person = self._person(who)
        self._same(self.imagined.close(person), self.real.close(place))

    def switch_billing(self, who: int) -> None:
        place, person = self._person(who)
        self._same(self.imagined.switch_billing(person), self.real.switch_billing(place))

    def change_cycle(self, who: int) -> None:
        place, person = self._person(who)
        self._same(self.imagined.change_cycle(person), self.real.change_cycle(place, person.subscriber.is_monthly))

    # Charges and drafts.

    def charge(self, who: int, amount: int, rate: int = 0) -> None:
        place, person = self._person(who)
        _, text = pick(self.shape.rates, rate)
        minor = self._minor(amount)
        self._same(self.imagined.charge(person, minor, Fraction(text)), self.real.charge(place, minor, text))

    def cancel_charge(self, who: int, which: int) -> None:
        able = [at for at, person in enumerate(self.imagined.people) if person.subscriber.charges]
        place = able[who % len(able)]
        at, charge = pick(self.imagined.people[place].subscriber.charges, which)
        self._same(self.imagined.cancel_charge(charge), self.real.cancel_charge(place, at))

    def bill_now(self, who: int) -> None:
        place, person = self._person(who)
        self._same(self.imagined.bill_now(person), self.real.bill_now(place))

    def bill_all_but(self, who: int) -> None:
        place, person = self._person(who)
        self._same(self.imagined.bill_all_but(person), self.real.bill_all_but(place))

    # Days.

    def day_by_day(self, days: int) -> None:
        for _ in range(days):
            self._both(lambda it: it.let_pass(1))

    def sleep(self, days: int) -> None:
        self._both(lambda it: it.let_pass(days))

    # Credits.

    def give(self, who: Sequence[int], amount: int) -> None:
        places = sorted({self._person(one)[0] for one in who})
        people = [self.imagined.people[place] for place in places]
        minor = self._minor(amount)
        self._same(self.imagined.give(people, minor), self.real.give(places, minor))

    def change_amount(self, who: int, which: int, amount: int) -> None:
        place, person = self._person(who, "lots")
        at, lot = pick(person.account.lots, which)
        minor = self._minor(amount)
        self._same(self.imagined.change_amount(person, lot, minor), self.real.change_amount(place, at, minor))

    def let_expire(self, who: int, which: int, in_days: int | None) -> None:
        place, person = self._person(who, "lots")
        at, lot = pick(person.account.lots, which)
        day = None if in_days is None else self.imagined.today + timedelta(days=in_days)
        self._same(self.imagined.let_expire(lot, day), self.real.let_expire(place, at, day))

    def void_credit(self, who: int, which: int) -> None:
        place, person = self._person(who, "lots")
        at, lot = pick(person.account.lots, which)
        self._same(self.imagined.void_credit(lot), self.real.void_credit(place, at))

    def take_back(self, which: int) -> None:
        at, gift = pick(self.imagined.gifts, which)
        self._same(self.imagined.take_back(gift), self.real.take_back(at))

    # Bills and money.

    def apply_now(self, who: int) -> None:
        place, person = self._person(who)
        self._same(self.imagined.apply_now(person), self.real.apply_now(place))

    def void_bill(self, who: int, which: int, *, again: bool, charges_wait: bool = True) -> None:
        place, person = self._person(who, "bills")
        at, bill = pick(person.account.bills, which)
        done = self.imagined.void_bill(person, bill, again=again, charges_wait=charges_wait)
        self._same(done, self.real.void_bill(place, at, again=again, charges_wait=charges_wait))

    def write_off(self, who: int, which: int) -> None:
        place, person = self._person(who, "bills")
        at, bill = pick(person.account.bills, which)
        self._same(self.imagined.write_off(person, bill), self.real.write_off(place, at))

    def pay(self, who: int, amount: int) -> None:
        place, person = self._person(who)
        minor = self._minor(amount)
        self._same(self.imagined.pay(person, minor), self.real.pay(place, minor))

    def pay_one(self, who: int, which: int, amount: int) -> None:
        place, person = self._person(who, "bills")
        at, bill = pick(person.account.bills, which)
        minor = self._minor(amount)
        self._same(self.imagined.pay(person, minor, bill), self.real.pay(place, minor, at))

    def reverse(self, who: int, which: int) -> None:
        place, person = self._person(who, "payments")
        at, payment = pick(person.account.payments, which)
        self._same(self.imagined.reverse(person, payment), self.real.reverse(place, at))

    def close_month(self) -> None:
        month = self.imagined.next_to_close()
        self._same(self.imagined.close_month(), self.real.close_month(month))

    # Between the two.

    def _both(self, deed: Callable[[Imagined | Real], object]) -> None:
        self._same(deed(self.imagined), deed(self.real))

    def _same(self, imagined: object, real: object) -> None:
        assert real == imagined, f"the model says {imagined}, the program {real}"

    def _minor(self, hundredths: int) -> int:
        return max(hundredths * self.shape.unit // 100, 1)

    def _person(self, which: int, what: str = "") -> tuple[int, Person]:
        """One of the people; what: one who has such a thing."""
        people = list(enumerate(self.imagined.people))
        able = [(place, person) for place, person in people if not what or getattr(person.account, what)]
        return able[which % len(able)]


def pick(things: Sequence[T], which: int) -> tuple[int, T]:
    """One of the things, with its place."""
    place = which % len(things)
    return place, things[place]


def described(imagined: Imagined) -> dict[str, list[object]]:
    """Everybody's money as the model has it."""
    return {f"P{place}": _describe(person) for place, person in enumerate(imagined.people, start=1)}


def _describe(person: Person) -> list[object]:
    account = person.account
    said: list[object] = [("balance", account.funds, account.receivable)]
    said += [("bill", bill.state, bill.due_on, bill.total, bill.due, bill.used, bill.paid) for bill in account.bills]
    said += [
        ("lot", lot.left, lot.used, lot.expired, lot.taken, lot.expires_on, lot.is_paid_money) for lot in account.lots
    ]
    return said + [("charge", charge.amount) for charge in person.subscriber.waiting]
