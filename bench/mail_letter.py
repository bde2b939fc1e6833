"""The e-mail that is measured: four kilobytes of text and HTML, with the customer's name in it."""

NAME = "bench_letter"
SUBJECT = "Your credit, {{ customer.name }}"
_SENTENCE = "We have credited {{ amount }} to your account {{ customer.number }} for the outage of last week."
_LINE = "Thank you for your patience while our people repaired the line; the credit, señora, pays your next bill.\n"
TEXT = f"Dear {{{{ customer.name }}}},\n\n{_SENTENCE}\n\n{_LINE * 9}\nYours, {{{{ provider.name }}}}\n"
_ROW = f'<tr><td style="padding:8px 0;font-family:sans-serif">{_LINE.strip()}</td></tr>\n'
HTML = (
    '<!doctype html><html><body style="margin:0"><table role="presentation" width="600" align="center">\n'
    f"<tr><td><h1>Dear {{{{ customer.name }}}},</h1></td></tr>\n<tr><td>{_SENTENCE}</td></tr>\n{_ROW * 14}"
    "<tr><td>Yours, {{ provider.name }}</td></tr></table></body></html>\n"
)


def fill_in(part: str, number: int) -> str:
    """As the template would be filled in for a customer, without the template's cost."""
    values = {
        "customer.name": f"Customer number {number}",
        "customer.number": f"C{number:08}",
        "provider.name": "Bench",
        "amount": "$10.00",
    }
    for name, value in values.items():
        part = part.replace(f"{{{{ {name} }}}}", value)
    return part
