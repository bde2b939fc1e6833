"""Pages of Settings > Staff."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.providers.invitations import can_have_link, make_password_link
from makegood.providers.models import Membership, Role
from makegood.providers.rules import Right
from makegood.providers.selectors import get_member, list_staff
from makegood.providers.services import SHOWN_OF_MEMBER, add_staff, change_membership
from makegood.web.frame.finding import or_404
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.editing import SettingsForm, Window, back_with, seen_of, wanted_state, work_form
from makegood.web.settings.password_link import keep_link, send_link, take_link

change_staff = needs_right(Right.STAFF, "change staff")

ROLE_WORDS = {
    Role.VIEWER: "Reads everything, changes nothing.",
    Role.AGENT: "Adds and edits customers, gives single credits up to the limit.",
    Role.BILLING: "As an agent, and starts credit runs up to the limit.",
    Role.MANAGER: "As billing, with limits of their own; is told when something failed.",
    Role.ADMIN: "Settings, staff and import; edits customers. Gives no credits.",
}


class RoleForm(SettingsForm):
    """What a person may do."""

    rows: tuple[tuple[str, ...], ...] = (("role",),)

    role = forms.ChoiceField(
        choices=[
            (role.value, format_html("<strong>{}</strong> <small>{}</small>", role.label, words))
            for role, words in ROLE_WORDS.items()
        ],
        widget=forms.RadioSelect,
    )


class InviteForm(RoleForm):
    """A person to come."""

    rows = (("name", "email"), ("role",))

    name = forms.CharField(required=False)
    email = forms.CharField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}), help_text="To log in with."
    )


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """Everybody who works for the provider, and the link that was made just now, once."""
    members = list_staff(request.membership.provider).order_by("-active", "staff__name", "staff__email")
    context = {"members": members, "roles": ROLE_WORDS, "link": take_link(request)}
    return render(request, "settings/staff.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@change_staff
def invite(request: StaffRequest) -> HttpResponse:
    """Adds a person and makes the link by which they choose a password."""
    provider, staff_id = request.membership.provider, request.membership.staff_id
    window = Window(
        "Invite a person",
        "Invite",
        reverse("staff"),
        "staff-new",
        "A link is made by which the person chooses a password. It is shown once, for you to pass on.",
    )

    def save(values: dict[str, Any], seen: str | None) -> str:
        member = add_staff(
            provider=provider,
            email=values["email"],
            name=values["name"],
            role=values["role"],
            password=None,
            staff_id=staff_id,
        )
        if not can_have_link(member):
            return f"{member.staff.email} is added. {_say_log_in(member)}"
        return _make_link(request, member)

    def make(data: QueryDict | None) -> InviteForm:
        return InviteForm(data, initial={"role": Role.VIEWER})

    return work_form(request, window, make, save)


@require_http_methods(["GET", "HEAD", "POST"])
@change_staff
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Gives a person another role."""
    member = or_404(get_member, request.membership.provider, pk)
    window = Window(f"Role of {member.staff}", "Save", reverse("staff"), f"staff-{pk}")
    seen_now = seen_of(member, SHOWN_OF_MEMBER)

    def make(data: QueryDict | None) -> RoleForm:
        return RoleForm(data, initial={"role": member.role})

    def save(values: dict[str, Any], seen: str | None) -> str:
        change_membership(membership=member, role=values["role"], staff_id=request.membership.staff_id, seen=seen)
        return f"{member.staff} is {member.get_role_display().lower()} now."

    return work_form(request, window, make, save, seen=seen_now)


@require_POST
@change_staff
def set_active(request: StaffRequest, pk: int) -> HttpResponse:
    """Lets a person act for the provider again, or no longer; at once, in every browser."""
    member = or_404(get_member, request.membership.provider, pk)
    active = wanted_state(request)

    def change() -> str:
        change_membership(membership=member, active=active, staff_id=request.membership.staff_id)
        return f"{member.staff} {'can log in again' if active else 'can no longer act for ' + member.provider.name}."

    return back_with(request, reverse("staff"), change)


@require_POST
@change_staff
def make_link(request: StaffRequest, pk: int) -> HttpResponse:
    """Makes a new link for a person who has lost it, or the password."""
    member = or_404(get_member, request.membership.provider, pk)
    return back_with(request, reverse("staff"), lambda: _make_link(request, member))


def _say_log_in(member: Membership) -> str:
    if member.staff.has_usable_password():
        return "The person had a log-in before and keeps that password."
    return (
        "The person was invited elsewhere before and has not chosen a password yet. That invitation no longer works; "
        "whoever runs this installation can set a password."
    )


def _make_link(request: StaffRequest, member: Membership) -> str:
    who, token = make_password_link(membership=member, staff_id=request.membership.staff_id)
    url = request.build_absolute_uri(reverse("choose-password", args=(who, token)))
    keep_link(request, member, url)
    sent = send_link(member, url)
    return f"A link for {member.staff} is made. {sent}".strip()
