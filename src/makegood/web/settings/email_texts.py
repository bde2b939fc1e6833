"""Pages of one e-mail template in one language: its texts, preview, test mail, versions."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.emails.kinds import EmailKind, Texts
from makegood.emails.preview import preview
from makegood.emails.sandbox import FILTERS, TAGS
from makegood.emails.selectors import find_current_version, find_last_number, get_known_kind, has_smtp, list_versions
from makegood.emails.services.rendering import PARTS, ContentProblem
from makegood.emails.services.templates import (
    TextsRefused,
    check_texts,
    clean_texts,
    require_language,
    reset_texts,
    save_texts,
)
from makegood.emails.services.test_mail import send_test_mail
from makegood.emails.template_list import find_texts, name_language
from makegood.emails.templates import texts_of
from makegood.emails.values import FALLBACK
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider
from makegood.web.emails.letter_answer import answer_letter, in_a_frame
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.editing import SettingsForm
from makegood.web.settings.email_templates import change_templates

MOST_VERSIONS = 50


class TextsForm(SettingsForm):
    """The three parts of a template, and the customer whom a preview is made for."""

    subject = forms.CharField(widget=forms.TextInput(attrs={"spellcheck": "true"}))
    text = forms.CharField(
        label="Plain text", strip=False, widget=forms.Textarea(attrs={"class": "code", "rows": 14, "wrap": "soft"})
    )
    html = forms.CharField(
        label="HTML",
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"class": "code", "rows": 18, "spellcheck": "false", "wrap": "soft"}),
        help_text="Empty: the e-mail is plain text only. Mail programs show tables and styles written to each element.",
    )
    customer = forms.CharField(
        label="Preview with customer",
        required=False,
        help_text="A customer's number. Empty: an example.",
    )

    @property
    def texts(self) -> Texts:
        """What was typed, as it would be kept."""
        return clean_texts(Texts(*(self.cleaned_data.get(part, "") for part in PARTS)))

    def find_customer(self, provider: Provider) -> Customer | None:
        """The customer whose number was typed; the form says so if there is none."""
        number = self.cleaned_data.get("customer", "")
        try:
            return get_customer(provider, number) if number else None
        except Refused as refused:
            add_refusal(self, refused)
            return None

    def add_problems(self, refused: Refused) -> None:
        """Says what is wrong beside each part, with line and place."""
        if not isinstance(refused, TextsRefused):
            add_refusal(self, refused)
            return
        for part, problem in refused.problems.items():
            self.add_error(part, f"{problem}" + (f" In: {problem.piece}" if problem.piece else ""))


@require_http_methods(["GET", "HEAD", "POST"])
@change_templates
def edit(request: StaffRequest, name: str, language: str) -> HttpResponse:
    """Shows and saves the texts of a template in a language."""
    kind = _find_kind(name, language)
    provider = request.membership.provider
    if request.method != "POST":
        return _show(request, kind, language, TextsForm(initial=vars(_find_start(request, kind, language))))
    form = TextsForm(request.POST)
    if form.is_valid():
        try:
            save_texts(
                membership=request.membership,
                name=kind.name,
                language=language,
                texts=form.texts,
                seen_number=_read_seen(request),
            )
        except Refused as refused:
            form.add_problems(refused)
        else:
            messages.success(request, f"{kind.title} in {name_language(language)} is saved.")
            return redirect("email-templates")
    seen = find_last_number(provider, kind.name, language) if form.non_field_errors() else _read_seen(request)
    return _show(request, kind, language, form, seen=seen, status=422)


@require_POST
@change_templates
@in_a_frame
def show_preview(request: StaffRequest, name: str, language: str) -> HttpResponse:
    """What was typed, filled in: for the frame beside the form."""
    kind = _find_kind(name, language)
    provider = request.membership.provider
    form = TextsForm(request.POST)
    form.full_clean()
    customer = form.find_customer(provider)
    context: dict[str, Any] = {"problems": [], "parts": PARTS, "customer": customer}
    if form.has_error("customer"):
        context["problems"] = [("Preview with customer", str(form.errors["customer"][0]), "")]
    else:
        problems = check_texts(kind, request.membership, form.texts, language)
        context["problems"] = [(PARTS[part], str(problem), problem.piece) for part, problem in problems.items()]
    if not context["problems"]:
        try:
            context["content"] = preview(kind, provider, form.texts, language, customer)
        except ContentProblem as problem:
            context["problems"] = [(PARTS[problem.part], str(problem.problem), problem.problem.piece)]
    status = 422 if context["problems"] else 200
    return answer_letter(render_to_string("settings/email_preview.html", context, request), status=status)


@require_POST
@change_templates
def send_test(request: StaffRequest, name: str, language: str) -> HttpResponse:
    """Sends what was typed to the person; the form stays as it is."""
    kind = _find_kind(name, language)
    form = TextsForm(request.POST)
    if form.is_valid() and not _miss_customer(form, request.membership.provider):
        try:
            address = send_test_mail(
                membership=request.membership,
                name=kind.name,
                language=language,
                texts=form.texts,
                customer=form.find_customer(request.membership.provider),
            )
        except Refused as refused:
            form.add_problems(refused)
        else:
            messages.success(request, f"The test e-mail is on its way to {address}. Nothing is saved yet.")
            return _show(request, kind, language, form, seen=_read_seen(request))
    return _show(request, kind, language, form, seen=_read_seen(request), status=422)


@require_POST
@change_templates
def reset(request: StaffRequest, name: str, language: str) -> HttpResponse:
    """Withdraws the texts of a language."""
    kind = _find_kind(name, language)
    try:
        reset_texts(membership=request.membership, name=kind.name, language=language, seen_number=_read_seen(request))
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("email-template", kind.name, language)
    instead = "the built-in texts count again" if language == FALLBACK else "its customers get the next best texts"
    messages.success(request, f"{kind.title} in {name_language(language)} is reset: {instead}.")
    return redirect("email-templates")


def _find_kind(name: str, language: str) -> EmailKind:
    kind = or_404(get_known_kind, name)
    if or_404(require_language, language) != language:
        raise Http404(f"Languages are written as in {or_404(require_language, language)}.")
    return kind


def _find_start(request: StaffRequest, kind: EmailKind, language: str) -> Texts:
    """What the form begins with: the texts there are, the version or the built-in texts that were asked for."""
    provider = request.membership.provider
    asked = request.GET.get("version", "")
    if asked == "built-in":
        return kind.texts
    if not asked:
        return find_texts(provider, kind, language)
    version = list_versions(provider, kind.name, language).filter(number=asked if asked.isdecimal() else 0).first()
    if version is None or version.withdrawn:
        raise Http404(f"There is no version {asked[:20]}.")
    return texts_of(version)


def _read_seen(request: StaffRequest) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 9 else 0


def _miss_customer(form: TextsForm, provider: Provider) -> bool:
    form.find_customer(provider)
    return form.has_error("customer")


def _show(
    request: StaffRequest,
    kind: EmailKind,
    language: str,
    form: TextsForm,
    *,
    seen: int | None = None,
    status: int = 200,
) -> HttpResponse:
    provider = request.membership.provider
    versions = list(list_versions(provider, kind.name, language)[: MOST_VERSIONS + 1])
    context = {
        "kind": kind,
        "language": language,
        "language_name": name_language(language),
        "form": form,
        "parts": [form[part] for part in PARTS],
        "seen": (versions[0].number if versions else 0) if seen is None else seen,
        "current": find_current_version(provider, kind.name, language),
        "versions": versions[:MOST_VERSIONS],
        "older": len(versions) > MOST_VERSIONS,
        "shown_version": request.GET.get("version", ""),
        "tags": TAGS,
        "filters": FILTERS,
        "no_server": not has_smtp(),
    }
    return render(request, "settings/email_texts.html", context, status=status)
