"""The demo provider: the same each time, and with something of everything."""

from collections import Counter

import pytest
from django.conf import LazySettings
from django.db.models import Count

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.customers.services import edit_customer
from makegood.demo.names import STORM_AREA
from makegood.demo.records import make_customers
from makegood.demo.services import LOG_INS, fill_demo
from makegood.kit.refusal import Refused
from makegood.orders.filters import filter_records
from makegood.orders.models import Order
from makegood.orders.selectors import list_services
from makegood.providers.models import Provider
from makegood.providers.selectors import get_membership
from makegood.transaction_templates.selectors import get_credit_template, list_templates
from tests.support import records
from tests.support.answers import CommandLine, Verified, read_json, refusal_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(db: None) -> Provider:
    return fill_demo()


def test_the_demo_has_something_of_everything(demo: Provider, assert_verified: Verified) -> None:
    customers = Customer.objects.filter(provider=demo)
    assert customers.count() == 1_200
    orders_each = Counter(
        customers.annotate(number_of_orders=Count("orders")).values_list("number_of_orders", flat=True)
    )
    assert all(orders_each[number] > 30 for number in (0, 1, 2, 3))
    assert all(customers.filter(status=status).count() > 50 for status in ("active", "closed"))
    assert customers.filter(email="").count() > 50
    assert customers.filter(customer_type="business").count() > 80
    assert customers.filter(billing_enabled=False).count() > 20
    assert 300 < customers.filter(autopay=True).count() < 900
    statuses = Counter(Order.objects.filter(provider=demo).values_list("status", flat=True))
    assert all(statuses[status] > 20 for status in Order.Status.values)
    assert len(set(Order.objects.filter(provider=demo).values_list("area", flat=True))) == 8
    assert not Order.objects.filter(customer__status="closed").exclude(status="terminated").exists()
    assert list_services(demo).count() == 6
    assert_verified()


def test_filling_again_changes_nothing(demo: Provider, assert_verified: Verified) -> None:
    before = [list(model.objects.order_by("id").values()) for model in (Customer, Order, Provider)]
    assert fill_demo() == demo
    assert before == [list(model.objects.order_by("id").values()) for model in (Customer, Order, Provider)]
    assert_verified()


def test_what_people_changed_in_the_demo_stays(demo: Provider) -> None:
    edit_customer(customer=get_customer(demo, "100001"), staff_id=None, name="Somebody Else")
    fill_demo()
    assert get_customer(demo, "100001").name == "Somebody Else"


def test_the_invented_customers_are_the_same_each_time() -> None:
    assert list(make_customers()) == list(make_customers())


def test_everybody_can_log_in_with_the_printed_password(demo: Provider) -> None:
    assert [log_in.role for log_in in LOG_INS] == ["viewer", "agent", "billing", "manager", "admin"]
    for log_in in LOG_INS:
        membership = get_membership(demo, log_in.email)
        assert membership.role == log_in.role
        assert membership.staff.check_password(log_in.password)


def test_the_demo_has_templates_of_all_sorts(demo: Provider) -> None:
    assert get_credit_template(demo, "Storm outage").notify
    assert get_credit_template(demo, "Goodwill 5").amount_minor == 500
    assert get_credit_template(demo, "Billing correction").amount_minor is None
    assert list_templates(demo).filter(direction="charge", active=True).exists()
    assert list_templates(demo).filter(direction="credit", active=False).exists()


def test_a_provider_of_that_name_that_is_no_demo_is_left_alone(db: None, makegood_cli: CommandLine) -> None:
    records.add_provider("demo")
    with pytest.raises(Refused, match="is not a demo provider and is left alone"):
        fill_demo()
    assert not Customer.objects.exists()
    assert refusal_code(makegood_cli("demo", "show", "--json")) == "provider_not_demo"
    assert makegood_cli("demo", "fill", "--provider-slug", "demo2").returncode == 0
    assert Customer.objects.count() == 1_200


def test_the_command_prints_what_there_is(makegood_cli: CommandLine, settings: LazySettings) -> None:
    assert refusal_code(makegood_cli("demo", "show", "--json")) == "provider_unknown"
    filled = makegood_cli("demo", "fill")
    assert filled.returncode == 0
    assert "1,200 customers" in filled.stdout
    settings.GIVEN_DATA_FOLDER = ""
    shown = read_json(makegood_cli("demo", "show", "--json", "--command", ".venv/bin/makegood"))
    assert shown["credit_command"] == (
        ".venv/bin/makegood credit --provider demo --as billing@demo.example "
        f"--filter 'area={STORM_AREA}' --template 'Storm outage'"
    )
    settings.GIVEN_DATA_FOLDER = "/tmp/my data"
    text = makegood_cli("demo", "show", "--command", "makegood").stdout
    assert "MAKEGOOD_DATA='/tmp/my data' makegood credit" in text
    assert all(log_in.password in text for log_in in LOG_INS)


def test_the_printed_command_can_be_carried_out(demo: Provider, makegood_cli: CommandLine) -> None:
    expected = filter_records(demo, "customers", {"area": [STORM_AREA]}).count()
    answer = makegood_cli(
        "credit", "--provider", "demo", "--as", "billing@demo.example", "--filter", f"area={STORM_AREA}",
        "--template", "Storm outage", "--rehearse", "--json",
    )  # fmt: skip
    assert answer.returncode == 0
    assert read_json(answer)["selected"] == expected > 200
