"""What a refund or a pay-out would do, before it is done: for people, and for programs."""

from typing import Any

from makegood.cli.output import decimal_of, money_of
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_default_credit_gl_code
from makegood.payments.paying_out import PayOutPreview
from makegood.payments.refund_words import name_way, say_way
from makegood.payments.refunding import RefundPreview
from makegood.payments.rules import Follow
from makegood.providers.models import Provider

_BECOMES = {"kept": "", "lives_on": "; it has expired and lives 30 more days", "taken_back": " and taken back"}


def find_settling_code(provider: Provider, preview: RefundPreview, follow: str, named: GLCode | None) -> GLCode | None:
    """The GL code of the credit that settles, None if the invoice is left open. Refused if nobody may settle it so."""
    if follow != Follow.SETTLE:
        return None
    if preview.settle_refusal is not None:
        raise preview.settle_refusal
    return named or preview.gl_code or get_default_credit_gl_code(provider)


def say_refund_preview(provider: Provider, preview: RefundPreview, settling: GLCode | None) -> list[str]:
    """What goes back where, and what follows, in words. settling: the GL code of the credit that settles, if one does.

    Where all that can go back is less than is asked about, that stands there too.
    """
    number = preview.invoice.number
    lines = [f"Refund of {money_of(provider, preview.amount_minor)} of invoice {number}"]
    if preview.most_minor > preview.amount_minor:
        lines[0] += f", of which {money_of(provider, preview.most_minor)} can go back"
    for part in preview.parts:
        how = say_way(part.way, part.payment)
        on = f", GL code {part.gl_code.code}" if part.is_at_once and part.gl_code is not None else ""
        lines.append(f"  {money_of(provider, part.amount_minor)} of payment {part.payment.pk}, {how}{on}")
    lines += [f"  {each.words}" for each in preview.withheld]
    for back in preview.returns:
        amount = money_of(provider, back.amount_minor)
        lines.append(f"  {amount} to Available Funds, credit {back.use.credit_id}{_BECOMES[back.becomes]}")
    return [*lines, *_say_what_follows(provider, preview, settling)]


def _say_what_follows(provider: Provider, preview: RefundPreview, settling: GLCode | None) -> list[str]:
    number = preview.invoice.number
    if settling is None:
        due = money_of(provider, preview.due_if_left_open_minor)
        state = preview.state_if_left_open
        return [f"Then invoice {number} is left open: {due} is due ({state}), and people collect it."]
    amount, due = money_of(provider, preview.amount_minor), money_of(provider, preview.due_if_settled_minor)
    lines = [f"Then a credit of {amount} on GL code {settling} settles invoice {number}: {due} is due."]
    if preview.funds_pay_it:
        lines.append("What goes back to Available Funds pays of it at once what it can, as the invoice is late.")
    return lines


def describe_refund_preview(
    provider: Provider, preview: RefundPreview, follow: str, settling: GLCode | None
) -> dict[str, Any]:
    """The same for programs; amounts are decimal strings."""

    def amount(minor: int) -> str:
        return decimal_of(provider, minor)

    left_open = settling is None
    return {
        "invoice": preview.invoice.number,
        "amount": amount(preview.amount_minor),
        "most": amount(preview.most_minor),
        "to_methods": amount(preview.to_methods_minor),
        "funds": amount(preview.to_funds_minor),
        "currency": provider.currency,
        "parts": [
            {
                "payment": part.payment.pk,
                "way": str(part.way),
                "method": name_way(part.way, part.payment),
                "amount": amount(part.amount_minor),
                "gl_code": part.gl_code.code if part.gl_code else None,
            }
            for part in preview.parts
        ],
        "credits": [
            {"credit": back.use.credit_id, "amount": amount(back.amount_minor), "becomes": back.becomes}
            for back in preview.returns
        ],
        "follow": follow,
        "settles_with": None
        if settling is None
        else {"amount": amount(preview.amount_minor), "gl_code": settling.code},
        "due_now": amount(preview.due_now_minor),
        "due_then": amount(preview.due_if_left_open_minor if left_open else preview.due_if_settled_minor),
        "state_then": preview.state_if_left_open if left_open else preview.invoice.state,
    }


def say_pay_out_preview(provider: Provider, preview: PayOutPreview) -> list[str]:
    """What goes where, out of which credits, in words."""
    customer = preview.customer
    lines = [f"Pay-out of {money_of(provider, preview.amount_minor)} to {customer.number} {customer.name}"]
    for part in preview.parts:
        of = f" of payment {part.payment.pk}" if part.payment else ""
        lines.append(f"  {money_of(provider, part.amount_minor)}{of}, {say_way(part.way, part.payment)}")
    taken = [f"{money_of(provider, each.amount_minor)} of credit {each.credit.pk}" for each in preview.credits]
    lines.append(f"It is taken out of {', '.join(taken)}.")
    return [*lines, f"Available Funds after it: {money_of(provider, preview.funds_after_minor)}"]


def describe_pay_out_preview(provider: Provider, preview: PayOutPreview) -> dict[str, Any]:
    """The same for programs; amounts are decimal strings."""

    def amount(minor: int) -> str:
        return decimal_of(provider, minor)

    return {
        "customer": preview.customer.number,
        "amount": amount(preview.amount_minor),
        "most": amount(preview.most_minor),
        "most_to_methods": amount(preview.by_method_minor),
        "currency": provider.currency,
        "parts": [
            {
                "payment": part.payment.pk if part.payment else None,
                "way": str(part.way),
                "method": name_way(part.way, part.payment),
                "amount": amount(part.amount_minor),
            }
            for part in preview.parts
        ],
        "credits": [{"credit": each.credit.pk, "amount": amount(each.amount_minor)} for each in preview.credits],
        "funds_after": amount(preview.funds_after_minor),
    }
