"""What keeps a provider's e-mail from leaving: kept for the pages, told to managers once, forgotten at a success."""

import logging
from collections.abc import Collection

from makegood.audit.services import record
from makegood.emails.models import EmailSending
from makegood.emails.sending.answers import Trouble
from makegood.emails.sending.schedule import LONG_ENOUGH_TO_TELL, pause_of_server
from makegood.kit.clock import now
from makegood.kit.transactions import opens_transaction
from makegood.notifications.services import notify
from makegood.providers.models import Provider
from makegood.providers.selectors import list_managers

log = logging.getLogger(__name__)

LONGEST_TROUBLE = EmailSending._meta.get_field("trouble").max_length or 0
ALL_IS_WELL = {
    "trouble": "",
    "trouble_since": None,
    "failures": 0,
    "paused_until": None,
    "lasting": False,
    "told_at": None,
}


def find_trouble(provider: Provider) -> EmailSending | None:
    """What keeps the provider's e-mail from leaving, for the pages; None while all is well."""
    return EmailSending.objects.filter(provider=provider).exclude(trouble="").first()


def note_trouble(*, provider_ids: Collection[int], trouble: Trouble) -> None:
    """Pauses these providers' e-mail, longer each time. Opens a transaction for each.

    Their managers are told once: at once if it will not pass by itself, else when it has lasted for an hour.
    """
    log.warning("E-mail does not leave: %s", trouble.words)
    for provider_id in sorted(provider_ids):
        EmailSending.objects.bulk_create([EmailSending(provider_id=provider_id)], ignore_conflicts=True)
        with opens_transaction():
            sending = EmailSending.objects.select_for_update(no_key=True).get(pk=provider_id)
            _pause(sending, trouble)
            sending.save()


def clear_trouble(provider_id: int) -> None:
    """A message has been sent. One statement."""
    if EmailSending.objects.filter(pk=provider_id).exclude(trouble="").update(**ALL_IS_WELL):
        log.info("E-mail leaves again.")


def lift_pauses() -> None:
    """Lets everything be tried again at once: somebody may have changed a setting. One statement."""
    EmailSending.objects.exclude(paused_until=None).update(paused_until=None)


def try_again(*, provider: Provider, staff_id: int | None) -> None:
    """Lets a provider's e-mail be tried again at once, as somebody asked. Opens a transaction."""
    with opens_transaction():
        EmailSending.objects.filter(provider=provider).update(paused_until=None)
        record(
            provider_id=provider.pk,
            staff_id=staff_id,
            action="emails.try_again",
            subject_type="provider",
            subject_id=provider.pk,
        )


def _pause(sending: EmailSending, trouble: Trouble) -> None:
    at = now()
    sending.trouble = trouble.words[:LONGEST_TROUBLE]
    sending.trouble_since = sending.trouble_since or at
    sending.lasting = trouble.lasting
    sending.failures += 1
    sending.paused_until = at + pause_of_server(sending.failures, lasting=trouble.lasting)
    if sending.told_at is None and (trouble.lasting or at - sending.trouble_since >= LONG_ENOUGH_TO_TELL):
        sending.told_at = at
        notify(
            provider_id=sending.provider_id,
            staff_ids=list_managers(sending.provider_id),
            level="error",
            title="E-mail to customers does not leave",
            body=f"{trouble.words} No message is lost: they wait, and leave by themselves once this is repaired.",
            subject_type="emails",
            subject_id=sending.provider_id,
        )
