"""``makegood services``, ``gl-codes``, ``templates`` and ``orders``: the records behind customers and credits."""

import argparse
from datetime import date
from decimal import Decimal, InvalidOperation

from makegood.cli.arguments import Actions, add_json, add_provider, provider_of
from makegood.cli.output import decimal_of, print_json, print_table, print_text
from makegood.customers.selectors import get_customer
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code, list_gl_codes
from makegood.ledger.services import add_gl_code, set_default_credit_gl_code, set_gl_code_active
from makegood.orders.models import Order
from makegood.orders.selectors import get_order, get_service, list_orders_of, list_services
from makegood.orders.services.add_order import ServiceAddress, add_order
from makegood.orders.services.add_service import add_service
from makegood.orders.services.order_status import set_order_status
from makegood.providers.models import Provider
from makegood.transaction_templates.selectors import list_templates
from makegood.transaction_templates.services import add_template, set_template_active


def add_parser(subparsers: Actions) -> None:
    _add_services(subparsers.add_parser("services", help="what is sold").add_subparsers(metavar="ACTION"))
    _add_gl_codes(subparsers.add_parser("gl-codes", help="general ledger codes").add_subparsers(metavar="ACTION"))
    _add_templates(subparsers.add_parser("templates", help="transaction templates").add_subparsers(metavar="ACTION"))
    _add_orders(subparsers.add_parser("orders", help="customers' orders").add_subparsers(metavar="ACTION"))


def _add_services(actions: Actions) -> None:
    add = _action(actions, "add", "add a service", run_services_add)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--price", required=True, metavar="AMOUNT", help="per month")
    add.add_argument("--gl-code", required=True, metavar="CODE")
    add.add_argument("--tax-rate", default="0", metavar="PERCENT")
    _action(actions, "list", "list the services", run_services_list)


def _add_gl_codes(actions: Actions) -> None:
    add = _action(actions, "add", "add a GL code", run_gl_codes_add)
    add.add_argument("code", metavar="CODE")
    add.add_argument("--type", required=True)
    add.add_argument("--description", default="")
    _action(actions, "list", "list the GL codes", run_gl_codes_list)
    change = _action(actions, "set", "activate or deactivate a GL code", run_gl_codes_set)
    change.add_argument("code", metavar="CODE")
    change.add_argument("--active", choices=["yes", "no"])
    change.add_argument("--default", action="store_true", help="use it for credits that name no GL code")


def _add_templates(actions: Actions) -> None:
    add = _action(actions, "add", "add a transaction template", run_templates_add)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--direction", default="credit", help="credit or charge")
    add.add_argument("--kind", default="goodwill", help="goodwill, outage or correction")
    add.add_argument("--amount", metavar="AMOUNT")
    add.add_argument("--description", default="")
    add.add_argument("--gl-code", metavar="CODE")
    add.add_argument("--notify", action="store_true")
    _action(actions, "list", "list the transaction templates", run_templates_list)
    change = _action(actions, "set", "activate or deactivate a template", run_templates_set)
    change.add_argument("name", metavar="NAME")
    change.add_argument("--active", choices=["yes", "no"], required=True)


def _add_orders(actions: Actions) -> None:
    add = _action(actions, "add", "sell a service to a customer", run_orders_add)
    add.add_argument("number", metavar="NUMBER")
    add.add_argument("--customer", required=True, metavar="NUMBER")
    add.add_argument("--service", required=True, metavar="NAME")
    add.add_argument("--from", dest="from_date", required=True, metavar="DATE", help="such as 2026-01-31")
    add.add_argument("--area", default="")
    add.add_argument("--street", default="")
    add.add_argument("--postal-code", default="")
    add.add_argument("--price", metavar="AMOUNT", help="per month; the service's price if left out")
    show = _action(actions, "show", "show an order", run_orders_show)
    show.add_argument("number", metavar="NUMBER")
    listed = _action(actions, "list", "list a customer's orders", run_orders_list)
    listed.add_argument("--customer", required=True, metavar="NUMBER")
    change = _action(actions, "set", "suspend, reactivate or terminate an order", run_orders_set)
    change.add_argument("number", metavar="NUMBER")
    change.add_argument("--status", required=True)
    change.add_argument("--from", dest="from_date", metavar="DATE", help="first day of a pending order made active")


def _action(actions: Actions, name: str, text: str, run: object) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text)
    add_provider(parser)
    add_json(parser)
    parser.set_defaults(run=run)
    return parser


def _show(arguments: argparse.Namespace, records: list[dict[str, object]], right: tuple[str, ...] = ()) -> int:
    if arguments.json:
        print_json(records)
    elif records:
        print_table(list(records[0]), [list(record.values()) for record in records], right=right)
    else:
        print_text("There are none.")
    return 0


def _done(arguments: argparse.Namespace, text: str) -> int:
    print_json({"done": text}) if arguments.json else print_text(text)
    return 0


def _price(provider: Provider, text: str) -> int:
    return parse_amount(text, provider.currency_digits, "price", zero_allowed=True)


def run_services_add(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    try:
        tax_rate = Decimal(arguments.tax_rate)
    except InvalidOperation:
        raise Refused("tax_rate", "The tax rate is a percentage from 0 to 100.", "tax_rate") from None
    service = add_service(
        provider=provider,
        name=arguments.name,
        price_minor=_price(provider, arguments.price),
        gl_code=get_gl_code(provider, arguments.gl_code),
        tax_rate=tax_rate,
        staff_id=None,
    )
    return _done(arguments, f"Added the service {service.name}.")


def run_services_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    records: list[dict[str, object]] = [
        {
            "name": service.name,
            "price": decimal_of(provider, service.price_minor),
            "tax_rate": f"{service.tax_rate}",
            "gl_code": service.gl_code.code,
            "active": "yes" if service.active else "no",
        }
        for service in list_services(provider)
    ]
    return _show(arguments, records, right=("price", "tax_rate"))


def run_gl_codes_add(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    code = add_gl_code(
        provider=provider,
        code=arguments.code,
        description=arguments.description,
        type=arguments.type,
        staff_id=None,
    )
    return _done(arguments, f"Added the GL code {code.code}.")


def run_gl_codes_list(arguments: argparse.Namespace) -> int:
    records: list[dict[str, object]] = [
        {
            "code": code.code,
            "description": code.description,
            "type": code.type,
            "active": "yes" if code.active else "no",
            "default_for_credits": "yes" if code.default_for_credits else "no",
        }
        for code in list_gl_codes(provider_of(arguments))
    ]
    return _show(arguments, records)


def run_gl_codes_set(arguments: argparse.Namespace) -> int:
    code = get_gl_code(provider_of(arguments), arguments.code)
    if arguments.active is None and not arguments.default:
        raise Refused("nothing_to_change", "Say what to change: --active or --default.", "active")
    if arguments.active is not None:
        set_gl_code_active(gl_code=code, active=arguments.active == "yes", staff_id=None)
    if arguments.default:
        set_default_credit_gl_code(gl_code=code, staff_id=None)
    state = "active" if code.active else "not active any more"
    default = ", and the default of credits" if arguments.default else ""
    return _done(arguments, f"GL code {code.code} is {state}{default}.")


def run_templates_add(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    amount = arguments.amount
    template = add_template(
        provider=provider,
        name=arguments.name,
        direction=arguments.direction,
        kind=arguments.kind,
        amount_minor=None if amount is None else parse_amount(amount, provider.currency_digits),
        description=arguments.description,
        gl_code=get_gl_code(provider, arguments.gl_code) if arguments.gl_code is not None else None,
        notify=arguments.notify,
        staff_id=None,
    )
    return _done(arguments, f"Added the template {template.name}.")


def run_templates_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    records: list[dict[str, object]] = [
        {
            "name": template.name,
            "direction": template.direction,
            "kind": template.kind,
            "amount": "" if template.amount_minor is None else decimal_of(provider, template.amount_minor),
            "description": template.description,
            "gl_code": template.gl_code.code if template.gl_code else "",
            "notify": "yes" if template.notify else "no",
            "active": "yes" if template.active else "no",
        }
        for template in list_templates(provider)
    ]
    return _show(arguments, records, right=("amount",))


def run_templates_set(arguments: argparse.Namespace) -> int:
    template = list_templates(provider_of(arguments)).filter(name=arguments.name).first()
    if template is None:
        raise Refused("template_unknown", f"There is no transaction template “{arguments.name}”.", "name")
    set_template_active(template=template, active=arguments.active == "yes", staff_id=None)
    return _done(
        arguments, f"The template {template.name} is {'active' if template.active else 'not active any more'}."
    )


def run_orders_add(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    order = add_order(
        customer=get_customer(provider, arguments.customer),
        service=get_service(provider, arguments.service),
        number=arguments.number,
        address=ServiceAddress(arguments.area, arguments.street, arguments.postal_code),
        from_date=_read_first_day(arguments.from_date),
        price_minor=_price(provider, arguments.price) if arguments.price is not None else None,
        staff_id=None,
    )
    return _done(arguments, f"Added order {order.number}.")


def run_orders_show(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    return _show(arguments, [describe_order(provider, get_order(provider, arguments.number))], right=("price",))


def run_orders_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    orders = list_orders_of(get_customer(provider, arguments.customer))
    return _show(arguments, [describe_order(provider, order) for order in orders], right=("price",))


def run_orders_set(arguments: argparse.Namespace) -> int:
    order = get_order(provider_of(arguments), arguments.number)
    from_date = None if arguments.from_date is None else _read_first_day(arguments.from_date)
    set_order_status(order=order, status=arguments.status, from_date=from_date, staff_id=None)
    return _done(arguments, f"Order {order.number} is {order.status}.")


def _read_first_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date_malformed", f"“{text}” is not a date such as 2026-01-31.", "from") from None


def describe_order(provider: Provider, order: Order) -> dict[str, object]:
    """An order as the command line shows it."""
    return {
        "number": order.number,
        "service": order.service.name,
        "area": order.area,
        "status": order.status,
        "price": decimal_of(provider, order.price_minor),
        "from": order.from_date,
        "to": order.to_date,
    }
