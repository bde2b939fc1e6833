"""Pages: log in, log out, change one's password, choose a provider."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from makegood.providers.services import change_password
from makegood.web.access.forms import LogInForm, OwnPasswordForm
from makegood.web.frame.middleware import PROVIDER_IN_SESSION, without_membership
from makegood.web.frame.staff_request import StaffRequest


class LogIn(views.LoginView):
    """Logs a person in; goes on to the page that was asked for, if it is one of ours."""

    template_name = "access/log_in.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True


@method_decorator(without_membership, name="dispatch")
class LogOut(views.LogoutView):
    """Ends the session; by POST only, so that no link of others can do it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *arguments: str, **named: str) -> HttpResponse:
        response = super().post(request, *arguments, **named)
        messages.success(request, "You are logged out.")
        return response


@method_decorator(without_membership, name="dispatch")
class ChangePassword(views.PasswordChangeView):
    """Changes one's own password. This session goes on, the person's other sessions end."""

    template_name = "access/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("password")

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:  # type: ignore[override]  # our own form
        staff = form.user
        change_password(staff=staff, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, staff)
        messages.success(
            self.request, "Your password is changed. Other browsers you were logged in with are logged out."
        )
        return redirect(self.get_success_url())


@require_POST
def switch_provider(request: StaffRequest) -> HttpResponse:
    """Goes on working for another provider of whose staff the person is; any other one does not exist here."""
    slug = request.POST.get("provider", "")
    for membership in request.memberships:
        if membership.provider.slug == slug:
            request.session[PROVIDER_IN_SESSION] = membership.provider_id
            return redirect("/")
    raise Http404
