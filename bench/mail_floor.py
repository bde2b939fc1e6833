"""Django's EmailMultiAlternatives over one reused connection: nothing rendered, nothing written down. Prints JSON.

Run as a process: ``python -m bench.mail_floor PORT MESSAGES``. Begins when it is told to by a line of input.
"""

import json
import sys
import time

from django.conf import settings

settings.configure(DEFAULT_CHARSET="utf-8")

from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402

from bench.mail_letter import HTML, SUBJECT, TEXT, fill_in  # noqa: E402


def main() -> None:
    port, messages = (int(argument) for argument in sys.argv[1:])
    letters = [[fill_in(part, number) for part in (SUBJECT, TEXT, HTML)] for number in range(1, messages + 1)]
    backend = "django.core.mail.backends.smtp.EmailBackend"
    connection = get_connection(backend, host="127.0.0.1", port=port)
    connection.open()
    print(flush=True)
    sys.stdin.readline()
    began, used = time.perf_counter(), time.process_time()
    for number, (subject, text, html) in enumerate(letters, start=1):
        message = EmailMultiAlternatives(
            subject, text, "Bench <billing@bench.example>", [f"customer{number}@example.net"], connection=connection
        )
        message.attach_alternative(html, "text/html")
        message.send()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    connection.close()
    print(json.dumps({"sent": messages, "seconds": seconds, "cpu": cpu}))


main()
