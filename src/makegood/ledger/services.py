"""Writing GL codes and the journal."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from makegood.audit.services import record
from makegood.kit.clock import now
from makegood.kit.fingerprint import require_seen
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting, require_no_number
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import demand_books
from makegood.ledger.models import GLCode, JournalEntry, JournalLine
from makegood.ledger.needed import require_not_needed
from makegood.ledger.rules import CONTROL_TYPES, GL_CODES_OF_A_NEW_PROVIDER, Line
from makegood.ledger.selectors import is_used, require_credit_gl_code
from makegood.providers.models import Provider

SHOWN_OF_GL_CODE = ("code", "description", "type", "active")
"""What a person looks at who changes a GL code, for `change_gl_code`."""


def make_gl_codes_of_a_new_provider(*, provider: Provider) -> None:
    """Adds the control codes and a usable set of others. Demands a transaction, the one that adds the provider."""
    demand_transaction()
    default = next(code for code, _, type_ in GL_CODES_OF_A_NEW_PROVIDER if type_ == GLCode.Type.CREDIT)
    GLCode.objects.bulk_create(
        GLCode(provider=provider, code=code, description=description, type=type_, default_for_credits=code == default)
        for code, description, type_ in GL_CODES_OF_A_NEW_PROVIDER
    )


def add_gl_code(*, provider: Provider, code: str, description: str, type: str, staff_id: int | None) -> GLCode:
    """Adds a GL code. Opens a transaction.

    Refused for a code that is taken, an unknown or a control type, a text that does not fit or has the number of a card
    or a bank account in it.
    """
    code = code.strip()
    _check_code_and_type(code, type)
    _check_description(description)
    with transaction.atomic():
        gl_code, added = GLCode.objects.get_or_create(
            provider=provider, code=code, defaults={"description": description, "type": type}
        )
        if not added:
            raise _code_taken(code)
        _record(gl_code, "gl_code.added", staff_id)
    return gl_code


def change_gl_code(
    *, gl_code: GLCode, code: str, description: str, type: str, staff_id: int | None, seen: str | None = None
) -> None:
    """Changes a GL code: the description at any time, code and type as long as nothing names it. Opens a transaction.

    seen: the fingerprint of `SHOWN_OF_GL_CODE` that the person looked at. Refused as `add_gl_code`, where somebody else
    has changed it meanwhile, for another code or type of a code that is used, is a control code or the default, and for
    another type of one that something needs.
    """
    code, description = code.strip(), description.strip()
    _check_description(description)
    with transaction.atomic():
        locked = GLCode.objects.select_for_update().get(pk=gl_code.pk)
        require_seen(locked, SHOWN_OF_GL_CODE, seen)
        if (code, type) != (locked.code, locked.type):
            _require_changeable(locked, "code" if code != locked.code else "type")
            if type != locked.type:
                require_not_needed(locked, "type")
            _check_code_and_type(code, type)
        before = {"code": locked.code, "type": locked.type, "description": locked.description}
        try:
            with transaction.atomic():
                GLCode.objects.filter(pk=gl_code.pk).update(code=code, description=description, type=type)
        except IntegrityError:
            raise _code_taken(code) from None
        gl_code.refresh_from_db()
        _record(gl_code, "gl_code.changed", staff_id, before=before, description=description)


def set_gl_code_active(*, gl_code: GLCode, active: bool, staff_id: int | None) -> None:
    """Activates or deactivates a GL code. Opens a transaction.

    Refused for control codes, the default of credits, and, saying what for, where something needs it.
    """
    with transaction.atomic():
        # Those of its type are locked in one order: of the last two only one can be deactivated at once.
        codes = GLCode.objects.select_for_update(no_key=True).filter(provider_id=gl_code.provider_id)
        alike = codes.filter(Q(pk=gl_code.pk) | Q(type=gl_code.type)).order_by("pk")
        locked = {code.pk: code for code in alike}[gl_code.pk]
        if not active and locked.type in CONTROL_TYPES:
            raise Refused("gl_code_control", f"GL code {locked.code} is a control code and stays active.", "code")
        if not active and locked.default_for_credits:
            raise Refused(
                "gl_code_default",
                f"GL code {locked.code} is the default of credits; choose another default first.",
                "code",
            )
        if locked.active != active:
            if not active:
                require_not_needed(locked, "code")
            GLCode.objects.filter(pk=locked.pk).update(active=active)
            _record(locked, "gl_code.activated" if active else "gl_code.deactivated", staff_id)
    gl_code.active = active


def set_default_credit_gl_code(*, gl_code: GLCode, staff_id: int | None) -> None:
    """Makes this GL code the one of credits that name none. Opens a transaction. Refused if a credit cannot use it."""
    with transaction.atomic():
        # Those that could be it are locked in one order, so that there is one default after two such choices at once.
        codes = GLCode.objects.select_for_update(no_key=True).filter(provider_id=gl_code.provider_id, type=gl_code.type)
        locked = {code.pk: code for code in codes.order_by("pk")}[gl_code.pk]
        require_credit_gl_code(locked)
        if not locked.default_for_credits:
            GLCode.objects.filter(provider_id=gl_code.provider_id, default_for_credits=True).update(
                default_for_credits=False
            )
            GLCode.objects.filter(pk=gl_code.pk).update(default_for_credits=True)
            _record(gl_code, "gl_code.made_default", staff_id)
    gl_code.default_for_credits = True


def _check_code_and_type(code: str, type: str) -> None:
    if not code or len(code) > 20:
        raise Refused("gl_code_malformed", "A GL code has 1 to 20 characters.", "code")
    require_no_number(code=code)
    if type not in GLCode.Type.values or type in CONTROL_TYPES:
        choices = ", ".join(value for value in GLCode.Type.values if value not in CONTROL_TYPES)
        raise Refused("gl_code_type", f"The type is one of {choices}.", "type")


def _check_description(description: str) -> None:
    require_fitting(GLCode, description=description)
    require_no_number(description=description)


def _require_changeable(gl_code: GLCode, field: str) -> None:
    if gl_code.type in CONTROL_TYPES:
        raise Refused(
            "gl_code_control", f"GL code {gl_code.code} is a control code; its code and type are fixed.", field
        )
    if gl_code.default_for_credits:
        raise Refused(
            "gl_code_default",
            f"GL code {gl_code.code} is the default of credits; its code and type are fixed as long as it is.",
            field,
        )
    if is_used(gl_code):
        raise Refused(
            "gl_code_used",
            f"GL code {gl_code.code} is in use, so its code and type are fixed. Add another one instead.",
            field,
        )


def _code_taken(code: str) -> Refused:
    return Refused("gl_code_taken", f"There is a GL code {code} already.", "code")


def next_journal_entry_id() -> int:
    """A journal entry's id ahead of the entry, for sub-ledger rows that name it and are written first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('journal_entry', 'id'))")
        return int(cursor.fetchone()[0])


def book(
    *,
    entry_id: int | None = None,
    provider_id: int,
    booked_on: date,
    event: str,
    cause_type: str,
    cause_id: int,
    lines: Sequence[Line],
    effective_on: date | None = None,
) -> int:
    """Adds one balanced journal entry; returns its id. Demands a transaction, the one of the sub-ledger rows.

    booked_on: the provider's day, as `hold_books` gave it. effective_on: the day that it concerns, if that is another.
    Raises where the transaction does not hold the books; the database refuses, at commit, what does not balance.
    """
    demand_transaction()
    demand_books(provider_id)
    entry = JournalEntry.objects.create(
        pk=entry_id,
        provider_id=provider_id,
        booked_on=booked_on,
        effective_on=effective_on,
        created_at=now(),
        event=event,
        cause_type=cause_type,
        cause_id=cause_id,
    )
    JournalLine.objects.bulk_create(
        JournalLine(
            provider_id=provider_id,
            entry=entry,
            gl_code_id=line.gl_code_id,
            debit_minor=line.debit_minor,
            credit_minor=line.credit_minor,
        )
        for line in lines
    )
    return entry.pk


def _record(gl_code: GLCode, action: str, staff_id: int | None, **detail: object) -> None:
    record(
        provider_id=gl_code.provider_id,
        staff_id=staff_id,
        action=action,
        subject_type="gl_code",
        subject_id=gl_code.pk,
        detail={"code": gl_code.code, "type": gl_code.type} | detail,
    )
