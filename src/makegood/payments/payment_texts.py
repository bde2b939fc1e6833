"""The built-in texts of the e-mails about payments and refunds, in English and Liquid. A provider can write its own."""

from makegood.emails.kinds import Texts
from makegood.emails.letter import AMOUNT, CELL, LETTER

_TABLE = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
    'style="margin:0 0 16px 0;border-top:1px solid #e5e7eb;font-size:15px;line-height:22px;">'
)
_P = '<p style="margin:0 0 16px 0;">'

_NEXT = """\
{% if next_try != "" %}We will try again on {{ next_try }}. You need not do anything if it can be charged then.\
{% else %}We will not try again by ourselves. Please pay it in another way, or let us know of another card or account.\
{% endif %}"""

PAYMENT_FAILED = Texts(
    subject="{{ provider.name }}: your payment of {{ amount }} failed",
    text=f"""\
Hello {{{{ customer.name }}}},

we could not charge {{{{ amount }}}} to {{{{ method }}}}{{% if ending != "" %}} ending {{{{ ending }}}}{{% endif %}} \
on {{{{ date }}}}, because {{{{ reason }}}}.
{{% for invoice in invoices %}}
* Invoice {{{{ invoice.number }}}}: {{{{ invoice.due }}}}{{% endfor %}}

{{{{ total }}}} is still to be paid. {_NEXT}

Kind regards
{{{{ provider.name }}}}

Your customer number is {{{{ customer.number }}}}.
""",
    html=LETTER.format(
        title="Your payment failed",
        body=f"""\
{_P}we could not charge <strong>{{{{ amount }}}}</strong> to {{{{ method }}}}\
{{% if ending != "" %}} ending {{{{ ending }}}}{{% endif %}} on {{{{ date }}}}, because {{{{ reason }}}}.</p>
{_TABLE}
{{% for invoice in invoices %}}
<tr><td style="{CELL}">Invoice {{{{ invoice.number }}}}</td>
<td valign="top" style="{AMOUNT}">{{{{ invoice.due }}}}</td></tr>
{{% endfor %}}
</table>
<p style="margin:0;"><strong>{{{{ total }}}}</strong> is still to be paid. {_NEXT}</p>
""",
    ),
)

_OVER = '{% if to_funds != "" %}{{ to_funds }} was more than was due. It will pay your next invoices.{% endif %}'

PAYMENT_RECEIVED = Texts(
    subject="{{ provider.name }}: your payment of {{ amount }}",
    text=f"""\
Hello {{{{ customer.name }}}},

thank you: we received {{{{ amount }}}} from {{{{ method }}}}\
{{% if ending != "" %}} ending {{{{ ending }}}}{{% endif %}} on {{{{ date }}}}.
{{% for invoice in invoices %}}
* Invoice {{{{ invoice.number }}}}: {{{{ invoice.paid }}}}{{% endfor %}}

{_OVER}

Kind regards
{{{{ provider.name }}}}

Receipt {{{{ receipt }}}}. Your customer number is {{{{ customer.number }}}}.
""",
    html=LETTER.format(
        title="Your payment",
        body=f"""\
{_P}thank you: we received <strong>{{{{ amount }}}}</strong> from {{{{ method }}}}\
{{% if ending != "" %}} ending {{{{ ending }}}}{{% endif %}} on {{{{ date }}}}.</p>
{_TABLE}
{{% for invoice in invoices %}}
<tr><td style="{CELL}">Invoice {{{{ invoice.number }}}}</td>
<td valign="top" style="{AMOUNT}">{{{{ invoice.paid }}}}</td></tr>
{{% endfor %}}
</table>
<p style="margin:0;">{_OVER} Receipt {{{{ receipt }}}}.</p>
""",
    ),
)

_WHAT = '{% if invoice != "" %}of what had paid invoice {{ invoice }}{% else %}of your Available Funds{% endif %}'
_DAYS = "It can take some days until you see it in your account."
_AFTER = """\
{% if due != "" %}{{ due }} of invoice {{ invoice }} is to be paid now.\
{% elsif settled %}A credit has settled the invoice, so there is nothing for you to pay.{% endif %}"""

REFUND = Texts(
    subject="{{ provider.name }}: {{ amount }} goes back to you",
    text=f"""\
Hello {{{{ customer.name }}}},

we have given back {{{{ amount }}}} {_WHAT}.
{{% for way in ways %}}
* {{{{ way.method }}}}{{% if way.ending != "" %}} ending {{{{ way.ending }}}}{{% endif %}}: \
{{{{ way.amount }}}}{{% endfor %}}{{% if to_funds != "" %}}
* Your Available Funds: {{{{ to_funds }}}}{{% endif %}}

{_DAYS} {_AFTER}

Kind regards
{{{{ provider.name }}}}

Your customer number is {{{{ customer.number }}}}.
""",
    html=LETTER.format(
        title="A refund",
        body=f"""\
{_P}we have given back <strong>{{{{ amount }}}}</strong> {_WHAT}.</p>
{_TABLE}
{{% for way in ways %}}
<tr><td style="{CELL}">{{{{ way.method }}}}{{% if way.ending != "" %}} ending {{{{ way.ending }}}}{{% endif %}}</td>
<td valign="top" style="{AMOUNT}">{{{{ way.amount }}}}</td></tr>
{{% endfor %}}{{% if to_funds != "" %}}
<tr><td style="{CELL}">Your Available Funds</td>
<td valign="top" style="{AMOUNT}">{{{{ to_funds }}}}</td></tr>
{{% endif %}}
</table>
<p style="margin:0;">{_DAYS} {_AFTER}</p>
""",
    ),
)
