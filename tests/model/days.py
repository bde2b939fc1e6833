"""The daily work of a provider as the rules say, in plain Python. Knows nothing of the program. In minor units."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from tests.model.accounts import Account, Bill, Gift
from tests.model.billing import Charge, Line, Sold, Subscriber, total_of
from tests.model.cycles import ONE_DAY, cycle_of, days_between
from tests.model.giving import find_paid_back, give_back


@dataclass(frozen=True)
class Terms:
    """How the provider bills; days count from the issue, grace_days from the due date. fee: for a late bill, or 0."""

    first_day: date
    with_tax: bool = False
    due_days: int = 14
    autopay_days: int = 5
    fee: int = 0
    grace_days: int = 5


@dataclass(eq=False)
class Person:
    """A customer."""

    subscriber: Subscriber
    pays_early: bool
    account: Account = field(default_factory=Account)
    is_active: bool = True
    is_billed: bool = True


@dataclass(eq=False)
class Issued:
    """What a bill was made of, so that it can be made again. begin: of its period."""

    begin: date
    lines: list[Line]
    days: dict[Sold, list[date]]
    charges: list[Charge]


class Days:
    """A provider whose days are worked."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.today = terms.first_day
        self.people: list[Person] = []
        self.gifts: list[Gift] = []
        self.made: dict[Bill, Issued] = {}
        self.closed_month: date | None = None
        self.first_booked: date | None = None
        self.places = count(1)

    def let_pass(self, days: int) -> None:
        """The provider's computer sleeps so many days, and makes up for them on the last."""
        before = self.today
        self.today += timedelta(days=days)
        for day in days_between(before + ONE_DAY, self.today + ONE_DAY):
            self.work(day)

    def work(self, day: date) -> None:
        """The daily job of a day, done today."""
        for person in self.people:
            if not person.is_billed:
                self._pass_over(person, day)
            while person.is_billed and self.bill(person, day):
                pass
        self._collect(day)
        for bill in [bill for person in self.people for bill in person.account.owed if bill.due_on < day]:
            bill.state = "late"
        self._collect(day)
        self._charge_fees(day)
        for lot in [lot for person in self.people for lot in person.account.lots]:
            if lot.expires_on is not None and lot.expires_on < day:
                lot.expired += lot.left

    def bill(self, person: Person, day: date) -> bool:
        """One period, or the last bill; False if nothing is to be billed yet."""
        subscriber = person.subscriber
        period = subscriber.find_period()
        if period is None:
            return subscriber.has_something_to_settle(day) and self._settle_last(person, day)
        begin, until = period
        if begin > day:
            return False
        self._issue(person, "period", begin, until)
        subscriber.billing_day, subscriber.next_period = subscriber.day_of_cycle(), until
        return True

    def is_due(self, person: Person) -> bool:
        """Whether there is anything to be billed today."""
        subscriber = person.subscriber
        period = subscriber.find_period()
        if period is None:
            return subscriber.has_something_to_settle(self.today) and bool(subscriber.lines_until(self.today))
        begin, until = period
        return begin <= self.today and bool(subscriber.lines_until(until))

    def _pass_over(self, person: Person, day: date) -> None:
        """Who is not billed on a day is never billed for the period that the day is in."""
        subscriber = person.subscriber
        for sold in subscriber.orders:
            if any(unbilled <= day for unbilled in sold.unbilled(day + ONE_DAY)):
                sold.pass_over(cycle_of(day, subscriber.billing_day or sold.from_day.day)[1])
        if subscriber.next_period is not None and subscriber.next_period <= day:
            subscriber.next_period = None

    def _settle_last(self, person: Person, day: date) -> bool:
        lines = person.subscriber.lines_until(day)
        person.subscriber.stop()
        if lines:
            ends = any(line.sold is not None and line.sold.has_ended for line in lines)
            self._issue(person, "final" if ends else "single", day, day)
        return bool(lines)

    def bill_charges(self, person: Person) -> None:
        """All that waits, and nothing else."""
        self._write(person, "single", self.today, person.subscriber.charge_lines(), {})
        person.subscriber.settle_charges()
        if not person.subscriber.going:
            person.subscriber.stop()

    def _issue(self, person: Person, kind: str, begin: date, until: date) -> None:
        subscriber = person.subscriber
        lines = subscriber.lines_until(until)
        if not lines:
            return
        self._write(person, kind, begin, lines, {sold: sold.unbilled(until) for sold in subscriber.orders})
        subscriber.settle(until, lines)
        if kind == "period":
            subscriber.begun.append(begin)

    def _write(
        self, person: Person, kind: str, begin: date, lines: list[Line], days_billed: dict[Sold, list[date]]
    ) -> None:
        terms, account = self.terms, person.account
        total = total_of(lines, with_tax=terms.with_tax)
        days = terms.autopay_days if person.pays_early else terms.due_days
        bill = Bill(
            place=next(self.places),
            kind=kind,
            total=total,
            due_on=self.today + timedelta(days=terms.due_days),
            collect_on=self.today + timedelta(days=days),
            issued_on=self.today,
        )
        bill_of = {line: bill for bill in account.bills for line in self.made[bill].lines}
        paid_back = find_paid_back(account, bill_of, lines, with_tax=terms.with_tax) if total < 0 else {}
        self.made[bill] = Issued(begin, lines, days_billed, person.subscriber.waiting)
        account.bills.append(bill)
        if total < 0:
            account.use_for(account.owed, self.today, give_back(account, bill, paid_back, self.places))
        bill.settle()
        self.book(total != 0)

    def can_bill_again(self, person: Person, bill: Bill) -> bool:
        """Only the last bill of a period, that corrects nothing, and behind which no days have passed unbilled."""
        made = self.made[bill]
        is_last = bill is [other for other in person.account.bills if other.kind != "single"][-1]
        if bill.kind != "period" or not is_last or any(line.is_correction for line in made.lines):
            return False
        return all(max(sold.billed) == days[-1] for sold, days in made.days.items() if days)

    def is_corrected(self, person: Person, bill: Bill) -> bool:
        """Whether a later bill has corrected or given back days that this one has billed."""
        later = [other for other in person.account.bills if other.place > bill.place and other.state != "void"]
        corrections = [line for other in later for line in self.made[other].lines if line.is_correction]
        days = self.made[bill].days
        return any(line.sold and set(line.days) & set(days.get(line.sold, ())) for line in corrections)

    def set_back(self, person: Person, made: Issued) -> None:
        person.subscriber.next_period = made.begin
        for sold, days in made.days.items():
            for day in days:
                del sold.billed[day]

    def give_up(self, made: Issued) -> None:
        """Nothing of it is billed again, and a price that it corrected is not corrected again."""
        for sold, days in made.days.items():
            sold.give_up(days)
        for line in made.lines:
            line.fix_price()

    def end_charges(self, person: Person, bill: Bill, *, wait: bool) -> None:
        """Of a bill that is void: its own late fee ends, what stood on it waits again or ends."""
        for charge in person.subscriber.waiting:
            if charge.fee_of is bill:
                charge.state = "cancelled"
        for charge in self.made[bill].charges:
            of_void = isinstance(charge.fee_of, Bill) and charge.fee_of.state == "void"
            charge.state = "waiting" if wait and not of_void else "cancelled"

    def _collect(self, day: date) -> None:
        for person in self.people:
            if person.is_billed:
                owed = person.account.owed
                ready = [bill for bill in owed if bill.state == "late" or bill.collect_on <= day]
                # What could be used on its day is used, although that day is made up for later.
                person.account.use_for(ready, day)

    def _charge_fees(self, day: date) -> None:
        for person in self.people:
            if not (self.terms.fee and person.is_billed and person.is_active and person.subscriber.going):
                continue
            left = sum(lot.left for lot in person.account.lots if lot.lives(day))
            charged = []
            for bill in person.account.late:
                left -= bill.due
                if left < 0 and not bill.has_fee and bill.due_on + timedelta(days=self.terms.grace_days) <= day:
                    bill.has_fee = True
                    charged.append(bill)
            in_order = sorted(charged, key=lambda bill: bill.place)
            person.subscriber.charges += [Charge(self.terms.fee, fee_of=bill) for bill in in_order]

    def use_for_late(self, person: Person) -> None:
        if person.is_billed:
            person.account.use_for(person.account.late, self.today)

    def book(self, is_money: bool = True) -> None:
        if is_money and self.first_booked is None:
            self.first_booked = self.today
