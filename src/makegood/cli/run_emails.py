"""How the command line shows the e-mails of a run: apart from its money, which they cannot change."""

from makegood.cli.output import plural
from makegood.credits.credit_emails import NEW_CREDITS_NAME, RUN
from makegood.credits.selectors import Rehearsal
from makegood.emails.kinds import get_kind
from makegood.emails.selectors import count_messages, has_smtp, is_active
from makegood.runs.models import Run


def describe_emails(run: Run) -> list[dict[str, object]]:
    """How many messages of a run are in which state, for programs."""
    counts = count_messages(run.provider_id, RUN, run.pk)
    return [{"state": count.state, "reason": count.reason or None, "messages": count.messages} for count in counts]


def lines_of_emails(run: Run) -> list[str]:
    """The same for people, in one line; none where nobody was to be told."""
    counts = count_messages(run.provider_id, RUN, run.pk)
    if not counts:
        return []
    said = ", ".join(f"{count.messages:,} {count.words}" for count in counts)
    return [f"E-mail to customers: {said}."]


def say_who_is_told(rehearsal: Rehearsal) -> str:
    """Who would get an e-mail, as the records and settings are now."""
    if not rehearsal.run.credit_run.notify:
        return "nobody is told"
    kind = get_kind(NEW_CREDITS_NAME)
    if not is_active(rehearsal.run.provider_id, kind):
        return f"nobody is told: the e-mail template {kind.title} is not active"
    told = plural(rehearsal.customers - rehearsal.without_email - rehearsal.opted_out, "customer")
    unwilling = f"; {plural(rehearsal.opted_out, 'customer')} opted out" if rehearsal.opted_out else ""
    later = "" if has_smtp() else "; it waits until a mail server is set"
    return f"{told} will be told{unwilling}{later}"
