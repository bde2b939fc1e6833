"""The built-in texts of the reminder, in English and Liquid. A provider can write its own."""

from makegood.emails.kinds import Texts
from makegood.emails.letter import AMOUNT, CELL, LETTER, SMALL

INVOICE_REMINDER = Texts(
    subject="{{ provider.name }}: a reminder of {{ total }}",
    text="""\
Hello {{ customer.name }},

we have not received a payment of {{ total }} that was due.
{% for invoice in invoices %}
* Invoice {{ invoice.number }} of {{ invoice.date }}, due on {{ invoice.due }}: {{ invoice.left }}{% endfor %}

Please pay it as soon as you can. If you have paid in the last days, there is nothing more for you to do.

Kind regards
{{ provider.name }}

Your customer number is {{ customer.number }}.
""",
    html=LETTER.format(
        title="A reminder",
        body=f"""\
<p style="margin:0 0 16px 0;">we have not received a payment of <strong>{{{{ total }}}}</strong> that was due.</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="margin:0 0 16px 0;border-top:1px solid #e5e7eb;font-size:15px;line-height:22px;">
{{% for invoice in invoices %}}
<tr>
<td style="{CELL}">Invoice {{{{ invoice.number }}}}<br>
<span style="{SMALL}">{{{{ invoice.date }}}}, due on {{{{ invoice.due }}}}</span></td>
<td valign="top" style="{AMOUNT}">{{{{ invoice.left }}}}\
{{% if invoice.left != invoice.amount %}}<br>
<span style="{SMALL}">of {{{{ invoice.amount }}}}</span>{{% endif %}}</td>
</tr>
{{% endfor %}}
</table>
<p style="margin:0;">Please pay it as soon as you can. \
If you have paid in the last days, there is nothing more for you to do.</p>
""",
    ),
)
