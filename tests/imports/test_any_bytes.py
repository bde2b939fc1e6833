"""Whatever a file holds, an import ends with a report or a refusal."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makegood.customers.models import Customer
from makegood.imports.report import ImportReport
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from tests.imports.plain import ANNA, HEADER, PLAIN_MAP, BringIn
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db]

# What breaks readers of tables, beside ordinary text.
TROUBLE = st.sampled_from(
    ['"', '""', ",", ";", "\n", "\r", "\r\n", "\0", "\x01", "\x02", "\\", r"\N", r"\.", "\ufeff", "\u2028", "é", "😀"]
)
CELL = (
    st.text(max_size=12)
    | TROUBLE
    | st.sampled_from(["on", "off", "DSL", "1.00", "-1", "2024-02-30", "2024-02-01", "C1-1"])
)
ROW = st.lists(CELL, min_size=7, max_size=9).map(",".join) | st.just(ANNA) | st.text(max_size=60)
TABLE = st.lists(ROW, max_size=6).map(lambda rows: "\n".join((HEADER, *rows)).encode("utf-8", "replace"))
FILE = st.binary(max_size=200) | TABLE | st.tuples(TABLE, st.binary(max_size=20)).map(b"".join)
ENCODING = st.sampled_from(["utf-8", "latin-1", "windows-1252"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=FILE, encoding=ENCODING, skip_bad=st.booleans())
def test_any_file_gives_a_report_or_a_refusal(
    bring_in: BringIn, assert_verified: Verified, content: bytes, encoding: str, skip_bad: bool
) -> None:
    report: ImportReport | None = None
    before = Customer.objects.count(), Order.objects.count()
    with contextlib.suppress(Refused):
        report = bring_in(content=content, map=f'[file]\nencoding = "{encoding}"\n{PLAIN_MAP}', skip_bad=skip_bad)
    if report is None or not report.written:
        assert before == (Customer.objects.count(), Order.objects.count())
    else:
        assert Customer.objects.count() == before[0] + report.customers.added
        assert Order.objects.count() == before[1] + report.orders.added
        assert report.bad_rows == 0 or skip_bad
    assert_verified()
