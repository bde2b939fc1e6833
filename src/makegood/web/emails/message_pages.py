"""Pages: one e-mail to a customer."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.emails.reading import read_letter
from makegood.emails.selectors import find_version, get_message, has_smtp
from makegood.emails.services.outbox import send_again
from makegood.kit.refusal import Refused
from makegood.providers.rules import Right
from makegood.web.emails.letter_answer import answer_letter, in_a_frame
from makegood.web.emails.table import title_of_template
from makegood.web.frame.finding import or_404
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest

CAUSES = {"run": "run", "payment": "payment"}
"""Pages of what e-mails tell of, by the name of the cause."""


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """What was, or will be, sent; where it stands, and why."""
    provider = request.membership.provider
    message = or_404(get_message, provider, pk)
    context = {
        "message": message,
        "letter": read_letter(message),
        "version": find_version(provider, message.version_id),
        "template_title": title_of_template(message.template),
        "cause_page": CAUSES.get(message.cause_type, ""),
        "no_server": not has_smtp(),
    }
    return render(request, "emails/email.html", context)


@require_safe
@in_a_frame
def show_html(request: StaffRequest, pk: int) -> HttpResponse:
    """The e-mail as a mail program shows it, for the frame on its page."""
    letter = read_letter(or_404(get_message, request.membership.provider, pk))
    if not letter.html:
        raise Http404("This e-mail has no HTML.")
    return answer_letter(letter.html)


@require_POST
@needs_right(Right.EDIT_CUSTOMERS, "send e-mails again")
def send(request: StaffRequest, pk: int) -> HttpResponse:
    """Lets a failed e-mail be sent after all."""
    message = or_404(get_message, request.membership.provider, pk)
    try:
        send_again(membership=request.membership, message=message)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "The e-mail will be sent again.")
    return redirect("email", pk)
