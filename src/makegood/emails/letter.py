"""How the built-in e-mails look: what mail programs show, which are tables with styles written to each element."""

LETTER = """\
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
"""Around the words of every e-mail; to be formatted with `title` and `body`, both HTML in Liquid."""

SMALL = "font-size:13px;line-height:18px;color:#6b7280;"
CELL = "padding:10px 0;border-bottom:1px solid #e5e7eb;"
AMOUNT = f"{CELL}text-align:right;white-space:nowrap;"
"""Styles: of small print, and of the cells of a list."""
