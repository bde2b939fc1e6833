"""A provider as the rules say, in plain Python: what people do. Knows nothing of the program. Amounts in minor units.

Each deed returns whether it is done; False where the rules do not allow it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from tests.model.accounts import Bill, Gift, Lot, Payment
from tests.model.billing import Charge, Pause, Sold, Subscriber
from tests.model.cycles import ONE_DAY
from tests.model.days import Days, Person


class Imagined(Days):
    """The provider."""

    # People and what they are sold.

    def join(self, *, is_monthly: bool, pays_early: bool) -> bool:
        self.people.append(Person(Subscriber(is_monthly), pays_early))
        return True

    def sell(self, person: Person, price: int, rate: Fraction, from_day: date) -> bool:
        if person.is_active:
            person.subscriber.orders.append(Sold(from_day, rate, [(from_day, price)]))
        return person.is_active

    def reprice(self, sold: Sold, price: int, from_day: date) -> bool:
        """A price that has the day already changes nothing, which is no refusal."""
        begun = [begins for begins, _ in sold.prices if begins <= max(self.today, sold.from_day)]
        if sold.has_ended or from_day < max(begun):
            return False
        same_day = [agreed for begins, agreed in sold.prices if begins == from_day]
        if not same_day or same_day[-1] != price:
            sold.prices.append((from_day, price))
        return True

    def end(self, sold: Sold, days_ago: int = 0) -> bool:
        if not sold.has_ended:
            sold.last_day = max(sold.from_day, self.today - timedelta(days=days_ago))
            return True
        return False

    def suspend(self, sold: Sold) -> bool:
        """The day on which it is suspended was used still."""
        if sold.goes_on:
            sold.pauses.append(Pause(self.today + ONE_DAY))
        return not sold.has_ended

    def resume(self, sold: Sold) -> bool:
        if sold.is_paused and not sold.has_ended:
            sold.pauses[-1].until = self.today
        return not sold.has_ended

    def close(self, person: Person) -> bool:
        for sold in person.subscriber.orders:
            self.end(sold)
        person.is_active = False
        return True

    def switch_billing(self, person: Person) -> bool:
        person.is_billed = not person.is_billed
        return True

    def change_cycle(self, person: Person) -> bool:
        person.subscriber.change_cycle()
        return True

    # Charges and drafts.

    def charge(self, person: Person, amount: int, rate: Fraction) -> bool:
        """Who has left, or is not billed, is not charged, which is no refusal."""
        if person.is_active and person.is_billed:
            person.subscriber.charges.append(Charge(amount, rate))
        return True

    def cancel_charge(self, charge: Charge) -> bool:
        if charge.state == "billed":
            return False
        charge.state = "cancelled"
        return True

    def bill_now(self, person: Person) -> bool:
        allowed = person.is_billed and bool(person.subscriber.waiting)
        if allowed:
            self.bill_charges(person)
        return allowed

    def bill_all_but(self, person: Person) -> bool:
        """Whoever is due is billed by hand; the draft of that one, if there is any, is discarded."""
        due = [other for other in self.people if other.is_billed and self.is_due(other)]
        for other in due:
            if other is not person:
                self.bill(other, self.today)
        return bool(due)

    # Credits.

    def give(self, people: Sequence[Person], amount: int) -> bool:
        """One credit for each; who has left and owes nothing gets none."""
        gift = Gift(len(people))
        for person in people:
            if person.is_active or person.account.receivable > 0:
                lot = Lot(next(self.places), amount, self.today, gift=gift)
                gift.lots.append(lot)
                person.account.lots.append(lot)
        for person in people:
            self.use_for_late(person)
        self.gifts.append(gift)
        self.book(bool(gift.lots))
        return True

    def change_amount(self, person: Person, lot: Lot, amount: int) -> bool:
        up = amount > lot.amount
        allowed = amount != lot.amount and not lot.is_fixed and amount >= lot.gone
        if up:
            allowed = allowed and lot.gift is not None and lot.gift.to == 1
            allowed = allowed and (lot.expires_on is None or lot.expires_on >= self.today)
            allowed = allowed and (person.is_active or person.account.receivable > 0)
        if allowed:
            lot.adjusted += amount - lot.amount
            lot.amount = amount
            if up:
                self.use_for_late(person)
        return allowed

    def let_expire(self, lot: Lot, day: date | None) -> bool:
        allowed = not lot.is_fixed and day != lot.expires_on and (day is None or day >= self.today)
        if allowed:
            lot.expires_on = day
        return allowed

    def void_credit(self, lot: Lot) -> bool:
        allowed = not lot.is_fixed and lot.left > 0
        if allowed:
            lot.take_back()
        return allowed

    def take_back(self, gift: Gift) -> bool:
        if not gift.lots:
            return False
        for lot in gift.lots:
            if not lot.adjusted:
                lot.take_back()
        return True

    # Bills and money.

    def apply_now(self, person: Person) -> bool:
        return person.account.use_for(person.account.owed, self.today) > 0

    def void_bill(self, person: Person, bill: Bill, *, again: bool, charges_wait: bool) -> bool:
        account = person.account
        if bill.state == "void":
            return True
        if bill.state == "uncollectible" or bill.paid or bill.to_funds:
            return False
        if (again and not self.can_bill_again(person, bill)) or self.is_corrected(person, bill):
            return False
        account.return_uses([use for use in account.uses if use.bill is bill], self.today)
        bill.voided, bill.state = bill.due, "void"
        for line in self.made[bill].lines:
            line.count_in(-1)
        if again:
            self.set_back(person, self.made[bill])
        else:
            self.give_up(self.made[bill])
        if bill.kind == "period":
            person.subscriber.begun.remove(self.made[bill].begin)
        self.end_charges(person, bill, wait=charges_wait or again)
        self.use_for_late(person)
        return True

    def write_off(self, person: Person, bill: Bill) -> bool:
        if bill.state == "uncollectible":
            return True
        if not bill.is_owed or person.account.funds > 0:
            return False
        bill.written_off, bill.state = bill.due, "uncollectible"
        for line in self.made[bill].lines:
            line.write_off()
        return True

    def pay(self, person: Person, amount: int, bill: Bill | None = None) -> bool:
        """Oldest due first, or this one bill, which then gets no more than is due of it."""
        if bill is not None and not bill.is_owed:
            return False
        account = person.account
        payment = account.pay(amount, account.owed if bill is None else [bill], next(self.places), self.today)
        if payment.over:
            self.use_for_late(person)
        self.book()
        return True

    def reverse(self, person: Person, payment: Payment) -> bool:
        allowed = person.account.can_reverse(payment)
        if allowed:
            person.account.reverse(payment, self.today)
            self.use_for_late(person)
        return allowed

    def close_month(self) -> bool:
        month = self.next_to_close()
        allowed = (month + timedelta(days=31)).replace(day=1) <= self.today
        if allowed:
            self.closed_month = month
        return allowed

    def next_to_close(self) -> date:
        """The first day of the month that is closed next."""
        if self.closed_month is not None:
            return (self.closed_month + timedelta(days=31)).replace(day=1)
        return (self.first_booked or self.today).replace(day=1)
