"""The built-in texts of the e-mails about credits, in English and Liquid. A provider can write its own."""

from makegood.emails.kinds import Texts

# What mail programs show: tables, and styles written to each element.
_FRAME = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:0;background-color:#f3f4f6;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background-color:#f3f4f6;">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="max-width:560px;background-color:#ffffff;border-radius:8px;\
font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;color:#1f2937;">
<tr><td style="padding:28px 32px 0 32px;font-size:14px;line-height:20px;color:#6b7280;">\
{{{{ provider.name }}}}</td></tr>
<tr><td style="padding:12px 32px 0 32px;">
<p style="margin:0 0 16px 0;">Hello <span dir="auto">{{{{ customer.name }}}}</span>,</p>
{body}\
</td></tr>
<tr><td style="padding:16px 32px 28px 32px;">
<p style="margin:0;">Kind regards<br>{{{{ provider.name }}}}</p>
</td></tr>
<tr><td style="padding:14px 32px 20px 32px;border-top:1px solid #e5e7eb;\
font-size:13px;line-height:18px;color:#6b7280;">\
Your customer number is {{{{ customer.number }}}}.</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""

_SMALL = "font-size:13px;line-height:18px;color:#6b7280;"
_CELL = "padding:10px 0;border-bottom:1px solid #e5e7eb;"
_AMOUNT = f"{_CELL}text-align:right;white-space:nowrap;"

NEW_CREDITS = Texts(
    subject="{{ provider.name }}: {{ total }} has been credited to your account",
    text="""\
Hello {{ customer.name }},

we have credited {{ total }} to your account.
{% for credit in credits %}
* {{ credit.amount }}{% if credit.description != "" %}: {{ credit.description }}{% endif %}
  ({{ credit.date }}{% if credit.expires != "" %}, to be used until {{ credit.expires }}{% endif %}){% endfor %}

You need not do anything. The credit pays your next invoice, or a part of it, by itself.
Your Available Funds are now {{ available_funds }}.

Kind regards
{{ provider.name }}

Your customer number is {{ customer.number }}.
""",
    html=_FRAME.format(
        title="Your account has been credited",
        body=f"""\
<p style="margin:0 0 16px 0;">we have credited <strong>{{{{ total }}}}</strong> to your account.</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="margin:0 0 16px 0;border-top:1px solid #e5e7eb;font-size:15px;line-height:22px;">
{{% for credit in credits %}}
<tr>
<td style="{_CELL}">\
{{% if credit.description != "" %}}<span dir="auto">{{{{ credit.description }}}}</span>\
{{% else %}}Credit{{% endif %}}<br>
<span style="{_SMALL}">{{{{ credit.date }}}}\
{{% if credit.expires != "" %}}, to be used until {{{{ credit.expires }}}}{{% endif %}}</span></td>
<td valign="top" style="{_AMOUNT}">{{{{ credit.amount }}}}</td>
</tr>
{{% endfor %}}
</table>
<p style="margin:0 0 16px 0;">\
You need not do anything. The credit pays your next invoice, or a part of it, by itself.</p>
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
    html=_FRAME.format(
        title="A credit on your account has changed",
        body=f"""\
<p style="margin:0 0 16px 0;">{{% if voided %}}we have taken back what was left of a credit on your account: \
<strong>{{{{ taken_back }}}}</strong>.{{% else %}}we have changed a credit on your account.{{% endif %}}</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="margin:0 0 16px 0;border-top:1px solid #e5e7eb;font-size:15px;line-height:22px;">
{{% if description != "" %}}
<tr><td style="{_CELL}color:#6b7280;">Credit</td>
<td align="right" style="{_CELL}"><span dir="auto">{{{{ description }}}}</span></td></tr>
{{% endif %}}
<tr><td style="{_CELL}color:#6b7280;">Given on</td><td align="right" style="{_CELL}">{{{{ date }}}}</td></tr>
<tr><td style="{_CELL}color:#6b7280;">Amount</td><td align="right" style="{_CELL}">{{{{ amount }}}}\
{{% if amount != old_amount %}}<br>
<span style="{_SMALL}">was {{{{ old_amount }}}}</span>{{% endif %}}</td></tr>
{{% if expires != old_expires %}}
<tr><td style="{_CELL}color:#6b7280;">To be used until</td>\
<td align="right" style="{_CELL}">{{{{ expires | default: "no end" }}}}<br>
<span style="{_SMALL}">was {{{{ old_expires | default: "no end" }}}}</span></td></tr>
{{% endif %}}
</table>
<p style="margin:0;">Your Available Funds are now <strong>{{{{ available_funds }}}}</strong>.</p>
""",
    ),
)
