"""Tax on invoices: rounded once for each rate, in prices without tax and with it."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makegood.invoices.models import Invoice
from makegood.invoices.selectors import list_lines, list_taxes
from makegood.kit.invariants import find_differences
from makegood.providers.models import Provider
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    add_taxed_service,
    balance_of_gl_code,
    invoice_of,
    issue_invoices,
    on_day,
)
from tests.support.records import add_order

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

PRICES = st.lists(
    st.tuples(st.integers(0, 20_000), st.sampled_from(["0", "7", "8.875", "19", "25.5", "100"])), min_size=1, max_size=8
)


def rounded(amount: Decimal) -> int:
    """Half away from zero."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def bill(provider: Provider, prices: list[tuple[int, str]], number: str = "C1") -> Invoice:
    """The invoice of a customer with an order at each of the prices, with its tax rate in percent."""
    for rate in {rate for _, rate in prices}:
        if not provider.service_set.filter(name=rate).exists():
            add_taxed_service(provider, rate, tax_rate=rate)
    with on_day(FIRST):
        customer = add_billed_customer(provider, number, orders=0)
        for position, (price, rate) in enumerate(prices):
            add_order(customer, f"{number}-{position}", service=rate, price_minor=price, from_date=FIRST)
    issue_invoices(provider, FIRST)
    return invoice_of(provider, number)


def test_tax_comes_on_top_of_prices_without_it(assert_verified: Verified) -> None:
    provider = add_billing_provider()

    invoice = bill(provider, [(999, "8.875"), (999, "8.875"), (500, "0")])

    # 1998 at 8.875 % are 177.3225: rounded once, not line by line.
    assert (invoice.net_minor, invoice.tax_minor, invoice.total_minor) == (2498, 177, 2675)
    assert balance_of_gl_code(provider, "2200") == -177
    assert balance_of_gl_code(provider, "4000") == -2498
    assert_verified()


def test_tax_is_taken_out_of_prices_with_it(assert_verified: Verified) -> None:
    provider = add_billing_provider(prices_include_tax=True)

    invoice = bill(provider, [(1999, "19"), (1999, "19"), (1999, "19")])

    assert (invoice.total_minor, invoice.tax_minor) == (5997, 958)
    assert [line.net_minor for line in list_lines(invoice)] == [1680, 1680, 1679]
    assert balance_of_gl_code(provider, "4000") == -5039
    assert_verified()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prices=PRICES, with_tax=st.booleans())
def test_lines_and_taxes_always_add_up(prices: list[tuple[int, str]], with_tax: bool) -> None:
    slug = f"p{Provider.objects.count()}"
    provider = add_billing_provider(slug, prices_include_tax=with_tax)

    invoice = bill(provider, prices)

    gross = {rate: sum(price for price, of in prices if of == rate) for _, rate in prices}
    share = {rate: Decimal(rate) / ((100 + Decimal(rate)) if with_tax else 100) for rate in gross}
    expected = {Decimal(rate): rounded(gross[rate] * share[rate]) for rate in gross if Decimal(rate)}
    assert {tax.tax_rate: tax.tax_minor for tax in list_taxes(invoice)} == expected
    total = sum(gross.values()) + (0 if with_tax else sum(expected.values()))
    assert invoice.total_minor == total
    assert not find_differences()
