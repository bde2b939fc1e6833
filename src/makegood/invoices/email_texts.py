"""The built-in texts of the e-mails about invoices, in English and Liquid. A provider can write its own."""

from makegood.emails.kinds import Texts
from makegood.emails.letter import AMOUNT, CELL, LETTER, SMALL

_SUM = "padding:6px 0;"
_SUM_AMOUNT = f"{_SUM}text-align:right;white-space:nowrap;"

NEW_INVOICE = Texts(
    subject="{{ provider.name }}: invoice {{ number }}, {{ total }}",
    text="""\
Hello {{ customer.name }},

here is your invoice {{ number }} of {{ issued_on }}, for {{ period_from }} to {{ period_to }}.
{% for line in lines %}
* {{ line.description }}: {{ line.amount }}{% if line.from != "" %}
  ({{ line.from }} to {{ line.to }}){% endif %}{% endfor %}

{% if tax != "" %}{% if tax_included %}Tax, included: {{ tax }}{% else %}Tax: {{ tax }}{% endif %}
{% endif %}Total: {{ total }}
{% if used != "" %}Paid from your Available Funds: {{ used }}
{% endif %}{% if paid != "" %}Paid: {{ paid }}
{% endif %}
{% if due == "" %}{% if to_funds != "" %}You need not pay anything: {{ to_funds }} has been added \
to your Available Funds. It pays what you owe by itself.{% else %}You need not pay anything.{% endif %}
{% elsif funds_to_use == "" %}Please pay {{ due }} by {{ due_on }}.
{% elsif left_to_pay == "" %}You need not do anything: Available Funds of {{ funds_to_use }} will be used on \
{{ collect_on }}, and nothing is left to pay.
{% else %}Available Funds of {{ funds_to_use }} will be used on {{ collect_on }}. \
Left to pay by {{ due_on }}: {{ left_to_pay }}.
{% endif %}
Kind regards
{{ provider.name }}

Your customer number is {{ customer.number }}.
""",
    html=LETTER.format(
        title="Your invoice",
        body=f"""\
<p style="margin:0 0 16px 0;">here is your invoice <strong>{{{{ number }}}}</strong> of {{{{ issued_on }}}}, \
for {{{{ period_from }}}} to {{{{ period_to }}}}.</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="margin:0 0 8px 0;border-top:1px solid #e5e7eb;font-size:15px;line-height:22px;">
{{% for line in lines %}}
<tr>
<td style="{CELL}"><span dir="auto">{{{{ line.description }}}}</span>{{% if line.from != "" %}}<br>
<span style="{SMALL}">{{{{ line.from }}}} to {{{{ line.to }}}}</span>{{% endif %}}</td>
<td valign="top" style="{AMOUNT}">{{{{ line.amount }}}}</td>
</tr>
{{% endfor %}}
</table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="margin:0 0 16px 0;font-size:15px;line-height:22px;">
{{% if tax != "" %}}
<tr><td style="{_SUM}">{{% if tax_included %}}Tax, included{{% else %}}Tax{{% endif %}}</td>\
<td style="{_SUM_AMOUNT}">{{{{ tax }}}}</td></tr>
{{% endif %}}
<tr><td style="{_SUM}"><strong>Total</strong></td>\
<td style="{_SUM_AMOUNT}"><strong>{{{{ total }}}}</strong></td></tr>
{{% if used != "" %}}
<tr><td style="{_SUM}">Paid from your Available Funds</td><td style="{_SUM_AMOUNT}">{{{{ used }}}}</td></tr>
{{% endif %}}
{{% if paid != "" %}}
<tr><td style="{_SUM}">Paid</td><td style="{_SUM_AMOUNT}">{{{{ paid }}}}</td></tr>
{{% endif %}}
</table>
<p style="margin:0;">\
{{% if due == "" %}}{{% if to_funds != "" %}}You need not pay anything: <strong>{{{{ to_funds }}}}</strong> \
has been added to your Available Funds. It pays what you owe by itself.\
{{% else %}}You need not pay anything.{{% endif %}}\
{{% elsif funds_to_use == "" %}}Please pay <strong>{{{{ due }}}}</strong> by {{{{ due_on }}}}.\
{{% elsif left_to_pay == "" %}}You need not do anything: Available Funds of {{{{ funds_to_use }}}} will be used on \
{{{{ collect_on }}}}, and nothing is left to pay.\
{{% else %}}Available Funds of {{{{ funds_to_use }}}} will be used on {{{{ collect_on }}}}. \
Left to pay by {{{{ due_on }}}}: <strong>{{{{ left_to_pay }}}}</strong>.{{% endif %}}</p>
""",
    ),
)
