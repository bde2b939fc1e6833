"""The sentence that says why this month's bill is what it is."""

from datetime import date

from makegood.statements.bills import LineKind
from tests.statements.bills import DECEMBER, NOVEMBER, OCTOBER, adjustment, bill, charge, sentence, service

LAST_MONTH = bill(service("Fiber 100", 4500, OCTOBER), days=OCTOBER)


def test_the_largest_reasons_are_named_with_their_amounts() -> None:
    before = bill(
        service("Fiber 100", 4500, OCTOBER),
        adjustment("Winter discount", -500, ended_on=date(2026, 10, 31)),
        days=OCTOBER,
    )
    now = bill(
        service("Fiber 100", 4500),
        service("Fiber 300", 2850, (date(2026, 11, 12), date(2026, 11, 30)), order=2, began_on=date(2026, 11, 12)),
        charge("Technician visit", 7500),
        used_minor=2000,
    )
    assert sentence(now, before) == (
        "$108.50 more than last month: Technician visit was charged ($75.00), "
        "Fiber 300 began on Nov 12 (19 days, $28.50) "
        "and Winter discount ended ($5.00 more); Available Funds of $20.00 paid part of it."
    )


def test_what_is_left_over_is_counted_and_summed_up() -> None:
    charges = [charge(f"Part {number}", number * 100) for number in range(1, 6)]
    assert sentence(bill(service("Fiber 100", 4500), *charges), LAST_MONTH) == (
        "$15.00 more than last month: Part 5 was charged ($5.00), Part 4 was charged ($4.00), "
        "Part 3 was charged ($3.00) and 2 smaller changes ($3.00 more)."
    )


def test_one_smaller_change_is_one() -> None:
    charges = [charge(f"Part {number}", number * 100) for number in range(1, 5)]
    assert sentence(bill(service("Fiber 100", 4500), *charges), LAST_MONTH).endswith(
        "and 1 smaller change ($1.00 more)."
    )


def test_a_charge_of_last_month_is_what_this_one_is_less_by() -> None:
    before = bill(service("Fiber 100", 4500, OCTOBER), charge("Technician visit", 7500), days=OCTOBER)
    assert sentence(bill(service("Fiber 100", 4500)), before) == (
        "$75.00 less than last month: Technician visit was charged last time only ($75.00)."
    )


def test_a_charge_that_comes_every_month_is_no_change() -> None:
    before = bill(service("Fiber 100", 4500, OCTOBER), charge("Static address", 500), days=OCTOBER)
    assert sentence(bill(service("Fiber 100", 4500), charge("Static address", 500)), before) == "As much as last month."


def test_several_charges_of_the_same_name_are_one_reason() -> None:
    visits = [charge("Technician visit", 7500), charge("Technician visit", 5000)]
    assert "Technician visit was charged 2 times ($125.00)" in sentence(
        bill(service("Fiber 100", 4500), *visits), LAST_MONTH
    )


def test_a_price_that_rose() -> None:
    assert sentence(bill(service("Fiber 100", 5000)), LAST_MONTH) == (
        "$5.00 more than last month: the price of Fiber 100 rose from $45.00 to $50.00."
    )


def test_the_same_change_of_many_orders_is_one_reason() -> None:
    before = bill(*(service("Fiber 100", 4500, OCTOBER, order=number) for number in range(1, 201)), days=OCTOBER)
    now = bill(*(service("Fiber 100", 5000, order=number) for number in range(1, 201)))
    assert sentence(now, before) == (
        "$1,000.00 more than last month: "
        "the price of Fiber 100 (200 orders) rose from $45.00 to $50.00 ($1,000.00 more)."
    )


def test_a_month_after_a_part_of_one() -> None:
    before = bill(service("Fiber 100", 1500, (date(2026, 10, 22), OCTOBER[1])), days=OCTOBER)
    assert sentence(bill(service("Fiber 100", 4500)), before) == (
        "$30.00 more than last month: Fiber 100 is billed for a whole month instead of 10 days ($30.00 more)."
    )


def test_an_order_that_ended() -> None:
    before = bill(
        service("Fiber 100", 4500, OCTOBER),
        service("TV", 1000, OCTOBER, order=2, ended_on=date(2026, 10, 31)),
        days=OCTOBER,
    )
    assert sentence(bill(service("Fiber 100", 4500)), before) == (
        "$10.00 less than last month: TV ended on Oct 31 ($10.00 less)."
    )


def test_an_order_that_is_not_billed_for_another_reason_is_not_said_to_have_ended() -> None:
    before = bill(service("Fiber 100", 4500, OCTOBER), service("TV", 1000, OCTOBER, order=2), days=OCTOBER)
    assert "TV is not billed this time ($10.00 less)" in sentence(bill(service("Fiber 100", 4500)), before)


def test_unused_time_and_a_price_made_up_for_are_said_now_and_are_gone_next_month() -> None:
    now = bill(
        service("Fiber 100", 4500),
        service("TV", -600, order=2, kind=LineKind.UNUSED_TIME),
        service("Fiber 100", 150, kind=LineKind.PRICE_CHANGE),
    )
    assert sentence(now, LAST_MONTH) == (
        "$4.50 less than last month: $6.00 of unused time of TV was given back and "
        "an earlier price change of Fiber 100 added $1.50."
    )
    assert sentence(bill(service("Fiber 100", 4500, DECEMBER), days=DECEMBER), now) == (
        "$4.50 more than last month: unused time of TV was given back last time ($6.00 more) and "
        "an earlier price change of Fiber 100 was settled last time ($1.50 less)."
    )


def test_a_discount_that_begins_and_one_that_only_does_not_apply() -> None:
    before = bill(service("Fiber 100", 4500, OCTOBER), adjustment("Loyalty", -300), days=OCTOBER)
    now = bill(service("Fiber 100", 4500), adjustment("Winter", -500, number=2, began_on=date(2026, 11, 1)))
    assert sentence(now, before) == (
        "$2.00 less than last month: Winter began ($5.00 less) and Loyalty does not apply this time ($3.00 more)."
    )


def test_tax_below_the_lines_is_said_for_itself() -> None:
    before = bill(service("Fiber 100", 4500, OCTOBER), days=OCTOBER, tax_minor=400)
    assert sentence(bill(service("Fiber 100", 5000), tax_minor=444), before) == (
        "$5.44 more than last month: the price of Fiber 100 rose from $45.00 to $50.00 and $0.44 more tax."
    )


def test_the_same_total_made_up_differently() -> None:
    now = bill(service("Fiber 100", 4000), charge("Router", 500))
    assert sentence(now, LAST_MONTH) == (
        "As much as last month, but made up differently: Router was charged ($5.00) and "
        "the price of Fiber 100 fell from $45.00 to $40.00."
    )


def test_the_first_bill_says_what_it_is_made_of() -> None:
    now = bill(
        service("Fiber 100", 2850, (date(2026, 11, 12), NOVEMBER[1]), began_on=date(2026, 11, 12)),
        charge("Installation", 9900),
        adjustment("Welcome", -500, began_on=date(2026, 11, 1)),
        tax_minor=250,
        used_minor=12500,
    )
    assert sentence(now, None) == (
        "The first regular invoice, $125.00: Installation ($99.00), Fiber 100 began on Nov 12 (19 days, $28.50), "
        "$5.00 off by Welcome and $2.50 of tax; Available Funds of $125.00 paid all of it."
    )


def test_a_final_bill_is_not_compared_with_a_month() -> None:
    final = bill(service("Fiber 100", -3000, kind=LineKind.UNUSED_TIME), kind="final", number=8)
    assert sentence(final, LAST_MONTH) == (
        "The final invoice, $30.00 in favor of the customer: $30.00 of unused time of Fiber 100 was given back; "
        "the $30.00 became Available Funds."
    )


def test_single_charges_are_not_compared_with_a_month() -> None:
    single = bill(charge("Technician visit", 7500), kind="single")
    assert sentence(single, LAST_MONTH) == "Single invoice, $75.00: Technician visit ($75.00)."


def test_a_void_invoice_has_nothing_to_explain() -> None:
    void = bill(service("Fiber 100", 9900), is_void=True)
    assert sentence(void, LAST_MONTH) == "This invoice is void: nothing of it is owed."


def test_a_bill_in_favor_of_the_customer_says_so() -> None:
    now = bill(
        service("Fiber 100", 4500),
        service("Leased line", -9000, order=2, kind=LineKind.UNUSED_TIME),
        number=9,
    )
    assert sentence(now, LAST_MONTH) == (
        "$45.00 in favor of the customer, $90.00 less than last month: "
        "$90.00 of unused time of Leased line was given back; the $45.00 became Available Funds."
    )


def test_a_bill_after_a_pause_names_the_one_it_is_compared_with() -> None:
    now = bill(service("Fiber 100", 5000, DECEMBER), days=DECEMBER)
    before = bill(service("Fiber 100", 4500, OCTOBER), days=OCTOBER, number=7)
    assert sentence(now, before) == (
        "$5.00 more than invoice 7 (Oct 1 to Oct 31, 2026): the price of Fiber 100 rose from $45.00 to $50.00."
    )


def test_a_long_description_is_cut() -> None:
    now = bill(service("Fiber 100", 4500), charge("x" * 300, 100))
    assert f"{'x' * 59}… was charged ($1.00)" in sentence(now, LAST_MONTH)
