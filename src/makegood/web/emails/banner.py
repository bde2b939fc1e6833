"""Says on every page that e-mails cannot leave, and why, while some wait."""

from django.urls import reverse

from makegood.emails.selectors import has_smtp, has_waiting
from makegood.emails.sending.trouble import find_trouble
from makegood.providers.models import Membership
from makegood.web.frame.banners import Banner, register_banner


@register_banner
def find_banner(membership: Membership) -> Banner | None:
    """At most two queries, both over an index; one where nothing waits."""
    provider = membership.provider
    # Nobody waits for the e-mails of a demo but who has set a mail server for it.
    if (provider.is_demo and not has_smtp()) or not has_waiting(provider.pk):
        return None
    url = reverse("emails") + "?state=waiting"
    if not has_smtp():
        text = (
            "E-mails to customers wait, because no mail server is set. Whoever runs Makegood can set one; "
            "nothing is lost until then."
        )
        return Banner("warn", text, url, "Show them")
    trouble = find_trouble(provider)
    if trouble is None:
        return None
    return Banner("warn", f"E-mails to customers wait. {trouble.trouble}", url, "Show them")
