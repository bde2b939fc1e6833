"""The built-in texts of the e-mails about credits, in English and Liquid. A provider can write its own."""

from makegood.emails.kinds import Texts
from makegood.emails.letter import AMOUNT, CELL, LETTER, SMALL

NEW_CREDITS = Texts(
    subject="{{ provider.name }}: {{ total }} has been credited to your account",
    text="""\
Hello {{ customer.name }},

we have credited {{ total }} to your account.
{% for credit in credits %}
* {{ credit.amount }}{% if credit.description != "" %}: {{ credit.description }}{% endif %}
  ({{ credit.date }}{% if credit.expires != "" %}, to be used until {{ credit.expires }}{% endif %}){% endfor %}

{% if used != "" %}{{ used }} of it has paid what you owed.
{% endif %}You need not do anything. What is left pays your next invoice, or a part of it, by itself.
Your Available Funds are now {{ available_funds }}.

Kind regards
{{ provider.name }}

Your customer number is {{ customer.number }}.
""",
    html=LETTER.format(
        title="Your account has been credited",
        body=f"""\
<p style="margin:0 0 16px 0;">we have credited <strong>{{{{ total }}}}</strong> to your account.</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="margin:0 0 16px 0;border-top:1px solid #e5e7eb;font-size:15px;line-height:22px;">
{{% for credit in credits %}}
<tr>
<td style="{CELL}">\
{{% if credit.description != "" %}}<span dir="auto">{{{{ credit.description }}}}</span>\
{{% else %}}Credit{{% endif %}}<br>
<span style="{SMALL}">{{{{ credit.date }}}}\
{{% if credit.expires != "" %}}, to be used until {{{{ credit.expires }}}}{{% endif %}}</span></td>
<td valign="top" style="{AMOUNT}">{{{{ credit.amount }}}}</td>
</tr>
{{% endfor %}}
</table>
<p style="margin:0 0 16px 0;">\
{{% if used != "" %}}<strong>{{{{ used }}}}</strong> of it has paid what you owed. {{% endif %}}\
You need not do anything. What is left pays your next invoice, or a part of it, by itself.</p>
<p style="margin:0;">Your Available Funds are now <strong>{{{{ available_funds }}}}</strong>.</p>
""",
    ),
)

CREDIT_CHANGED = Texts(
    subject="{{ provider.name }}: a credit on your account has changed",
    text="""\
Hello {{ customer.name }},

{% if voided %}we have taken back what was left of a credit on your account: {{ taken_back }}.\
{% else %}we have changed a credit on your account.{% endif %}

{% if description != "" %}Credit: {{ description }}
{% endif %}Given on: {{ date }}
{% if amount != old_amount %}Amount: {{ amount }} (was {{ old_amount }})
{% else %}Amount: {{ amount }}
{% endif %}{% if expires != old_expires %}To be used until: \
{{ expires | default: "no end" }} (was {{ old_expires | default: "no end" }})
{% endif %}
Your Available Funds are now {{ available_funds }}.

Kind regards
{{ provider.name }}

Your customer number is {{ customer.number }}.
""",
    html=LETTER.format(
        title="A credit on your account has changed",
        body=f"""\
<p style="margin:0 0 16px 0;">{{% if voided %}}we have taken back what was left of a credit on your account: \
<strong>{{{{ taken_back }}}}</strong>.{{% else %}}we have changed a credit on your account.{{% endif %}}</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="margin:0 0 16px 0;border-top:1px solid #e5e7eb;font-size:15px;line-height:22px;">
{{% if description != "" %}}
<tr><td style="{CELL}color:#6b7280;">Credit</td>
<td align="right" style="{CELL}"><span dir="auto">{{{{ description }}}}</span></td></tr>
{{% endif %}}
<tr><td style="{CELL}color:#6b7280;">Given on</td><td align="right" style="{CELL}">{{{{ date }}}}</td></tr>
<tr><td style="{CELL}color:#6b7280;">Amount</td><td align="right" style="{CELL}">{{{{ amount }}}}\
{{% if amount != old_amount %}}<br>
<span style="{SMALL}">was {{{{ old_amount }}}}</span>{{% endif %}}</td></tr>
{{% if expires != old_expires %}}
<tr><td style="{CELL}color:#6b7280;">To be used until</td>\
<td align="right" style="{CELL}">{{{{ expires | default: "no end" }}}}<br>
<span style="{SMALL}">was {{{{ old_expires | default: "no end" }}}}</span></td></tr>
{{% endif %}}
</table>
<p style="margin:0;">Your Available Funds are now <strong>{{{{ available_funds }}}}</strong>.</p>
""",
    ),
)
